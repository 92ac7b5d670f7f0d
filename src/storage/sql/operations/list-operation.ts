import type { CompiledQuery } from "kysely";
import { omitAttributes } from "../../driver/omit-attributes.ts";
import type { Page } from "../../list-query.ts";
import type { SqlSession } from "../engine/session.ts";
import { indexUse } from "../filters/index-conditions.ts";
import { chargedIndexUse, chargedScan, chargeMatches, isCheap, isLong } from "./list-charges.ts";
import { scannedPage } from "./list-scan.ts";
import { type Asked, cursorOf, type FoundRow, lookupOf, pageStatement, total, totalSeen } from "./list-statements.ts";
import { type Listing, turnOfListing } from "./listing.ts";
import { rowResource } from "./resource-rows.ts";

/**
 * `ResourceStorage.list`. An ordinary listing is one query for the page, and one for the total if the page does not show
 * it. One that an index does not bound is charged to the work of the request; a database in this process reads it piece
 * by piece.
 */
export async function listResourcesOf(asked: Listing): Promise<Page> {
  const { access, statements, partition, query } = asked;
  const turn = turnOfListing(asked);
  const lookup = lookupOf(statements, partition, query);
  if (isCheap(query)) return access.read(turn, (sql) => wholePage(sql, { partition, query }));
  if (lookup !== undefined) {
    const page = await access.read(turn, (sql) => wholePage(sql, { partition, query, lookup }));
    chargeMatches(asked, page);
    return page;
  }
  const listing = { ...asked, use: query.filter && indexUse(statements, query.filter, partition) };
  const isBounded = await chargedIndexUse(listing);
  if (!isBounded) {
    if (statements.engine.scansInPieces) {
      const scanned = await scannedPage(listing);
      if (scanned !== undefined) return scanned;
    } else await chargedScan(listing);
  }
  const page = await access.read(turn, (sql) => wholePage(sql, listing), { isLong: isLong(listing) });
  if (isBounded) chargeMatches(listing, page);
  return page;
}

interface WholeListing extends Asked {
  /** The statement of the page, if it is known. */
  readonly lookup?: CompiledQuery<FoundRow> | undefined;
}

async function wholePage(sql: SqlSession, listing: WholeListing): Promise<Page> {
  const { query, lookup } = listing;
  const take = Math.max(0, query.take);
  const found = take === 0 ? [] : await sql.run(lookup ?? pageStatement(sql, listing));
  const rows = found.slice(0, take);
  const last = rows.at(-1);
  const hasMore = found.length > take;
  return {
    resources: rows.map((row) => omitAttributes(rowResource(row), query.omit)),
    ...(hasMore && last !== undefined ? { next: cursorOf(query, last) } : {}),
    ...(query.count ? { total: totalSeen(query, rows.length, hasMore) ?? (await total(sql, listing)) } : {}),
  };
}
