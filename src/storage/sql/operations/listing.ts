import type { Turn } from "../../../timing/fair-queue.ts";
import type { SqlAccess, SqlStatements } from "../engine/session.ts";
import { turnOf } from "../engine/turns.ts";
import type { Asked } from "./list-statements.ts";

/** How a listing reaches the database. */
export interface Listing extends Asked {
  readonly access: SqlAccess;
  readonly statements: SqlStatements;
}

/** The turn of a listing. */
export function turnOfListing({ partition, query }: Listing): Turn {
  return turnOf({ tenant: partition.tenant, signal: query.work?.signal });
}
