import { NotFoundError, PreconditionFailedError } from "../../errors/request-errors.ts";
import type { Write, WriteOutcome } from "../../server/requests/write.ts";
import { type UnknownMembers, withKnownMembers } from "../../server/writes/change-members.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { StoredResource, UniqueValue } from "../../storage/stored-resource.ts";

/**
 * What a write will do, according to the storage, which checks its version, its unique values and its members. Nothing
 * is written. `resources` are those of the transaction that reserves the write.
 *
 * @throws what the write would throw
 */
export async function rehearse(
  resources: ResourceStorage,
  write: Write,
  unknownMembers: UnknownMembers,
): Promise<WriteOutcome> {
  const current = await currentOf(resources, write);
  if (write.action === "delete") return { changed: true, added: [], removed: [], version: current?.version ?? "" };
  const unique = takenValues(write);
  if (unique.length > 0) {
    await offered(resources.checkUnique, "checkUnique").call(resources, write.partition, { id: write.id, unique });
  }
  const { added, removed, skipped } = await effectiveMembers(resources, write, unknownMembers);
  const changed = write.after !== undefined || added.length > 0 || removed.length > 0;
  return { changed, added, removed, skipped, version: changed ? write.next.version : (current?.version ?? "") };
}

/** The unique values that a write gives to its resource and that the resource does not have yet. */
export function takenValues({ before, after }: Pick<Write, "before" | "after">): UniqueValue[] {
  const held = new Set(before?.unique.map(nameOf));
  return (after?.unique ?? []).filter((value) => !held.has(nameOf(value)));
}

function nameOf({ attribute, key }: UniqueValue): string {
  return JSON.stringify([attribute, key]);
}

async function currentOf(resources: ResourceStorage, write: Write): Promise<StoredResource | undefined> {
  if (write.action === "create") return undefined;
  const current = await resources.find(write.partition, write.id);
  if (current === undefined) throw new NotFoundError();
  if (write.before !== undefined && write.before.version !== current.version) {
    throw new PreconditionFailedError(undefined, { expected: write.before.version, actual: current.version });
  }
  return current;
}

/** The members that the write adds, with their types, and those that it removes. */
async function effectiveMembers(
  resources: ResourceStorage,
  { members, partition, id, next }: Write,
  unknown: UnknownMembers,
): Promise<Pick<WriteOutcome, "added" | "removed" | "skipped">> {
  if (members === undefined) return { added: [], removed: [] };
  const storage = offered(resources.members, "members");
  const preview = offered(storage.preview, "members.preview");
  return withKnownMembers({ ...members, next, unknown }, (change) => preview.call(storage, partition, id, change));
}

function offered<T>(method: T | undefined, name: string): T {
  if (method === undefined) throw new TypeError(`createSource: the storage lacks ${name}, which directory needs`);
  return method;
}
