import { sql } from "kysely";
import { PreconditionFailedError } from "../../errors/request-errors.ts";
import type { StateRecord, StateStorage } from "../storage.ts";
import type { Database } from "./sqlite-access.ts";
import type { StateRow } from "./tables.ts";

const RECORD_COLUMNS = ["key", "value", "version", "due_at"] as const;
type RecordRow = Pick<StateRow, (typeof RECORD_COLUMNS)[number]>;

/** Made by the database, so that no two processes make the same one, nor does a record written anew after its deletion. */
const newVersion = sql<string>`lower(hex(randomblob(16)))`;

/** `StateStorage.get`. */
export async function getRecords(
  db: Database,
  collection: string,
  keys: readonly string[],
): Promise<Map<string, StateRecord>> {
  const rows = await db
    .selectFrom("scimkit_state")
    .select(RECORD_COLUMNS)
    .where("collection", "=", collection)
    .where(sql<boolean>`key in (select value from json_each(${JSON.stringify(keys)}))`)
    .execute();
  return new Map(rows.map((row) => [row.key, record(row)]));
}

/** `StateStorage.put`; `value` is JSON. */
export async function putRecord(
  db: Database,
  row: Omit<StateRow, "version">,
  expected: string | null | undefined,
): Promise<StateRecord> {
  if (expected !== undefined) {
    const before = await db
      .selectFrom("scimkit_state")
      .select("version")
      .where("collection", "=", row.collection)
      .where("key", "=", row.key)
      .executeTakeFirst();
    if ((before?.version ?? null) !== expected) {
      throw new PreconditionFailedError({ expected: expected ?? undefined, actual: before?.version });
    }
  }
  const { value, due_at } = row;
  const written = await db
    .insertInto("scimkit_state")
    .values({ ...row, version: newVersion })
    .onConflict((conflict) =>
      conflict.columns(["collection", "key"]).doUpdateSet({ value, due_at, version: newVersion }),
    )
    .returning(RECORD_COLUMNS)
    .executeTakeFirstOrThrow();
  return record(written);
}

/** `StateStorage.delete`. */
export async function deleteRecord(
  db: Database,
  collection: string,
  key: string,
  expected: string | undefined,
): Promise<boolean> {
  let remove = db.deleteFrom("scimkit_state").where("collection", "=", collection).where("key", "=", key);
  if (expected !== undefined) remove = remove.where("version", "=", expected);
  const deleted = await remove.returning("key").execute();
  return deleted.length > 0;
}

/** `StateStorage.scan`; SQLite compares TEXT by its bytes. */
export async function scanRecords(
  db: Database,
  collection: string,
  range: Parameters<StateStorage["scan"]>[1],
): Promise<StateRecord[]> {
  let select = db.selectFrom("scimkit_state").select(RECORD_COLUMNS).where("collection", "=", collection);
  if (range.from !== undefined) select = select.where("key", ">=", range.from);
  if (range.to !== undefined) select = select.where("key", "<", range.to);
  if (range.after !== undefined) select = select.where("key", ">", range.after);
  const rows = await select.orderBy("key").limit(Math.max(0, range.take)).execute();
  return rows.map(record);
}

/** `StateStorage.due`. */
export async function dueRecords(
  db: Database,
  collection: string,
  before: number,
  take: number,
): Promise<StateRecord[]> {
  const rows = await db
    .selectFrom("scimkit_state")
    .select(RECORD_COLUMNS)
    .where("collection", "=", collection)
    .where("due_at", "<=", before)
    .orderBy("due_at")
    .orderBy("key")
    .limit(Math.max(0, take))
    .execute();
  return rows.map(record);
}

function record(row: RecordRow): StateRecord {
  const due = row.due_at === null ? {} : { dueAt: row.due_at };
  return { key: row.key, value: JSON.parse(row.value), version: row.version, ...due };
}
