import { PreconditionFailedError, UniquenessError } from "../../../errors/request-errors.ts";
import { compareUtf8 } from "../../../values/utf8-order.ts";
import { omitAttributes } from "../../driver/omit-attributes.ts";
import type { Partition, StoredResource, UniqueValue } from "../../storage.ts";
import { type FixedStatement, fixedRow, fixedRows, insertedRows } from "../engine/fixed-statement.ts";
import { type IndexedValue, indexedValues } from "../engine/indexed-values.ts";
import { rowOf, rowsOf, type SqlSession } from "../engine/session.ts";
import type { ResourceRow } from "../engine/tables.ts";
import { RESOURCE_COLUMNS, type ResourceData, rowResource, type WrittenResource } from "./resource-rows.ts";

/** `ResourceStorage.find`. */
export async function findResource(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  omit: readonly string[] | undefined,
): Promise<StoredResource | undefined> {
  const row = await fixedRow<ResourceData>(sql, {
    name: "resources.find",
    values: [tenant, type, id],
    make: () =>
      sql.db
        .selectFrom(sql.names.resources)
        .select(RESOURCE_COLUMNS)
        .where("tenant", "=", tenant)
        .where("type", "=", type)
        .where("id", "=", id),
  });
  return row === undefined ? undefined : omitAttributes(rowResource(row), omit);
}

/** A resource to write, prepared before the caller waits. */
export interface Written extends WrittenResource {
  readonly unique: readonly UniqueValue[];
}

/** `ResourceStorage.insert`. */
export async function insertResource(sql: SqlSession, partition: Partition, written: Written): Promise<void> {
  const { row, unique, indexed } = written;
  await uniqueOr(sql, "id", {
    name: "resources.insert",
    values: Object.values(row),
    make: () => sql.db.insertInto(sql.names.resources).values({ ...row, search: sql.engine.json(row.search) }),
  });
  await takeUnique(sql, partition, row.id, unique);
  await addIndexed(sql, partition, row.id, indexed);
}

/** `ResourceStorage.replace`. */
export async function replaceResource(
  sql: SqlSession,
  partition: Partition,
  { row, unique, indexed }: Written,
  expectedVersion: string,
): Promise<void> {
  const { tenant, type } = partition;
  const { id, version, last_modified, modified_instant, attributes, unique_values } = row;
  const before = await held(sql, partition, id);
  if (before === undefined || before.version !== expectedVersion) {
    throw new PreconditionFailedError(undefined, { expected: expectedVersion, actual: before?.version });
  }
  await fixedRows(sql, {
    name: "resources.replace",
    values: [version, last_modified, modified_instant, attributes, unique_values, row.search, tenant, type, id],
    make: () =>
      sql.db
        .updateTable(sql.names.resources)
        .set({
          version,
          last_modified,
          modified_instant,
          attributes,
          unique_values,
          search: sql.engine.json(row.search),
        })
        .where("tenant", "=", tenant)
        .where("type", "=", type)
        .where("id", "=", id),
  });
  const indexedBefore = indexedValues(JSON.parse(before.attributes), sql.indexed);
  await dropIndexed(sql, partition, id, without(indexedBefore, indexed));
  await addIndexed(sql, partition, id, without(indexed, indexedBefore));
  if (before.unique_values === unique_values) return;
  await rowsOf(sql, uniqueOf(sql, partition, id));
  await takeUnique(sql, partition, id, unique);
}

/** `ResourceStorage.checkUnique`. */
export async function checkUnique(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  unique: readonly UniqueValue[],
): Promise<void> {
  for (let start = 0; start < unique.length; start += CHECKED) {
    const select = sql.db
      .selectFrom(sql.names.unique_values)
      .select("attribute")
      .where("tenant", "=", tenant)
      .where("type", "=", type)
      .where("resource_id", "!=", id)
      .where(({ or, and }) =>
        or(unique.slice(start, start + CHECKED).map(({ attribute, key }) => and({ attribute, key }))),
      )
      .limit(1);
    const taken = await rowOf(sql, select);
    if (taken !== undefined) throw inUse(taken.attribute);
  }
}

/** `ResourceStorage.remove`. Unique values and members are removed by cascade. */
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
    throw new PreconditionFailedError(undefined, { expected: expectedVersion, actual: before.version });
  }
  const remove = sql.db
    .deleteFrom(sql.names.resources)
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("id", "=", id);
  await rowsOf(sql, remove);
  const leave = sql.db.deleteFrom(sql.names.memberships).where("tenant", "=", tenant).where("member_value", "=", id);
  await rowsOf(sql, leave);
  await dropIndexed(sql, partition, id, indexedValues(JSON.parse(before.attributes), sql.indexed));
  return true;
}

/** The stored row. It is locked: other writers of this resource wait for the end of the transaction. */
async function held(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
): Promise<Pick<ResourceRow, "version" | "unique_values" | "attributes"> | undefined> {
  return fixedRow(sql, {
    name: "resources.held",
    values: [tenant, type, id],
    make: () => {
      const select = sql.db
        .selectFrom(sql.names.resources)
        .select(["version", "unique_values", "attributes"])
        .where("tenant", "=", tenant)
        .where("type", "=", type)
        .where("id", "=", id);
      return sql.engine.locksRows ? select.forNoKeyUpdate() : select;
    },
  });
}

function uniqueOf(sql: SqlSession, { tenant, type }: Partition, id: string) {
  return sql.db
    .deleteFrom(sql.names.unique_values)
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("resource_id", "=", id);
}

async function takeUnique(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  unique: readonly UniqueValue[],
): Promise<void> {
  const once = new Map(unique.map((value) => [JSON.stringify([value.attribute, value.key]), value]));
  // In a fixed order, so that no two writers wait for each other.
  for (const [, { attribute, key }] of [...once].sort(([a], [b]) => compareUtf8(a, b))) {
    const row = { tenant, type, attribute, key, resource_id: id };
    await uniqueOr(sql, attribute, {
      name: "unique.insert",
      values: Object.values(row),
      make: () => sql.db.insertInto(sql.names.unique_values).values(row),
    });
  }
}

async function uniqueOr<Row>(sql: SqlSession, attribute: string, insert: FixedStatement<Row>): Promise<void> {
  try {
    await fixedRows(sql, insert);
  } catch (error) {
    throw sql.engine.isUniqueViolation(error) ? inUse(attribute, error) : error;
  }
}

function inUse(attribute: string, cause?: unknown): UniquenessError {
  return new UniquenessError(`${attribute} is already in use`, { attribute, cause });
}

function without(values: readonly IndexedValue[], others: readonly IndexedValue[]): IndexedValue[] {
  const known = new Set(others.map(({ path, key }) => JSON.stringify([path, key])));
  return values.filter(({ path, key }) => !known.has(JSON.stringify([path, key])));
}

/** Adds values to the index. */
export async function addIndexed(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  values: readonly IndexedValue[],
): Promise<void> {
  for (let start = 0; start < values.length; start += CHUNK) {
    const rows = values.slice(start, start + CHUNK).map((value) => ({ tenant, type, ...value, resource_id: id }));
    await insertedRows(sql, "indexed", rows, () =>
      sql.db
        .insertInto(sql.names.indexed_values)
        .values(rows)
        .onConflict((conflict) => conflict.doNothing()),
    );
  }
}

/** Rows in one INSERT, well below the databases' limits of bound values. */
const CHUNK = 500;
/** Unique values that one statement looks for. */
const CHECKED = 100;

/** Deletes by the whole keys: an index by resource would cost more at each insertion than it saves here. */
async function dropIndexed(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  values: readonly IndexedValue[],
): Promise<void> {
  for (const { path, key } of values) {
    const remove = sql.db
      .deleteFrom(sql.names.indexed_values)
      .where("tenant", "=", tenant)
      .where("type", "=", type)
      .where("path", "=", path)
      .where("key", "=", key)
      .where("resource_id", "=", id);
    await rowsOf(sql, remove);
  }
}
