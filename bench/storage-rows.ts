import type { Partition, StoredResource } from "scimkit/storage";
import type { SqlStatements } from "../src/storage/sql/engine/session.ts";
import { writtenResource } from "../src/storage/sql/operations/resource-rows.ts";
import { foldString } from "../src/values/fold.ts";
import { GROUPS, groupId, membersOf, type Size, storedGroup, storedUser, USERS } from "./storage-data.ts";

/** Rows of one table, in the order of `COLUMNS`. */
export type Rows = (string | null)[][];
export type Table = keyof typeof COLUMNS;

/** The tables that are filled, each after those it refers to, and their columns. */
export const COLUMNS = Object.freeze({
  resources: [
    ...["tenant", "type", "id", "version", "created", "last_modified", "attributes", "unique_values", "search"],
    ...["created_instant", "modified_instant"],
  ],
  unique_values: ["tenant", "type", "attribute", "key", "resource_id"],
  indexed_values: ["tenant", "type", "path", "key", "resource_id"],
  memberships: [
    ...["tenant", "group_type", "group_id", "group_folded", "member_value", "member_folded", "member_type"],
    "resource_type",
  ],
});

/** Some rows of each table. */
export type Batch = Readonly<Record<Table, Rows>>;

const BATCH = 5_000;

/**
 * All rows of a database of that size, as the storage's own code makes them of resources. They are written in bulk,
 * since a million calls to the storage would take an hour; that they are the same is checked afterwards.
 */
export function* batches(statements: SqlStatements, size: Size): Generator<Batch> {
  for (let start = 0; start < size.users; start += BATCH) {
    const batch = emptyBatch();
    for (let index = start; index < Math.min(size.users, start + BATCH); index += 1) {
      addResource(batch, statements, { partition: USERS, resource: storedUser(index) });
    }
    yield batch;
  }
  for (let group = 0; group < size.groups; group += 100) {
    const batch = emptyBatch();
    for (let index = group; index < Math.min(size.groups, group + 100); index += 1) {
      addResource(batch, statements, { partition: GROUPS, resource: storedGroup(index) });
      for (const { value, type } of membersOf(index, size)) {
        const id = groupId(index);
        const { tenant } = GROUPS;
        batch.memberships.push([tenant, "Group", id, foldString(id), value, foldString(value), type, type]);
      }
    }
    yield batch;
  }
}

function emptyBatch(): Batch {
  return { resources: [], unique_values: [], indexed_values: [], memberships: [] };
}

function addResource(
  batch: Batch,
  statements: SqlStatements,
  { partition, resource }: { readonly partition: Partition; readonly resource: StoredResource },
): void {
  const { tenant, type } = partition;
  const { row, indexed } = writtenResource(statements, partition, resource);
  batch.resources.push(COLUMNS.resources.map((column) => row[column as keyof typeof row]));
  for (const { attribute, key } of resource.unique) {
    batch.unique_values.push([tenant, type, attribute, key, resource.id]);
  }
  for (const { path, key } of indexed) batch.indexed_values.push([tenant, type, path, key, resource.id]);
}

/** An INSERT with values written as `?`. */
export interface Insert {
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** The statements that store one user: one for each table. */
export function insertsOfUser(
  statements: SqlStatements,
  user: StoredResource,
  json: (place: string) => string,
): Insert[] {
  const batch = emptyBatch();
  addResource(batch, statements, { partition: USERS, resource: user });
  return (["resources", "unique_values", "indexed_values"] as const).map((table) => {
    const columns = COLUMNS[table];
    const row = `(${columns.map((column) => (column === "search" ? json("?") : "?")).join(", ")})`;
    const rows = batch[table].map(() => row).join(", ");
    return { text: `INSERT INTO scimkit_${table} (${columns.join(", ")}) VALUES ${rows}`, values: batch[table].flat() };
  });
}
