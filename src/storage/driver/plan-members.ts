import { PreconditionFailedError } from "../../errors/request-errors.ts";
import type { MemberChange, MemberOutcome, MemberRef } from "../member-storage.ts";

/** What a driver knows about the ids in a change of members. */
export interface MemberFacts {
  /** The ids that are members of the group already. */
  readonly present: ReadonlySet<string>;
  /** The type of each id that is a resource of the tenant; several if the tenant has the same id in several types. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  /** The ids that have members of their own. */
  readonly holders: ReadonlySet<string>;
  /** Of the ids to remove that are not members: the members whose ids are equal when folded. */
  readonly folded: ReadonlyMap<string, readonly string[]>;
}

/** The effect of a change of members, before it is known whether it makes a cycle. */
export interface MemberPlan {
  /** The members to write, with their types. */
  readonly added: readonly MemberRef[];
  readonly removed: readonly string[];
  /** The ids of `added` without a resource. */
  readonly nowhere: ReadonlySet<string>;
  /** The members to add that have another type, with that type. */
  readonly mistyped: readonly MemberRef[];
  /** The ids to remove that mean several members. */
  readonly ambiguous: readonly string[];
  /** The ids of `added` that can make a cycle: the group itself, and resources that have members. */
  readonly suspects: readonly string[];
}

/** A plan, and which of its members make a cycle. */
export interface CheckedPlan {
  readonly plan: MemberPlan;
  readonly cyclic: readonly string[];
}

/** @throws {PreconditionFailedError} if the group is not at the version that the change expects */
export function requireExpected({ expectedVersion }: MemberChange, version: string | undefined): void {
  if (expectedVersion === undefined || expectedVersion === version) return;
  throw new PreconditionFailedError(undefined, { expected: expectedVersion, actual: version });
}

/** Computes a change of a group's members. A member without type gets the type that was found, otherwise `User`. */
export function planMembers(groupId: string, change: MemberChange, facts: MemberFacts): MemberPlan {
  const asked = new Map(change.add.map((member) => [member.value, member]));
  const nowhere = new Set<string>();
  const mistyped: MemberRef[] = [];
  const added: MemberRef[] = [];
  for (const member of asked.values()) {
    if (facts.present.has(member.value)) continue;
    const types = facts.types.get(member.value) ?? [];
    const found = types.find((type) => member.type === undefined || member.type === type);
    const [other] = types;
    if (found === undefined && other !== undefined) mistyped.push({ value: member.value, type: other });
    if (found === undefined) nowhere.add(member.value);
    added.push({ ...member, type: found ?? member.type ?? "User" });
  }
  const { removed, ambiguous } = removals(change.remove, asked, facts);
  const suspects = added.map(({ value }) => value).filter((id) => id === groupId || facts.holders.has(id));
  return { added, removed, nowhere, mistyped, ambiguous, suspects };
}

/** The members that ids mean: the one with exactly this id, otherwise the only one whose id is equal when folded. */
function removals(
  ids: readonly string[],
  kept: ReadonlyMap<string, unknown>,
  { present, folded }: MemberFacts,
): Pick<MemberPlan, "removed" | "ambiguous"> {
  const removed = new Set<string>();
  const ambiguous: string[] = [];
  for (const id of ids) {
    const [only, ...others] = present.has(id) ? [id] : (folded.get(id)?.filter((member) => !kept.has(member)) ?? []);
    if (others.length > 0) ambiguous.push(id);
    else if (only !== undefined) removed.add(only);
  }
  return { removed: [...removed], ambiguous };
}

/** Those of the suspects that make a cycle. `above` are the groups that the group belongs to, directly or not. */
export function cyclicAmong(plan: MemberPlan, groupId: string, above: readonly { readonly value: string }[]): string[] {
  const ancestors = new Set([groupId, ...above.map(({ value }) => value)]);
  return plan.suspects.filter((id) => ancestors.has(id));
}

/** The outcome for a group at this version. If a member is unknown or closes a cycle, nothing must be written. */
export function memberOutcome(
  change: Pick<MemberChange, "unknown" | "next">,
  { plan, cyclic }: CheckedPlan,
  version: string,
): MemberOutcome {
  const { added, removed, mistyped, ambiguous } = plan;
  const unknown = change.unknown === "reject" ? [...plan.nowhere] : mistyped.map(({ value }) => value);
  if (unknown.length + cyclic.length + ambiguous.length > 0) {
    const refused = {
      unknown,
      cyclic,
      ...(mistyped.length > 0 && { mistyped }),
      ...(ambiguous.length > 0 && { ambiguous }),
    };
    return { added: [], removed: [], ...refused, version };
  }
  const isChanged = added.length + removed.length > 0;
  return { added, removed, unknown, cyclic, version: isChanged ? change.next.version : version };
}

/** Whether anything must be written. */
export function changesMembers({ added, removed }: MemberOutcome): boolean {
  return added.length + removed.length > 0;
}
