import { type RawBuilder, sql as raw } from "kysely";

/** A condition of SQL. NULL counts as false, and is made so wherever a condition is negated. */
export type Condition = RawBuilder<boolean>;

/** Holds always. */
export const TRUE: Condition = raw<boolean>`(1 = 1)`;
/** Holds never. */
export const FALSE: Condition = raw<boolean>`(1 = 0)`;

/** All must hold. */
export function allOf(terms: readonly Condition[]): Condition {
  return joined(terms, raw` and `, TRUE);
}

/** One must hold. */
export function anyOf(terms: readonly Condition[]): Condition {
  return joined(terms, raw` or `, FALSE);
}

/** The opposite, also of NULL. */
export function notOf(term: Condition): Condition {
  return raw<boolean>`(${term} is not true)`;
}

function joined(terms: readonly Condition[], separator: RawBuilder<unknown>, none: Condition): Condition {
  const [first] = terms;
  if (first === undefined) return none;
  return terms.length === 1 ? first : raw<boolean>`(${raw.join(terms, separator)})`;
}
