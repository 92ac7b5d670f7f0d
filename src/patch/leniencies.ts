import type { LiteralCoercions } from "../filter/fit-literal.ts";
import type { FilterLeniencies } from "../path/tree.ts";
import type { Dialect } from "./dialect.ts";

/** The leniencies of the filter grammar that a dialect needs. */
export function leniencies(dialect: Dialect | undefined): FilterLeniencies {
  const needed: { -readonly [name in keyof FilterLeniencies]: FilterLeniencies[name] } = {};
  for (const { filter } of dialect?.transforms ?? []) if (filter !== undefined) needed[filter] = true;
  return needed;
}

/** The coercions of literals in filters that a dialect needs. */
export function literalCoercions(dialect: Dialect | undefined): LiteralCoercions {
  const needed: { -readonly [name in keyof LiteralCoercions]: LiteralCoercions[name] } = {};
  for (const { literal } of dialect?.transforms ?? []) if (literal !== undefined) needed[literal] = true;
  return needed;
}
