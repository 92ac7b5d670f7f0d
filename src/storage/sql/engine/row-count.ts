import { type RawBuilder, sql as raw } from "kysely";

/**
 * A number of rows, as LIMIT and OFFSET are to be given one. Bound as it is, SQLite would plan the statement anew at each
 * call, which takes as long as a lookup.
 */
export function rowCount(count: number): RawBuilder<number> {
  return raw<number>`cast(${count} as bigint)`;
}
