import type { CompiledQuery } from "kysely";
import { PreconditionFailedError, UniquenessError } from "../../errors/request-errors.ts";
import { compareUtf8 } from "../../schema/utf8-order.ts";
import { omitAttributes } from "../omit-attributes.ts";
import type { Partition, StoredResource, UniqueValue } from "../storage.ts";
import { RESOURCE_COLUMNS, rowResource } from "./resource-rows.ts";
import { rowOf, rowsOf, type SqlSession } from "./sql-session.ts";
import type { ResourceRow } from "./tables.ts";

/** `ResourceStorage.find`. */
export async function findResource(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  omit: readonly string[] | undefined,
): Promise<StoredResource | undefined> {
  const select = sql.db
    .selectFrom(sql.names.resources)
    .select(RESOURCE_COLUMNS)
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("id", "=", id);
  const row = await rowOf(sql, select);
  return row === undefined ? undefined : omitAttributes(rowResource(row), omit);
}

/** `ResourceStorage.insert`; the row and the unique values are made ready by the caller before it waits. */
export async function insertResource(
  sql: SqlSession,
  partition: Partition,
  row: ResourceRow,
  unique: readonly UniqueValue[],
): Promise<void> {
  await uniqueOr(sql, "id", sql.db.insertInto(sql.names.resources).values(row));
  await takeUnique(sql, partition, row.id, unique);
}

/** `ResourceStorage.replace`. */
export async function replaceResource(
  sql: SqlSession,
  partition: Partition,
  row: ResourceRow,
  unique: readonly UniqueValue[],
  expectedVersion: string,
): Promise<void> {
  const { tenant, type } = partition;
  const { id, version, last_modified, attributes, unique_values, external_id, display_name_folded } = row;
  const before = await held(sql, partition, id);
  if (before === undefined || before.version !== expectedVersion) {
    throw new PreconditionFailedError({ expected: expectedVersion, actual: before?.version });
  }
  const update = sql.db
    .updateTable(sql.names.resources)
    .set({ version, last_modified, attributes, unique_values, external_id, display_name_folded })
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("id", "=", id);
  await rowsOf(sql, update);
  if (before.unique_values === unique_values) return;
  const release = sql.db
    .deleteFrom(sql.names.unique_values)
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("resource_id", "=", id);
  await rowsOf(sql, release);
  await takeUnique(sql, partition, id, unique);
}

/** `ResourceStorage.remove`. What it holds goes by cascade, except its memberships in groups. */
export async function removeResource(
  sql: SqlSession,
  partition: Partition,
  id: string,
  expectedVersion: string | undefined,
): Promise<boolean> {
  const { tenant, type } = partition;
  const before = await held(sql, partition, id);
  if (before === undefined) return false;
  if (expectedVersion !== undefined && before.version !== expectedVersion) {
    throw new PreconditionFailedError({ expected: expectedVersion, actual: before.version });
  }
  const remove = sql.db
    .deleteFrom(sql.names.resources)
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("id", "=", id);
  await rowsOf(sql, remove);
  const leave = sql.db.deleteFrom(sql.names.memberships).where("tenant", "=", tenant).where("member_value", "=", id);
  await rowsOf(sql, leave);
  return true;
}

/** What is stored now; other writers of this resource wait from here to the end of the transaction. */
async function held(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
): Promise<Pick<ResourceRow, "version" | "unique_values"> | undefined> {
  const select = sql.db
    .selectFrom(sql.names.resources)
    .select(["version", "unique_values"])
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("id", "=", id);
  return rowOf(sql, sql.engine.locksRows ? select.forNoKeyUpdate() : select);
}

async function takeUnique(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  unique: readonly UniqueValue[],
): Promise<void> {
  const once = new Map(unique.map((value) => [JSON.stringify([value.attribute, value.key]), value]));
  // In one order, so that no two writers wait for each other.
  for (const [, { attribute, key }] of [...once].sort(([a], [b]) => compareUtf8(a, b))) {
    const row = { tenant, type, attribute, key, resource_id: id };
    await uniqueOr(sql, attribute, sql.db.insertInto(sql.names.unique_values).values(row));
  }
}

async function uniqueOr(sql: SqlSession, attribute: string, insert: { compile(): CompiledQuery }): Promise<void> {
  try {
    await sql.run(insert.compile());
  } catch (error) {
    throw sql.engine.isUniqueViolation(error) ? new UniquenessError(attribute, { cause: error }) : error;
  }
}
