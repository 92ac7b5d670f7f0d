import type { Turn } from "../../../timing/fair-queue.ts";
import type { ListQuery, Partition } from "../../storage.ts";
import type { SqlAccess, SqlStatements } from "../engine/session.ts";
import { turnOf } from "../engine/turns.ts";

/** How a listing reaches the database. */
export interface Listing {
  readonly access: SqlAccess;
  readonly statements: SqlStatements;
  readonly partition: Partition;
  readonly query: ListQuery;
}

/** The turn of a listing. */
export function turnOfListing({ partition, query }: Listing): Turn {
  return turnOf({ tenant: partition.tenant, signal: query.work?.signal });
}
