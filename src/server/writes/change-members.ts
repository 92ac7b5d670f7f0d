import { InvalidValueError, NotImplementedError } from "../../errors/request-errors.ts";
import type { MemberChange, MemberOutcome, MemberRef } from "../../storage/member-storage.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Partition } from "../../storage/stored-resource.ts";
import { shortened } from "../../values/shortened.ts";

/** The outcome of a change of memberships. */
export type MembersChanged = Pick<MemberOutcome, "added" | "removed" | "version"> & {
  /** Ids of members that do not exist and were left out. */
  readonly skipped?: readonly string[];
};

/** What happens to members that do not exist: the write is refused, they are kept, or left out. */
export type UnknownMembers = "reject" | "accept" | "skip";

/** A change of members, before it is known which of them exist. */
export type MembersGiven = Omit<MemberChange, "unknown">;

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
  given: MembersGiven & { readonly unknown: UnknownMembers },
): Promise<MembersChanged> {
  const { members } = resources;
  if (members === undefined) throw new NotImplementedError("This storage does not keep memberships");
  return withKnownMembers(given, (change) => members.change(partition, groupId, change));
}

/**
 * Does a change of members under a policy: with `skip`, again without those that do not exist. A change that is refused
 * has written nothing.
 *
 * @throws {InvalidValueError} as `changeMembers`
 */
export async function withKnownMembers(
  { unknown, ...given }: MembersGiven & { readonly unknown: UnknownMembers },
  change: (change: MemberChange) => Promise<MemberOutcome>,
): Promise<MembersChanged> {
  if (unknown !== "skip") return requireMembers(await change({ ...given, unknown }));
  const outcome = await change({ ...given, unknown: "reject" });
  const typed = new Set(outcome.mistyped?.map(({ value }) => value));
  const skipped = outcome.unknown.filter((id) => !typed.has(id));
  if (skipped.length === 0) return requireMembers(outcome);
  const left = new Set(skipped);
  const add = given.add.filter(({ value }) => !left.has(value));
  return { ...requireMembers(await change({ ...given, add, unknown: "reject" })), skipped };
}

/** @throws {InvalidValueError} where nothing is written, since members are unknown, of another type or would make a cycle */
function requireMembers(outcome: MemberOutcome): MembersChanged {
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
