import { type RawBuilder, sql as raw } from "kysely";

/** A condition of SQL. NULL counts as false; a negation turns it into false first. */
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

/** The opposite; that of NULL is true. */
export function notOf(term: Condition): Condition {
  return raw<boolean>`(${term} is not true)`;
}

/** SQLite limits the depth of expressions to 1000, and a chain of terms is as deep as it is long. */
const MOST_IN_A_ROW = 50;

function joined(terms: readonly Condition[], separator: RawBuilder<unknown>, none: Condition): Condition {
  const [first] = terms;
  if (first === undefined) return none;
  if (terms.length === 1) return first;
  if (terms.length <= MOST_IN_A_ROW) return raw<boolean>`(${raw.join(terms, separator)})`;
  const middle = terms.length >> 1;
  const halves = [terms.slice(0, middle), terms.slice(middle)];
  return joined(
    halves.map((half) => joined(half, separator, none)),
    separator,
    none,
  );
}
