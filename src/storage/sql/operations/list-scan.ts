import { type CompiledQuery, sql as raw } from "kysely";
import { createWork, type Work } from "../../../work/work.ts";
import { readListCursor } from "../../driver/list-cursor.ts";
import { omitAttributes } from "../../driver/omit-attributes.ts";
import { readSortCursor } from "../../driver/sort-cursor.ts";
import type { ListQuery, Page, Sort } from "../../list-query.ts";
import { rowsOf, type SqlSession } from "../engine/session.ts";
import { stoppedError } from "../engine/stopped-error.ts";
import type { RowCost } from "../filters/filter-cost.ts";
import { filterToSql } from "../filters/filter-to-sql.ts";
import { sortColumn } from "../filters/sort-columns.ts";
import { bestMatches, compareMatches } from "./best-matches.ts";
import { doing, listingCost, PIECE_UNITS } from "./list-charges.ts";
import { countOf, cursorOf, selectFound } from "./list-statements.ts";
import { type Listing, turnOfListing } from "./listing.ts";
import { RESOURCE_COLUMNS, rowResource } from "./resource-rows.ts";
import { nextRows, type Piece, type Place } from "./weigh-rows.ts";

/** How long a piece should take, and the most rows that are weighed at once. */
const PIECE_MS = 15;
const MOST_ROWS = 5000;
/** The rows of the first piece of a filter on groups, since nothing tells beforehand how many groups there are. */
const FIRST_ROWS = 1;
/** A piece that takes longer than this is also charged by its time, in milliseconds and in units for each of them. */
const LATE_MS = 8 * PIECE_MS;
const UNITS_PER_MS = 20_000;

/** A match, before its row is read. */
interface Match {
  readonly id: string;
  readonly created: string;
  readonly key: string | null;
}

/**
 * A page that is found by reading the partition in pieces, in the order of the dates or ids. Between two pieces the rest
 * of the process runs, and other requests use the database; a resource that exists during all pieces is found.
 * Undefined if the whole partition is one piece, so that one ordinary statement can do it.
 *
 * @throws {TooManyError} when the rest of the work, or `statementTimeoutMs`, is used up
 */
export async function scannedPage(listing: Listing): Promise<Page | undefined> {
  const { query } = listing;
  const scan = scanOf(listing);
  const start = placeOf(query);
  const first = await nextPiece(scan, start);
  if (start === undefined && first.isLast && first.units <= scan.units) {
    scan.work.spend(first.units, scan.doing);
    return undefined;
  }
  if (query.count === true || query.sort !== undefined) await refuseEarly(scan);
  scan.first = first;
  const found = await (query.sort === undefined ? inOrder(scan, start) : sorted(scan, query.sort));
  const page = found.matches.slice(0, Math.max(0, query.take));
  const last = page.at(-1);
  const hasMore = found.matches.length > page.length && last !== undefined;
  const total = query.count ? (found.total ?? (await counted(scan))) : undefined;
  return {
    resources: await resourcesOf(listing, page),
    ...(hasMore ? { next: cursorOf(query, { ...last, sort_key: last.key }) } : {}),
    ...(total === undefined ? {} : { total }),
  };
}

/** Refuses a listing that reads the whole partition before it begins, if it will need too much. */
async function refuseEarly({ listing, cost, work, doing }: Scan): Promise<void> {
  if (work.left === Number.POSITIVE_INFINITY) return;
  const units =
    cost.row * (await listing.access.read(turnOfListing(listing), (sql) => countOf(sql, listing.partition)));
  if (units > work.left) work.spend(units, doing);
}

interface Scan {
  readonly listing: Listing;
  readonly cost: RowCost;
  readonly work: Work;
  readonly doing: string;
  /** The statement of a piece; its last values are the bounds. */
  readonly statement: CompiledQuery<Match>;
  /** The first piece, which is known already. */
  first: Piece | undefined;
  /** The units of the next piece, and the time that was used, in milliseconds. */
  units: number;
  usedMs: number;
  /** The most rows of the next piece. */
  rows: number;
}

const BEGIN: Place = { created: "", id: "" };

function placeOf({ after, order, sort }: ListQuery): Place | undefined {
  if (after === undefined || sort !== undefined) return undefined;
  return order === "id" ? { created: "", id: after } : readListCursor(after);
}

/** What the partition is read by. */
function placeValues({ order }: ListQuery, { created, id }: Place): readonly string[] {
  return order === "id" ? [id] : [created, id];
}

function scanOf(listing: Listing): Scan {
  const { statements, partition, query } = listing;
  const { filter, sort, order } = query;
  const condition = filter && filterToSql(statements, filter, partition);
  const key = sort === undefined ? raw<null>`null` : sortColumn(statements.engine, sort.path);
  const select = selectFound(statements, { partition, condition, isLookedUp: false, isSingle: false }).select([
    "r.id",
    "r.created",
    key.as("key"),
  ]);
  const bound = raw.join(placeValues(query, BEGIN));
  const isById = order === "id";
  const columns = isById ? raw`r.id` : raw`(r.created, r.id)`;
  const inPiece = isById
    ? raw<boolean>`${columns} > ${bound} and ${columns} <= ${bound}`
    : raw<boolean>`${columns} > (${bound}) and ${columns} <= (${bound})`;
  const within = select.where(inPiece);
  const cost = listingCost(query);
  return {
    listing,
    cost,
    work: query.work ?? createWork(),
    doing: doing(listing),
    statement: (isById ? within.orderBy("r.id") : within.orderBy("r.created").orderBy("r.id")).compile(),
    first: undefined,
    units: PIECE_UNITS / 2,
    usedMs: 0,
    rows: cost.group > 0 ? FIRST_ROWS : MOST_ROWS,
  };
}

/** The next rows that may be read at once. */
async function nextPiece(scan: Scan, after: Place = BEGIN): Promise<Piece> {
  const { partition, query } = scan.listing;
  const { cost, units } = scan;
  const limit = Math.max(1, Math.min(scan.rows, Math.ceil(units / cost.row)));
  return reading(scan, (sql) => nextRows(sql, { partition, order: query.order, after, cost, limit, units }));
}

/** The matches from a place on, piece by piece, as long as `wants` returns true. */
async function walk(scan: Scan, after: Place | undefined, wants: (matches: readonly Match[]) => boolean) {
  const { query } = scan.listing;
  for (let place = after; ; ) {
    const piece = scan.first ?? (await nextPiece(scan, place));
    scan.first = undefined;
    if (piece.to === undefined) return;
    scan.work.spend(piece.units, scan.doing);
    const bounds = [...placeValues(query, place ?? BEGIN), ...placeValues(query, piece.to)];
    const parameters = [...scan.statement.parameters.slice(0, -bounds.length), ...bounds];
    const matches = await reading(scan, (sql) => sql.run<Match>({ ...scan.statement, parameters }));
    if (!wants(matches) || piece.isLast) return;
    place = piece.to;
    await scan.work.pause();
  }
}

/** Runs one statement, and adapts the size of the pieces to the time it takes. */
async function reading<T>(scan: Scan, query: (sql: SqlSession) => Promise<T>): Promise<T> {
  const { access, statements } = scan.listing;
  return access.read(turnOfListing(scan.listing), async (sql) => {
    const usedMs = sql.usedMs ?? (() => performance.now());
    const begin = usedMs();
    const result = await query(sql);
    const ms = usedMs() - begin;
    scan.usedMs += ms;
    if (scan.usedMs > statements.statementTimeoutMs) throw stoppedError(statements);
    if (ms > LATE_MS) scan.work.spend(Math.round((ms - LATE_MS) * UNITS_PER_MS), scan.doing);
    if (ms > PIECE_MS) {
      scan.units = Math.max(1, scan.units / 2);
      scan.rows = Math.max(1, Math.floor(scan.rows / 2));
    } else if (ms < PIECE_MS / 3) {
      scan.units = Math.min(PIECE_UNITS, scan.units * 2);
      scan.rows = Math.min(MOST_ROWS, scan.rows * 2);
    }
    return result;
  });
}

/** The matches of the page, and one more if there is one, with the total if it was counted. */
interface FoundMatches {
  readonly matches: readonly Match[];
  readonly total: number | undefined;
}

async function inOrder(scan: Scan, after: Place | undefined): Promise<FoundMatches> {
  const { skip = 0, take, count } = scan.listing.query;
  const counts = count === true && after === undefined;
  const end = Math.max(0, skip) + Math.max(0, take) + 1;
  const matches: Match[] = [];
  let total = 0;
  await walk(scan, after, (found) => {
    if (total < end) matches.push(...found.slice(Math.max(0, skip - total), end - total));
    total += found.length;
    return counts || total < end;
  });
  return { matches, total: counts ? total : undefined };
}

async function sorted(scan: Scan, sort: Sort): Promise<FoundMatches> {
  const { skip = 0, take, after } = scan.listing.query;
  const best = bestMatches<Match>(sort.order, Math.max(0, skip) + Math.max(0, take) + 1);
  const place = after === undefined ? undefined : readSortCursor(after);
  let total = 0;
  await walk(scan, undefined, (found) => {
    total += found.length;
    for (const match of found) {
      if (place === undefined || compareMatches(sort.order, place, match) < 0) best.add(match);
    }
    return true;
  });
  return { matches: best.first().slice(Math.max(0, skip)), total };
}

async function counted(scan: Scan): Promise<number> {
  let total = 0;
  await walk(scan, undefined, (found) => {
    total += found.length;
    return true;
  });
  return total;
}

/** The rows of a page, without those that were deleted meanwhile. */
async function resourcesOf(listing: Listing, page: readonly Match[]) {
  const { access, statements, partition, query } = listing;
  const ids = page.map(({ id }) => id);
  if (ids.length === 0) return [];
  const select = selectFound(statements, { partition, condition: undefined, isLookedUp: true, isSingle: false })
    .select(RESOURCE_COLUMNS.map((column) => `r.${column}` as const))
    .where(statements.engine.among(raw.ref<string>("r.id"), ids));
  const rows = await access.read(turnOfListing(listing), (sql) => rowsOf(sql, select));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row === undefined ? [] : [omitAttributes(rowResource(row), query.omit)];
  });
}
