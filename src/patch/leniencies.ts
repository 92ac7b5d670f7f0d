import type { LiteralCoercions } from "../filter/fit-literal.ts";
import type { FilterLeniencies } from "../path/tree.ts";
import type { Dialect } from "./dialect.ts";

/** The leniencies of the filter grammar that a dialect needs. */
export function leniencies(dialect: Dialect | undefined): FilterLeniencies {
  const names = dialect?.transforms.flatMap((transform) => transform.filter ?? []) ?? [];
  return Object.fromEntries(names.map((name) => [name, true]));
}

/** The coercions of literals in filters that a dialect needs. */
export function literalCoercions(dialect: Dialect | undefined): LiteralCoercions {
  const names = dialect?.transforms.flatMap((transform) => transform.literal ?? []) ?? [];
  return Object.fromEntries(names.map((name) => [name, true]));
}
