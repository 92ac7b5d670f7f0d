import { NotFoundError, PreconditionFailedError } from "../../errors/request-errors.ts";
import type { Write, WriteOutcome } from "../../server/requests/write.ts";
import type { ResourceStorage, StoredResource } from "../../storage/storage.ts";

/**
 * Does a write and takes it back, in one transaction: the storage itself says whether the write will hold (version,
 * unique values, members), and nothing of it stays. What a write will do is returned.
 */
export async function rehearse(
  resources: ResourceStorage,
  write: Write,
  apply: (resources: ResourceStorage, write: Write) => Promise<WriteOutcome>,
): Promise<WriteOutcome> {
  const current = await currentOf(resources, write);
  if (write.action === "delete") {
    return { changed: true, added: [], removed: [], version: current?.version ?? "" };
  }
  // Removals cannot fail, so they need no rehearsal; which of them will have an effect can be asked.
  const removed = await effectiveRemovals(resources, write);
  const additions = { ...write, members: write.members && { add: write.members.add, remove: [] } };
  const outcome = await apply(resources, additions);
  await takeBack(resources, write, current, outcome);
  const changed = outcome.changed || removed.length > 0;
  return { ...outcome, removed, changed, version: changed ? write.next.version : outcome.version };
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

async function effectiveRemovals(resources: ResourceStorage, write: Write): Promise<string[]> {
  const ids = write.members?.remove ?? [];
  if (ids.length === 0 || resources.members === undefined) return [];
  const groups = await resources.members.groupsOf(write.partition.tenant, ids);
  return ids.filter((id) => groups.get(id)?.some((group) => group.value === write.id && group.type === "direct"));
}

async function takeBack(
  resources: ResourceStorage,
  write: Write,
  current: StoredResource | undefined,
  outcome: WriteOutcome,
): Promise<void> {
  if (current === undefined) {
    await resources.remove(write.partition, write.id);
    return;
  }
  if (outcome.added.length > 0) {
    await resources.members?.change(write.partition, write.id, {
      add: [],
      remove: outcome.added.map((member) => member.value),
      next: { version: write.next.version, lastModified: write.next.lastModified },
      unknown: "accept",
    });
  }
  if (outcome.changed) await resources.replace(write.partition, current, write.next.version);
}
