import { transformName } from "../../dialects/query-names.ts";
import { InvalidValueError } from "../../errors/request-errors.ts";
import { isScimError } from "../../errors/scim-error.ts";
import { parseAttributePath } from "../../path/parse-path.ts";
import type { AttributePath } from "../../path/tree.ts";
import type { ResolvedPath, ResourceType } from "../../schema/attributes/definition.ts";
import { isSecret } from "../../schema/attributes/is-secret.ts";
import { printResolvedPath, resolvePath } from "../../schema/attributes/resolve-path.ts";
import { membershipAttribute } from "../../storage/driver/membership-paths.ts";
import type { Sort } from "../../storage/list-query.ts";
import { shortened } from "../../values/shortened.ts";
import type { RequestContext } from "../requests/context.ts";
import { tellDialect } from "../requests/tell-dialect.ts";
import { isManagerName } from "../responses/managers.ts";
import { isLocation } from "./derived-values.ts";
import type { ListRequest } from "./list-request.ts";

/** A sort order, resolved for each of the queried types. */
export interface ListSort {
  readonly by: AttributePath;
  readonly order: Sort["order"];
  /** Undefined for a type that does not have the attribute: its resources have no sort key. */
  of(type: ResourceType): Sort | undefined;
}

/**
 * Reads `sortBy` and `sortOrder` (RFC 7644 section 3.4.2.3): the attribute in any notation and case, a complex one by
 * its `value`. Another order than the one asked for would be worse than an error.
 *
 * @throws {InvalidValueError} for an unknown order, an attribute that no type has, and one that resources cannot be
 * sorted by: secrets, what is complex without a `value`, members and groups, `meta.location`, the name of
 * a manager
 */
export function readListSort(
  requestContext: RequestContext,
  request: ListRequest,
  types: readonly ResourceType[],
): ListSort | undefined {
  const order = orderOf(request.sortOrder);
  if (request.sortBy === undefined || request.sortBy.trim() === "") return undefined;
  const text = request.sortBy.trim();
  const used = new Set<string>();
  const sorts = new Map<ResourceType, Sort>();
  const names = types.map((type) => {
    const by = readName(transformName(requestContext.context.dialect, type, text, (name) => used.add(name)));
    const path = resolvePath(type, by);
    if (path !== undefined) sorts.set(type, { path: sortable(path), order });
    return by;
  });
  tellDialect(requestContext, [...used]);
  const [by = readName(text)] = names;
  if (sorts.size === 0)
    throw new InvalidValueError(`sortBy: no such attribute: ${shortened(request.sortBy.trim(), 64)}`);
  return { by, order, of: (type) => sorts.get(type) };
}

function orderOf(text: string | undefined): Sort["order"] {
  const order = text?.trim().toLowerCase() ?? "";
  if (order === "") return "ascending";
  if (order === "ascending" || order === "descending") return order;
  throw new InvalidValueError("sortOrder must be ascending or descending");
}

function readName(text: string): AttributePath {
  try {
    return parseAttributePath(text);
  } catch (error) {
    // Table 9 of RFC 7644 keeps invalidPath for PATCH.
    if (isScimError(error)) throw new InvalidValueError("sortBy must be the name of an attribute", { cause: error });
    throw error;
  }
}

function sortable(path: ResolvedPath): ResolvedPath {
  const name = printResolvedPath(path);
  const { attribute, sub } = path;
  if (attribute === undefined) throw new InvalidValueError(`sortBy: ${name} is a schema, not an attribute`);
  if (isSecret(attribute) || (sub !== undefined && isSecret(sub))) {
    // The order would reveal the value, one guess after another.
    throw new InvalidValueError(`sortBy: resources cannot be sorted by ${name}`);
  }
  if (membershipAttribute(path) !== undefined || isLocation(path) || isManagerName(path)) {
    throw new InvalidValueError(`sortBy: resources cannot be sorted by ${name}`);
  }
  if (sub !== undefined || attribute.type !== "complex") return path;
  const value = attribute.subAttributes?.find((candidate) => candidate.name === "value" && !isSecret(candidate));
  if (value === undefined) throw new InvalidValueError(`sortBy: ${name} is complex: name the sub-attribute to sort by`);
  return { ...path, sub: value };
}
