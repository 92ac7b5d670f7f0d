import { sql as raw } from "kysely";
import { TooManyError } from "../../../errors/request-errors.ts";
import { leavesOf } from "../../../path/walk-tree.ts";
import { printResolvedPath } from "../../../schema/attributes/resolve-path.ts";
import type { ListQuery, Page } from "../../list-query.ts";
import { rowCount } from "../engine/row-count.ts";
import { rowOf } from "../engine/session.ts";
import { costSum, filterCost, type RowCost, sortCost } from "../filters/filter-cost.ts";
import { countOf } from "./list-statements.ts";
import { type Listing, turnOfListing } from "./listing.ts";

/** What one statement may cost that is not divided into pieces: about 30 milliseconds. */
export const PIECE_UNITS = 600_000;

/**
 * The share of the units that is charged for a database in a process of its own, which does not hold up this one, and
 * which ends statements that take too long.
 */
const ELSEWHERE = 0.1;

/** Whether an index yields the page in its order, without any search. */
export function isCheap({ filter, sort }: ListQuery): boolean {
  return filter === undefined && sort === undefined;
}

/** What each row of a listing costs. */
export function listingCost({ filter, sort }: ListQuery): RowCost {
  const costs = [filter && filterCost(filter), sort && sortCost(sort.path)];
  return costSum(costs.filter((cost) => cost !== undefined));
}

/** What a listing does, for the error of a request that needs too much work. */
export function doing({ query: { sort }, use }: Listing): string {
  if (use !== undefined && "unindexed" in use) return `searching ${use.unindexed} without an index`;
  return sort === undefined ? "a search that finds too many" : `sorting by ${printResolvedPath(sort.path)}`;
}

/**
 * Whether an index finds so few candidates that one statement can compare all of them. They are charged. A range, such
 * as of `sw`, can contain all resources, so the candidates are counted up to the limit.
 *
 * @throws {TooManyError} for a filter without an index, if such filters are refused
 */
export async function chargedIndexUse(listing: Listing): Promise<boolean> {
  const { access, statements, query, use } = listing;
  const { sort, work } = query;
  if (use !== undefined && "unindexed" in use && statements.unindexedFilters === "refuse") {
    throw new TooManyError(`${use.unindexed} has no index for this filter`);
  }
  if (use === undefined || !("condition" in use)) return false;
  if (use.isSingle || (use.isExact && sort === undefined)) return true;
  const { row } = listingCost(query);
  const most = Math.ceil(PIECE_UNITS / row);
  const counted = raw<{ readonly found: number | string }>`select count(*) as found from (
    select 1 from (${use.ids}) as candidates limit ${rowCount(most + 1)}) as bounded`;
  const found = await access.read(turnOfListing(listing), (sql) => rowOf(sql, counted), { isLong: true });
  const candidates = Number(found?.found ?? 0);
  if (candidates > most) return false;
  if (work !== undefined) work.spend(candidates * row, doing(listing));
  return true;
}

/** The work of counting one match along an index. */
const MATCH = 2;

/** Charges the matches of a filter that an index decides. Their number is known only when they have been counted. */
export function chargeMatches(listing: Listing, { resources, total = resources.length }: Page): void {
  listing.query.work?.spend(total * MATCH, doing(listing));
}

/** The most terms that are compared with one resource without a limit of time, which costs two more statements. */
const FEW_TERMS = 10;

/** Whether a listing may take long, so that the database must end it in time. */
export function isLong({ query: { filter }, use }: Listing): boolean {
  const isSingle = use !== undefined && "condition" in use && use.isSingle === true;
  return !isSingle || (filter !== undefined && leavesOf(filter).length > FEW_TERMS);
}

/** Charges the rows of the whole partition beforehand. */
export async function chargedScan(listing: Listing): Promise<void> {
  const { access, partition, query } = listing;
  if (query.work === undefined) return;
  const rows = await access.read(turnOfListing(listing), (sql) => countOf(sql, partition));
  query.work.spend(rows * listingCost(query).row * ELSEWHERE, doing(listing));
}
