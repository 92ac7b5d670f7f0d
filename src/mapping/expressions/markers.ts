/**
 * The value of an attribute, or of a part of one, as if no earlier mapping had set it. Later mappings can set it again.
 */
export const remove: unique symbol = Symbol("scimkit.mapping.remove");

const REPLACED: unique symbol = Symbol("scimkit.mapping.replace");
const SKIPPED: unique symbol = Symbol("scimkit.mapping.skip");

/** A list that replaces the list of earlier mappings. Created by `replace`. */
export interface Replacement<Element = unknown> {
  readonly [REPLACED]: readonly Element[];
}

/** Returned by a mapping to skip the object. Made by `skip`. */
export interface Skip {
  readonly [SKIPPED]: string;
}

/** A list that replaces the list of earlier mappings; other lists are appended. */
export function replace<Element>(list: readonly Element[]): Replacement<Element> {
  if (!Array.isArray(list)) throw new TypeError("replace: the value must be a list");
  return Object.freeze({ [REPLACED]: list });
}

/** What a mapping returns to skip the object; `reason` is shown in the trace. */
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
