import * as z from "zod/mini";
import { parseAttributePath } from "../../../path/parse-path.ts";
import type { UnindexedFilters } from "./session.ts";

/** The default of `tablePrefix`. */
export const TABLE_PREFIX = "scimkit_";

/** The option `tablePrefix` and, of PostgreSQL, `schema`: a plain identifier, so that nothing ever needs escaping. */
export const identifierOption: z.ZodMiniType<string> = z.string().check(
  z.regex(/^[a-z_][a-z0-9_]{0,39}$/, {
    error: "must be of a-z, 0-9 and _, not begin with a digit, and have at most 40 characters",
  }),
);

/** The option `indexed`. */
export const indexedOption: z.ZodMiniType<readonly string[]> = z._default(
  z.array(z.string().check(z.refine(isPath, { error: "must be the path of an attribute" }))),
  [],
);

/** The option `unindexedFilters`. */
export const unindexedFiltersOption: z.ZodMiniType<UnindexedFilters> = z._default(z.enum(["scan", "refuse"]), "scan");

function isPath(text: string): boolean {
  try {
    parseAttributePath(text);
    return true;
  } catch {
    return false;
  }
}
