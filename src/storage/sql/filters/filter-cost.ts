import type { ResolvedFilter } from "../../../filter/resolved.ts";
import { leavesOf } from "../../../path/walk-tree.ts";
import type { ResolvedPath } from "../../../schema/attributes/definition.ts";
import { membershipAttribute } from "../../driver/membership-paths.ts";

/** What a database needs for one row, in units of work (see `Work`). */
export interface RowCost {
  /** For every row. */
  readonly row: number;
  /** For each byte of a search document beyond the usual ones. */
  readonly byte: number;
  /** For each member of a group. */
  readonly member: number;
  /** For each group that a resource belongs to. */
  readonly group: number;
}

/** Measured in SQLite: to read a row in pieces. */
const ROW = 30;
/** A term on a column, on a single value and on each value of a list, in a search document. */
const COLUMN = 8;
const SINGLE = 30;
const LIST = 80;
/** A term on a member or a group, and the search for them. */
const MEMBERSHIP = 8;
const SEARCH = 100;
/** To search a text takes 5 nanoseconds for each byte. */
const BYTE = 0.1;

/** What the filter costs for one row without an index. */
export function filterCost(filter: ResolvedFilter): RowCost {
  const cost = { row: ROW, byte: 0, member: 0, group: 0 };
  for (const leaf of leavesOf(filter)) {
    if (leaf.type === "never") continue;
    const terms = leaf.type === "valuePath" ? leavesOf(leaf.filter).length : 1;
    const membership = membershipAttribute(leaf.path);
    if (membership === undefined) {
      cost.row += terms * termCost(leaf.path);
      cost.byte += isColumn(leaf.path) ? 0 : terms * BYTE;
      continue;
    }
    cost.row += SEARCH;
    if (membership === "members") cost.member += terms * MEMBERSHIP;
    else cost.group += terms * MEMBERSHIP;
  }
  return cost;
}

/** What it costs to sort by this path. */
export function sortCost(path: ResolvedPath): RowCost {
  const byte = isColumn(path) ? 0 : BYTE;
  return { row: ROW + termCost({ ...path, sub: undefined }), byte, member: 0, group: 0 };
}

function termCost(path: ResolvedPath): number {
  if (isColumn(path)) return COLUMN;
  return path.attribute?.multiValued === true || path.sub !== undefined ? LIST : SINGLE;
}

function isColumn({ extension, attribute }: ResolvedPath): boolean {
  return extension === undefined && (attribute?.name === "meta" || attribute?.name === "id");
}

/** The sum of costs. */
export function costSum(costs: readonly RowCost[]): RowCost {
  const sum = { row: 0, byte: 0, member: 0, group: 0 };
  for (const cost of costs) {
    sum.row += cost.row;
    sum.byte += cost.byte;
    sum.member += cost.member;
    sum.group += cost.group;
  }
  return sum;
}
