import { compileResolved, type FilterableResource } from "../../filter/compile-filter.ts";
import type { ResolvedFilter, ResolvedLeaf } from "../../filter/resolved.ts";
import { foldTree } from "../../path/walk-tree.ts";
import type { Work } from "../../work/work.ts";
import { type MembershipAttribute, membershipAttribute } from "../driver/membership-paths.ts";

/** So many members or groups are compared in one piece. The names of groups can be long. */
const PIECE: Readonly<Record<MembershipAttribute, number>> = { members: 500, groups: 10 };

/** A resource with more is compared in pieces. */
const MANY: Readonly<Record<MembershipAttribute, number>> = { members: 1000, groups: 20 };

/** A resource as a filter sees it, with the memberships that the filter needs. */
type Match = (resource: FilterableResource) => Promise<boolean>;

/**
 * Compiles a filter for resources with many members or groups, and lets others run while they are compared: each
 * condition on memberships is tested on some of them after the others. The result is that of `compileResolved`.
 */
export function compileInTurns(filter: ResolvedFilter, work: Work): Match {
  return foldTree<ResolvedLeaf, Match>(filter, {
    leaf: (leaf) => leafInTurns(leaf, work),
    not: (term) => async (resource) => !(await term(resource)),
    join: (type, terms) => async (resource) => {
      const decides = type === "or";
      for (const term of terms) if ((await term(resource)) === decides) return decides;
      return !decides;
    },
  });
}

function leafInTurns(leaf: ResolvedLeaf, work: Work): Match {
  const attribute = leaf.type === "never" ? undefined : membershipAttribute(leaf.path);
  if (attribute === undefined) {
    const holds = compileResolved(leaf, { work });
    return async (resource) => holds(resource);
  }
  // `ne` is the opposite of `eq`: none may be equal.
  const isNegated = leaf.type === "comparison" && leaf.operator === "ne";
  const holds = compileResolved(isNegated ? { ...leaf, operator: "eq" } : leaf, { work });
  return async (resource) => {
    const all = membershipsOf(resource, attribute);
    for (let start = 0; start < all.length; start += PIECE[attribute]) {
      const pause = work.pause();
      if (pause !== undefined) await pause;
      if (holds({ [attribute]: all.slice(start, start + PIECE[attribute]) })) return !isNegated;
    }
    return isNegated;
  };
}

/** Whether a resource has so many of the memberships that a filter reads that they must be compared in pieces. */
export function hasMany(resource: FilterableResource, attributes: ReadonlySet<MembershipAttribute>): boolean {
  for (const each of attributes) if (membershipsOf(resource, each).length > MANY[each]) return true;
  return false;
}

function membershipsOf(resource: FilterableResource, attribute: MembershipAttribute): readonly unknown[] {
  const all = resource[attribute];
  return Array.isArray(all) ? all : [];
}
