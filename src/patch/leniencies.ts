import type { FilterLeniencies } from "../path/tree.ts";
import type { Dialect } from "./dialect.ts";

/** The leniencies of the filter grammar that a dialect needs. */
export function leniencies(dialect: Dialect | undefined): FilterLeniencies {
  const names = dialect?.transforms.flatMap((transform) => transform.filter ?? []) ?? [];
  return Object.fromEntries(names.map((name) => [name, true]));
}
