import { PreconditionFailedError, UniquenessError } from "../../errors/request-errors.ts";
import { omitAttributes } from "../omit-attributes.ts";
import type { Partition, StoredResource, UniqueValue } from "../storage.ts";
import { RESOURCE_COLUMNS, rowResource } from "./resource-rows.ts";
import type { Database } from "./sqlite-access.ts";
import { isUniqueViolation } from "./sqlite-errors.ts";
import type { ResourceRow } from "./tables.ts";

/** `ResourceStorage.find`. */
export async function findResource(
  db: Database,
  { tenant, type }: Partition,
  id: string,
  omit: readonly string[] | undefined,
): Promise<StoredResource | undefined> {
  const row = await db
    .selectFrom("scimkit_resources")
    .select(RESOURCE_COLUMNS)
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("id", "=", id)
    .executeTakeFirst();
  return row === undefined ? undefined : omitAttributes(rowResource(row), omit);
}

/** `ResourceStorage.insert`; the row and the unique values are made ready by the caller before it waits. */
export async function insertResource(
  db: Database,
  partition: Partition,
  row: ResourceRow,
  unique: readonly UniqueValue[],
): Promise<void> {
  await uniqueOr("id", () => db.insertInto("scimkit_resources").values(row).execute());
  await takeUnique(db, partition, row.id, unique);
}

/** `ResourceStorage.replace`. */
export async function replaceResource(
  db: Database,
  partition: Partition,
  row: ResourceRow,
  unique: readonly UniqueValue[],
  expectedVersion: string,
): Promise<void> {
  const { tenant, type } = partition;
  const { id, version, last_modified, attributes, unique_values, external_id, display_name_folded } = row;
  const before = await held(db, partition, id);
  if (before === undefined || before.version !== expectedVersion) {
    throw new PreconditionFailedError({ expected: expectedVersion, actual: before?.version });
  }
  await db
    .updateTable("scimkit_resources")
    .set({ version, last_modified, attributes, unique_values, external_id, display_name_folded })
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("id", "=", id)
    .execute();
  if (before.unique_values === unique_values) return;
  await db
    .deleteFrom("scimkit_unique_values")
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("resource_id", "=", id)
    .execute();
  await takeUnique(db, partition, id, unique);
}

/** `ResourceStorage.remove`. What it holds goes by cascade, except its memberships in groups. */
export async function removeResource(
  db: Database,
  partition: Partition,
  id: string,
  expectedVersion: string | undefined,
): Promise<boolean> {
  const { tenant, type } = partition;
  const before = await held(db, partition, id);
  if (before === undefined) return false;
  if (expectedVersion !== undefined && before.version !== expectedVersion) {
    throw new PreconditionFailedError({ expected: expectedVersion, actual: before.version });
  }
  await db
    .deleteFrom("scimkit_resources")
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("id", "=", id)
    .execute();
  await db.deleteFrom("scimkit_memberships").where("tenant", "=", tenant).where("member_value", "=", id).execute();
  return true;
}

async function held(
  db: Database,
  { tenant, type }: Partition,
  id: string,
): Promise<Pick<ResourceRow, "version" | "unique_values"> | undefined> {
  return db
    .selectFrom("scimkit_resources")
    .select(["version", "unique_values"])
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("id", "=", id)
    .executeTakeFirst();
}

async function takeUnique(
  db: Database,
  { tenant, type }: Partition,
  id: string,
  unique: readonly UniqueValue[],
): Promise<void> {
  const taken = new Set<string>();
  for (const { attribute, key } of unique) {
    const once = JSON.stringify([attribute, key]);
    if (taken.has(once)) continue;
    taken.add(once);
    const row = { tenant, type, attribute, key, resource_id: id };
    await uniqueOr(attribute, () => db.insertInto("scimkit_unique_values").values(row).execute());
  }
}

async function uniqueOr(attribute: string, insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    throw isUniqueViolation(error) ? new UniquenessError(attribute, { cause: error }) : error;
  }
}
