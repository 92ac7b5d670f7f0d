import { compileResolved, type FilterableResource } from "../../filter/compile-filter.ts";
import type { ResolvedFilter, ResolvedLeaf } from "../../filter/resolved.ts";
import { foldTree, leavesOf } from "../../path/walk-tree.ts";
import type { Work } from "../../work/work.ts";
import { membershipAttribute } from "../driver/membership-paths.ts";
import type { MemberRef } from "../storage.ts";

/** So many members are compared in one piece. */
const PIECE = 500;

/** A resource without its members, and its members. */
export interface ManyMembers {
  readonly view: FilterableResource;
  readonly members: readonly MemberRef[];
}

type Match = (resource: ManyMembers) => Promise<boolean>;

/**
 * Compiles a filter for groups with many members, and lets others run while they are compared: each condition on
 * members is tested on some of them after the others. The result is that of `compileResolved`.
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
  if (!isOnMembers(leaf)) {
    const holds = compileResolved(leaf, { work });
    return async ({ view }) => holds(view);
  }
  // `ne` is the opposite of `eq`: no member may be equal.
  const isNegated = leaf.type === "comparison" && leaf.operator === "ne";
  const holds = compileResolved(isNegated ? { ...leaf, operator: "eq" } : leaf, { work });
  return async ({ members }) => {
    for (let start = 0; start < members.length; start += PIECE) {
      const pause = work.pause();
      if (pause !== undefined) await pause;
      if (holds({ members: members.slice(start, start + PIECE) })) return !isNegated;
    }
    return isNegated;
  };
}

/** Whether a filter has a condition on members. */
export function readsMembers(filter: ResolvedFilter): boolean {
  return leavesOf(filter).some(isOnMembers);
}

function isOnMembers(leaf: ResolvedLeaf): boolean {
  return leaf.type !== "never" && membershipAttribute(leaf.path) === "members";
}
