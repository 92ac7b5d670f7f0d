import { sql as raw } from "kysely";
import { PreconditionFailedError } from "../../../errors/request-errors.ts";
import type { StateRecord, StateStorage } from "../../state-storage.ts";
import { fixedRow, fixedRows } from "../engine/fixed-statement.ts";
import { rowCount } from "../engine/row-count.ts";
import { rowOf, rowsOf, type SqlSession } from "../engine/session.ts";
import type { StateRow } from "../engine/tables.ts";

const RECORD_COLUMNS = ["key", "value", "version", "due_at"] as const;
type RecordRow = Pick<StateRow, (typeof RECORD_COLUMNS)[number]>;

/** `StateStorage.get`. */
export async function getRecords(
  sql: SqlSession,
  collection: string,
  keys: readonly string[],
): Promise<Map<string, StateRecord>> {
  const rows = await fixedRows(sql, {
    name: "state.get",
    values: [collection, sql.engine.list(keys)],
    make: () =>
      sql.db
        .selectFrom(sql.names.state)
        .select(RECORD_COLUMNS)
        .where("collection", "=", collection)
        .where(sql.engine.among(raw.ref<string>("key"), keys)),
  });
  return new Map(rows.map((row) => [row.key, record(row)]));
}

/** `StateStorage.put`; `value` is JSON. One statement checks and writes, so that parallel writers cannot overwrite each other. */
export async function putRecord(
  sql: SqlSession,
  row: Omit<StateRow, "version">,
  expected: string | null | undefined,
): Promise<StateRecord> {
  const written = await (typeof expected === "string" ? update(sql, row, expected) : insert(sql, row, expected));
  if (written !== undefined) return record(written);
  const before = await rowOf(
    sql,
    sql.db
      .selectFrom(sql.names.state)
      .select("version")
      .where("collection", "=", row.collection)
      .where("key", "=", row.key),
  );
  throw new PreconditionFailedError(undefined, { expected: expected ?? undefined, actual: before?.version });
}

function update(sql: SqlSession, row: Omit<StateRow, "version">, expected: string): Promise<RecordRow | undefined> {
  const { collection, key, value, due_at } = row;
  return fixedRow(sql, {
    name: "state.update",
    values: [value, due_at, collection, key, expected],
    make: () =>
      sql.db
        .updateTable(sql.names.state)
        .set({ value, due_at, version: sql.engine.newVersion })
        .where("collection", "=", collection)
        .where("key", "=", key)
        .where("version", "=", expected)
        .returning(RECORD_COLUMNS),
  });
}

/** Where there is a record: null leaves it, undefined overwrites it. */
function insert(
  sql: SqlSession,
  row: Omit<StateRow, "version">,
  expected: null | undefined,
): Promise<RecordRow | undefined> {
  const { collection, key, value, due_at } = row;
  const version = sql.engine.newVersion;
  const values = [collection, key, value, due_at];
  return fixedRow(sql, {
    name: expected === null ? "state.insert" : "state.overwrite",
    values: expected === null ? values : [...values, value, due_at],
    make: () =>
      sql.db
        .insertInto(sql.names.state)
        .values({ collection, key, value, due_at, version })
        .onConflict((conflict) => {
          const same = conflict.columns(["collection", "key"]);
          return expected === null ? same.doNothing() : same.doUpdateSet({ value, due_at, version });
        })
        .returning(RECORD_COLUMNS),
  });
}

/** `StateStorage.delete`. */
export async function deleteRecord(
  sql: SqlSession,
  collection: string,
  key: string,
  expected: string | undefined,
): Promise<boolean> {
  const any = () => sql.db.deleteFrom(sql.names.state).where("collection", "=", collection).where("key", "=", key);
  const deleted = await fixedRow(
    sql,
    expected === undefined
      ? { name: "state.delete", values: [collection, key], make: () => any().returning("key") }
      : {
          name: "state.delete-version",
          values: [collection, key, expected],
          make: () => any().where("version", "=", expected).returning("key"),
        },
  );
  return deleted !== undefined;
}

/** `StateStorage.scan`; both databases compare text by its bytes. */
export async function scanRecords(
  sql: SqlSession,
  collection: string,
  range: Parameters<StateStorage["scan"]>[1],
): Promise<StateRecord[]> {
  let select = sql.db.selectFrom(sql.names.state).select(RECORD_COLUMNS).where("collection", "=", collection);
  if (range.from !== undefined) select = select.where("key", ">=", range.from);
  if (range.to !== undefined) select = select.where("key", "<", range.to);
  if (range.after !== undefined) select = select.where("key", ">", range.after);
  const rows = await rowsOf(sql, select.orderBy("key").limit(rowCount(Math.max(0, range.take))));
  return rows.map(record);
}

/** `StateStorage.due`. */
export async function dueRecords(
  sql: SqlSession,
  collection: string,
  before: number,
  take: number,
): Promise<StateRecord[]> {
  const select = sql.db
    .selectFrom(sql.names.state)
    .select(RECORD_COLUMNS)
    .where("collection", "=", collection)
    .where("due_at", "<=", before)
    .orderBy("due_at")
    .orderBy("key")
    .limit(rowCount(Math.max(0, take)));
  return (await rowsOf(sql, select)).map(record);
}

function record(row: RecordRow): StateRecord {
  const due = row.due_at === null ? {} : { dueAt: row.due_at };
  return { key: row.key, value: JSON.parse(row.value), version: row.version, ...due };
}
