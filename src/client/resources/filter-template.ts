const BRAND: unique symbol = Symbol.for("scimkit.ScimFilter") as never;

/** A filter made by the `filter` template. As a string it is a filter of RFC 7644 section 3.4.2.2. */
export interface ScimFilter {
  readonly [BRAND]: true;
  toString(): string;
  toJSON(): string;
}

/** A value in a `filter` template. A Date is written as a dateTime, a filter in parentheses. */
export type FilterValue = string | number | boolean | null | Date | ScimFilter;

/**
 * Makes a filter whose values are escaped as RFC 7644 section 3.4.2.2 requires, so that no value can change the filter.
 * Attribute names and operators are part of the template.
 *
 * @example
 * ```ts
 * filter`userName eq ${name} and active eq ${true}`;
 * ```
 * @throws {TypeError} for a value that a filter cannot compare with: undefined, an object, a number that is not finite
 */
export function filter(strings: TemplateStringsArray, ...values: readonly FilterValue[]): ScimFilter {
  const text = strings.reduce((before, part, index) => before + literal(values[index - 1], index) + part);
  return Object.freeze({ [BRAND]: true as const, toString: () => text, toJSON: () => text });
}

function isFilter(value: object): value is ScimFilter {
  return (value as Partial<ScimFilter>)[BRAND] === true;
}

function literal(value: FilterValue | undefined, position: number): string {
  if (typeof value === "string") return JSON.stringify(value.toWellFormed());
  if (typeof value === "boolean" || value === null) return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return JSON.stringify(value.toISOString());
  if (typeof value === "object" && isFilter(value)) return `(${value})`;
  throw new TypeError(
    `filter: value ${position} must be a string, a finite number, a boolean, null, a Date or a filter`,
  );
}
