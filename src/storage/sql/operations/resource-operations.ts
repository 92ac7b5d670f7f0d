import { PreconditionFailedError } from "../../../errors/request-errors.ts";
import type { Work } from "../../../work/work.ts";
import { omitAttributes } from "../../driver/omit-attributes.ts";
import type { Partition, StoredResource, UniqueValue } from "../../stored-resource.ts";
import { type FixedStatement, fixedRow, fixedRows } from "../engine/fixed-statement.ts";
import { indexedValues } from "../engine/indexed-values.ts";
import { rowsOf, type SqlSession } from "../engine/session.ts";
import type { ResourceRow } from "../engine/tables.ts";
import { addIndexed, dropIndexed, without } from "./index-rows.ts";
import { RESOURCE_COLUMNS, type ResourceData, rowResource, type WrittenResource } from "./resource-rows.ts";
import { dropUnique, inUse, takeUnique } from "./unique-rows.ts";

/** So many bytes of a resource are read for one unit of work. */
const BYTES_PER_UNIT = 16;

/** `ResourceStorage.find`. */
export async function findResource(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  { omit, work }: { readonly omit?: readonly string[]; readonly work?: Work } = {},
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
  if (row === undefined) return undefined;
  work?.spend(Math.ceil(row.attributes.length / BYTES_PER_UNIT), "reading the resource");
  return omitAttributes(rowResource(row), omit);
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
  await dropUnique(sql, partition, id);
  await takeUnique(sql, partition, id, unique);
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

async function uniqueOr<Row>(sql: SqlSession, attribute: string, insert: FixedStatement<Row>): Promise<void> {
  try {
    await fixedRows(sql, insert);
  } catch (error) {
    throw sql.engine.isUniqueViolation(error) ? inUse(attribute, error) : error;
  }
}
