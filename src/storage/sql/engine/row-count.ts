import { type RawBuilder, sql as raw } from "kysely";

/**
 * A number of rows for LIMIT and OFFSET. With a plain bound value, SQLite would plan the statement again at each call,
 * which takes as long as a lookup.
 */
export function rowCount(count: number): RawBuilder<number> {
  return raw<number>`cast(${count} as bigint)`;
}
