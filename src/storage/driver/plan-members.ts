import { PreconditionFailedError } from "../../errors/request-errors.ts";
import type { MemberChange, MemberOutcome, MemberRef } from "../storage.ts";

/** What a driver knows about the ids in a change of members. */
export interface MemberFacts {
  /** The ids that are members of the group already. */
  readonly present: ReadonlySet<string>;
  /** The type of each id that is a resource of the tenant; several if the tenant has the same id in several types. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  /** The ids that have members of their own. */
  readonly holders: ReadonlySet<string>;
}

/** The effect of a change of members, before it is known whether it makes a cycle. */
export interface MemberPlan {
  /** The members to write, with their types. */
  readonly added: readonly MemberRef[];
  readonly removed: readonly string[];
  /** The ids of `added` without a resource of the requested type. */
  readonly nowhere: ReadonlySet<string>;
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
  const added: MemberRef[] = [];
  for (const member of asked.values()) {
    if (facts.present.has(member.value)) continue;
    const types = facts.types.get(member.value) ?? [];
    const found = types.find((type) => member.type === undefined || member.type === type);
    if (found === undefined) nowhere.add(member.value);
    added.push({ ...member, type: found ?? member.type ?? "User" });
  }
  const removed = [...new Set(change.remove)].filter((id) => facts.present.has(id));
  const suspects = added.map(({ value }) => value).filter((id) => id === groupId || facts.holders.has(id));
  return { added, removed, nowhere, suspects };
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
  const unknown = change.unknown === "reject" ? [...plan.nowhere] : [];
  const { added, removed } = plan;
  if (unknown.length + cyclic.length > 0) return { added: [], removed: [], unknown, cyclic, version };
  const isChanged = added.length + removed.length > 0;
  return { added, removed, unknown, cyclic, version: isChanged ? change.next.version : version };
}

/** Whether anything must be written. */
export function changesMembers({ added, removed }: MemberOutcome): boolean {
  return added.length + removed.length > 0;
}
