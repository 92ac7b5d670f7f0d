/** Says of an attribute, or of a part of one, that no mapping so far has set it. Later mappings may set it again. */
export const remove: unique symbol = Symbol("scimkit.mapping.remove");

const REPLACED: unique symbol = Symbol("scimkit.mapping.replace");
const SKIPPED: unique symbol = Symbol("scimkit.mapping.skip");

/** A list that replaces the list of earlier mappings. Created by `replace`. */
export interface Replacement {
  readonly [REPLACED]: readonly unknown[];
}

/** The word of a mapping that the object is not to be mapped at all. Made by `skip`. */
export interface Skip {
  readonly [SKIPPED]: string;
}

/** A list that replaces the list of earlier mappings; other lists are appended. */
export function replace(list: readonly unknown[]): Replacement {
  if (!Array.isArray(list)) throw new TypeError("replace: the value must be a list");
  return Object.freeze({ [REPLACED]: list });
}

/** What a mapping returns so that the object is left out; `reason` is for the people who look at the trace. */
export function skip(reason: string): Skip {
  return Object.freeze({ [SKIPPED]: reason });
}

/** The list of a `replace`, or undefined for anything else. */
export function replacementOf(value: unknown): readonly unknown[] | undefined {
  return hasMark(value, REPLACED) ? (value[REPLACED] as readonly unknown[]) : undefined;
}

/** The reason of a `skip`, or undefined for anything else. */
export function skipReasonOf(value: unknown): string | undefined {
  return hasMark(value, SKIPPED) ? (value[SKIPPED] as string) : undefined;
}

function hasMark<M extends symbol>(value: unknown, mark: M): value is Readonly<Record<M, unknown>> {
  return typeof value === "object" && value !== null && Object.hasOwn(value, mark);
}
