import { InvalidValueError, NotImplementedError } from "../../errors/request-errors.ts";
import type { MemberChange, MemberOutcome, MemberRef, Partition, ResourceStorage } from "../../storage/storage.ts";
import { shortened } from "../../values/shortened.ts";

/** The outcome of a change of memberships. */
export type MembersChanged = Pick<MemberOutcome, "added" | "removed" | "version">;

/**
 * Changes a group's members without reading them.
 *
 * @throws {NotFoundError} when the group is not there
 * @throws {PreconditionFailedError} when the group is not at `expectedVersion`
 * @throws {InvalidValueError} naming the ids without a resource in the tenant, or that would make a group its own
 * member
 */
export async function changeMembers(
  resources: ResourceStorage,
  partition: Partition,
  groupId: string,
  change: MemberChange,
): Promise<MembersChanged> {
  if (resources.members === undefined) throw new NotImplementedError("This storage does not keep memberships");
  return requireMembers(await resources.members.change(partition, groupId, change));
}

/** @throws {InvalidValueError} where nothing is written, since members are unknown, of another type or would make a cycle */
export function requireMembers(outcome: MemberOutcome): MembersChanged {
  const { unknown, cyclic, mistyped = [], ambiguous = [] } = outcome;
  if (mistyped.length > 0) throw refused(`another type is given than the resource has: ${list(mistyped.map(typed))}`);
  if (ambiguous.length > 0) throw refused(`several members have this id in another case: ${list(ambiguous)}`);
  if (unknown.length > 0) throw refused(`no such user or group: ${list(unknown)}`);
  if (cyclic.length === 0) return outcome;
  throw refused(`a group cannot be its own member, directly or through other groups: ${list(cyclic)}`);
}

function typed({ value, type }: MemberRef): string {
  return `${value} is a ${type}`;
}

function refused(what: string): InvalidValueError {
  return new InvalidValueError(`members: ${what}`, { attribute: "members" });
}

/** The first few ids: an error names them, it does not repeat a request. */
function list(ids: readonly string[]): string {
  const shown = ids
    .slice(0, 10)
    .map((id) => shortened(id, 64))
    .join(", ");
  return ids.length > 10 ? `${shown} and ${ids.length - 10} more` : shown;
}
