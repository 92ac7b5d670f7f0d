import { NotFoundError } from "../../errors/request-errors.ts";
import type { MemberChange } from "../../storage/member-storage.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Write, WriteOutcome } from "../requests/write.ts";
import { changeMembers, type UnknownMembers } from "./change-members.ts";

/**
 * Does a write on `resources`, which must be a transaction if there is more than one thing to write.
 *
 * @throws {NotFoundError} when the resource to delete, or the group to change, does not exist
 * @throws {PreconditionFailedError} when the resource is no longer what `before` says
 * @throws {UniquenessError} when a unique value is taken
 * @throws {InvalidValueError} when a member does not exist, or would make a group its own member
 */
export async function applyWrite(
  resources: ResourceStorage,
  write: Omit<Write, "principal" | "type" | "secrets">,
  { unknown, work }: Pick<MemberChange, "work"> & { readonly unknown: UnknownMembers },
): Promise<WriteOutcome> {
  const { partition, before, after, id } = write;
  if (write.action === "delete") {
    if (!(await resources.remove(partition, id, before?.version))) throw new NotFoundError();
    return { changed: true, added: [], removed: [], version: before?.version ?? "" };
  }
  if (after !== undefined) {
    if (before === undefined) await resources.insert(partition, after);
    else await resources.replace(partition, after, before.version);
  }
  if (write.members === undefined) {
    return { changed: after !== undefined, added: [], removed: [], version: after?.version ?? write.next.version };
  }
  // The version of a resource that was replaced above has been checked already.
  const expectedVersion = after === undefined ? before?.version : undefined;
  const change = { ...write.members, next: write.next, unknown, expectedVersion, work };
  const outcome = await changeMembers(resources, partition, id, change);
  const changed = after !== undefined || outcome.added.length > 0 || outcome.removed.length > 0;
  return { ...outcome, changed };
}
