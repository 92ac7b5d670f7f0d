import { z } from "zod";
import { parseAttributePath } from "../../../path/parse-path.ts";
import type { UnindexedFilters } from "./session.ts";

/** The default of `tablePrefix`. */
export const TABLE_PREFIX = "scimkit_";

/** The option `tablePrefix` and, of PostgreSQL, `schema`: a plain identifier, so that nothing ever needs escaping. */
export const identifierOption: z.ZodType<string> = z.string().regex(/^[a-z_][a-z0-9_]{0,39}$/, {
  error: "must be of a-z, 0-9 and _, not begin with a digit, and have at most 40 characters",
});

/** The option `indexed`. */
export const indexedOption: z.ZodType<readonly string[]> = z
  .array(z.string().refine(isPath, { error: "must be the path of an attribute" }))
  .default([]);

/** The option `unindexedFilters`. */
export const unindexedFiltersOption: z.ZodType<UnindexedFilters> = z.enum(["scan", "refuse"]).default("scan");

function isPath(text: string): boolean {
  try {
    parseAttributePath(text);
    return true;
  } catch {
    return false;
  }
}
