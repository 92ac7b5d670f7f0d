import { omitAttributes } from "../../driver/omit-attributes.ts";
import type { ListQuery, Page, Partition } from "../../storage.ts";
import type { SqlSession } from "../engine/session.ts";
import { chargedIndexUse, chargedScan, isCheap } from "./list-charges.ts";
import { scannedPage } from "./list-scan.ts";
import { cursorOf, lookupOf, pageStatement, total, totalSeen } from "./list-statements.ts";
import { type Listing, turnOfListing } from "./listing.ts";
import { rowResource } from "./resource-rows.ts";

/**
 * `ResourceStorage.list`. An ordinary listing is one query for the page, and one for the total if the page does not show
 * it. One that an index does not bound is charged to the work of the request; a database in this process reads it piece
 * by piece.
 */
export async function listResourcesOf(listing: Listing): Promise<Page> {
  const { access, statements, partition, query } = listing;
  const turn = turnOfListing(listing);
  const page = (sql: SqlSession) => wholePage(sql, partition, query);
  if (isCheap(query) || lookupOf(statements, partition, query) !== undefined) return access.read(turn, page);
  const isBounded = await chargedIndexUse(listing);
  if (!isBounded) {
    if (statements.engine.scansInPieces) {
      const scanned = await scannedPage(listing);
      if (scanned !== undefined) return scanned;
    } else await chargedScan(listing);
  }
  return access.read(turn, page, { isLong: true });
}

async function wholePage(sql: SqlSession, partition: Partition, query: ListQuery): Promise<Page> {
  const take = Math.max(0, query.take);
  const found = take === 0 ? [] : await sql.run(pageStatement(sql, partition, query));
  const rows = found.slice(0, take);
  const last = rows.at(-1);
  const hasMore = found.length > take;
  return {
    resources: rows.map((row) => omitAttributes(rowResource(row), query.omit)),
    ...(hasMore && last !== undefined ? { next: cursorOf(query, last) } : {}),
    ...(query.count ? { total: totalSeen(query, rows.length, hasMore) ?? (await total(sql, partition, query)) } : {}),
  };
}
