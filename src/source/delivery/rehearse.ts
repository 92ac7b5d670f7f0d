import { NotFoundError, PreconditionFailedError } from "../../errors/request-errors.ts";
import type { Write, WriteOutcome } from "../../server/requests/write.ts";
import { changeMembers } from "../../server/writes/change-members.ts";
import type { MemberRef, ResourceStorage, StoredResource, UniqueValue } from "../../storage/storage.ts";

/**
 * What a write will do, as the storage says: its version, its unique values and its members are checked. Nothing stays
 * written. `resources` are those of the transaction that reserves the write.
 *
 * @throws what the write would throw
 */
export async function rehearse(
  resources: ResourceStorage,
  write: Write,
  unknownMembers: "reject" | "accept",
): Promise<WriteOutcome> {
  const current = await currentOf(resources, write);
  if (write.action === "delete") return { changed: true, added: [], removed: [], version: current?.version ?? "" };
  const unique = takenValues(write);
  if (unique.length > 0) await resources.checkUnique?.(write.partition, { id: write.id, unique });
  const removed = await effectiveRemovals(resources, write);
  const added = await effectiveAdditions(resources, { write, current, unknownMembers });
  const changed = write.after !== undefined || added.length > 0 || removed.length > 0;
  return { changed, added, removed, version: changed ? write.next.version : (current?.version ?? "") };
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

/** The members to remove that are there. A removal cannot fail, so it is not tried. */
async function effectiveRemovals(resources: ResourceStorage, write: Write): Promise<string[]> {
  const ids = write.members?.remove ?? [];
  if (ids.length === 0 || resources.members === undefined) return [];
  const groups = await resources.members.groupsOf(write.partition.tenant, ids);
  return ids.filter((id) => groups.get(id)?.some((group) => group.value === write.id && group.type === "direct"));
}

/** The members to add that are not there yet. They are added and removed again: only the storage can say what they are. */
async function effectiveAdditions(
  resources: ResourceStorage,
  rehearsed: {
    readonly write: Write;
    readonly current: StoredResource | undefined;
    readonly unknownMembers: "reject" | "accept";
  },
): Promise<readonly MemberRef[]> {
  const { write, current, unknownMembers: unknown } = rehearsed;
  const { partition, id, after } = write;
  const add = write.members?.add ?? [];
  if (add.length === 0) return [];
  if (current === undefined && after !== undefined) await resources.insert(partition, after);
  // The group keeps its version while its members come and go.
  const { version, lastModified } = current ?? write.next;
  const next = { version, lastModified };
  const { added } = await changeMembers(resources, partition, id, { add, remove: [], next, unknown });
  if (current === undefined) {
    await resources.remove(partition, id);
  } else if (added.length > 0) {
    const remove = added.map((member) => member.value);
    await resources.members?.change(partition, id, { add: [], remove, next, unknown });
  }
  return added;
}
