import type { ResolvedFilter, ResolvedLeaf } from "../../filter/resolved.ts";
import { leavesOf } from "../../path/walk-tree.ts";
import type { ResolvedPath } from "../../schema/attributes/definition.ts";
import { isGroups, isMembers } from "../../schema/attributes/membership-attributes.ts";

/** An attribute that a driver with `members` keeps as rows and not among the attributes of a resource. */
export type MembershipAttribute = "members" | "groups";

/** Whether the path is in a group's `members`, or in the `groups` of a member, which follow from them. */
export function membershipAttribute(path: ResolvedPath): MembershipAttribute | undefined {
  const { extension, attribute } = path;
  if (extension !== undefined || attribute === undefined) return undefined;
  if (isMembers(attribute)) return "members";
  return isGroups(attribute) ? "groups" : undefined;
}

/** Which of them a filter contains. */
export function membershipsIn(filter: ResolvedFilter): ReadonlySet<MembershipAttribute> {
  const attributeIn = (leaf: ResolvedLeaf) => (leaf.type === "never" ? undefined : membershipAttribute(leaf.path));
  return new Set(leavesOf(filter).flatMap((leaf) => attributeIn(leaf) ?? []));
}
