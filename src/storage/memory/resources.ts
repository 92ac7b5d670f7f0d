import { PreconditionFailedError, UniquenessError } from "../../errors/request-errors.ts";
import type { Partition, StoredResource } from "../stored-resource.ts";
import type { SortedMap } from "./sorted-map.ts";
import type { Change, Tables } from "./tables.ts";

/** `ResourceStorage.insert` on tables. */
export function insertResource(tables: Tables, partition: Partition, resource: StoredResource): Change<void> {
  const { tenant, type } = partition;
  const { id } = resource;
  if (tables.resources.get([tenant, type, id]) !== undefined)
    throw new UniquenessError("id is already in use", { attribute: "id" });
  return {
    tables: {
      ...tables,
      ...withResource(tables, partition, resource),
      unique: takeUnique(tables.unique, partition, resource),
      types: tables.types.set([tenant, id, type], type),
    },
    result: undefined,
  };
}

/** `ResourceStorage.replace` on tables. */
export function replaceResource(
  tables: Tables,
  partition: Partition,
  resource: StoredResource,
  expectedVersion: string,
): Change<void> {
  const { tenant, type } = partition;
  const key = [tenant, type, resource.id];
  const before = tables.resources.get(key);
  if (before === undefined || before.version !== expectedVersion) {
    throw new PreconditionFailedError(undefined, { expected: expectedVersion, actual: before?.version });
  }
  const unique = moveUnique(tables.unique, partition, { before, after: resource });
  const after = Object.freeze({ ...resource, created: before.created });
  return { tables: { ...tables, ...withResource(tables, partition, after), unique }, result: undefined };
}

/** The tables that hold resources, with this one in its place. */
export function withResource(
  { resources, order }: Tables,
  { tenant, type }: Partition,
  resource: StoredResource,
): Pick<Tables, "resources" | "order"> {
  return {
    resources: resources.set([tenant, type, resource.id], resource),
    order: order.set([tenant, type, resource.created, resource.id], resource),
  };
}

/** `ResourceStorage.remove` on tables. */
export function removeResource(
  tables: Tables,
  partition: Partition,
  id: string,
  expectedVersion: string | undefined,
): Change<boolean> {
  const { tenant, type } = partition;
  const before = tables.resources.get([tenant, type, id]);
  if (before === undefined) return { tables, result: false };
  if (expectedVersion !== undefined && before.version !== expectedVersion) {
    throw new PreconditionFailedError(undefined, { expected: expectedVersion, actual: before.version });
  }
  return {
    tables: {
      ...tables,
      ...withoutMemberships(tables, partition, id),
      unique: dropUnique(tables.unique, partition, before),
      resources: tables.resources.delete([tenant, type, id]),
      types: tables.types.delete([tenant, id, type]),
      order: tables.order.delete([tenant, type, before.created, id]),
    },
    result: true,
  };
}

/** `ResourceStorage.checkUnique` on tables. */
export function checkUnique({ unique }: Tables, partition: Partition, resource: Held): void {
  takeUnique(unique, partition, resource);
}

function withoutMemberships(tables: Tables, partition: Partition, id: string): Pick<Tables, "members" | "memberOf"> {
  const { tenant, type } = partition;
  let { members, memberOf } = tables;
  for (const [key, member] of tables.members.entries([tenant, type, id])) {
    members = members.delete(key);
    memberOf = memberOf.delete([tenant, member.value, type, id]);
  }
  for (const [key, group] of tables.memberOf.entries([tenant, id])) {
    memberOf = memberOf.delete(key);
    members = members.delete([tenant, group.type, group.id, id]);
  }
  return { members, memberOf };
}

/** Changes only the keys that differ: most replacements change none. */
function moveUnique(
  unique: SortedMap<string>,
  partition: Partition,
  { before, after }: { readonly before: StoredResource; readonly after: StoredResource },
): SortedMap<string> {
  const left = dropUnique(unique, partition, keysOnlyOf(before, after));
  return takeUnique(left, partition, keysOnlyOf(after, before));
}

function keysOnlyOf(one: Held, other: Held): Held {
  const held = (key: UniqueKey): boolean =>
    other.unique.some(({ attribute, key: text }) => attribute === key.attribute && text === key.key);
  return { id: one.id, unique: one.unique.filter((key) => !held(key)) };
}

type Held = Pick<StoredResource, "id" | "unique">;
type UniqueKey = StoredResource["unique"][number];

function takeUnique(unique: SortedMap<string>, partition: Partition, resource: Held): SortedMap<string> {
  let taken = unique;
  for (const { attribute, key } of resource.unique) {
    const path = [partition.tenant, partition.type, attribute, key];
    const holder = taken.get(path);
    if (holder !== undefined && holder !== resource.id)
      throw new UniquenessError(`${attribute} is already in use`, { attribute });
    taken = taken.set(path, resource.id);
  }
  return taken;
}

function dropUnique(unique: SortedMap<string>, partition: Partition, resource: Held): SortedMap<string> {
  let left = unique;
  for (const { attribute, key } of resource.unique) {
    left = left.delete([partition.tenant, partition.type, attribute, key]);
  }
  return left;
}
