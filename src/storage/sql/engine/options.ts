import * as z from "zod/mini";
import { objectOption, wholeNumberOption } from "../../../options/resolve-options.ts";
import type { ResourceType } from "../../../schema/attributes/definition.ts";
import { groupResourceType } from "../../../schema/definitions/group.ts";
import { userResourceType } from "../../../schema/definitions/user.ts";
import type { UnindexedFilters } from "./session.ts";

/** The default of `tablePrefix`. */
export const TABLE_PREFIX = "scimkit_";

/** The option `tablePrefix` and, of PostgreSQL, `schema`: a plain identifier, so that nothing ever needs escaping. */
export const identifierOption: z.ZodMiniType<string> = z.string().check(
  z.regex(/^[a-z_][a-z0-9_]{0,39}$/, {
    error: "must be of a-z, 0-9 and _, not begin with a digit, and have at most 40 characters",
  }),
);

/** The option `indexed`; `checkedPaths` checks the paths. */
export const indexedOption: z.ZodMiniType<readonly string[]> = z._default(z.array(z.string()), []);

/** The option `resourceTypes`. */
export const indexedTypesOption: z.ZodMiniType<readonly ResourceType[]> = z._default(
  z.array(objectOption<ResourceType>("a resource type", ["name", "endpoint", "schema", "extensions"])),
  [userResourceType, groupResourceType],
);

/** The option `maxWaiting`. */
export const maxWaitingOption: z.ZodMiniType<number> = wholeNumberOption(10_000, z.positive());

/** The option `unindexedFilters`. */
export const unindexedFiltersOption: z.ZodMiniType<UnindexedFilters> = z._default(z.enum(["scan", "refuse"]), "scan");

/** The option `statementTimeoutMs`. */
export const statementTimeoutOption: z.ZodMiniType<number> = wholeNumberOption(10_000, z.positive());
