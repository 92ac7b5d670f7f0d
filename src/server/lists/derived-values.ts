import { InvalidFilterError } from "../../errors/request-errors.ts";
import type { ResolvedFilter, ResolvedLeaf } from "../../filter/resolved.ts";
import { mapLeaves } from "../../path/walk-tree.ts";
import type { ResolvedPath, ResourceType } from "../../schema/attributes/definition.ts";
import { printResolvedPath, resolvePath } from "../../schema/attributes/resolve-path.ts";
import { membershipAttribute } from "../../storage/driver/membership-paths.ts";
import { locationOf } from "../responses/location.ts";
import { isManagerName } from "../responses/managers.ts";
import { versionOf } from "../writes/conditions.ts";

type Leaf = Extract<ResolvedLeaf, { type: "comparison" | "present" }>;

/**
 * Rewrites filters on values that a storage does not hold in the form that clients see: a filter on `meta.location`
 * becomes one on the id, and one on `meta.version`, an entity tag, becomes one on the stored version.
 *
 * @throws {InvalidFilterError} for operators that these cannot be compared with, for the `$ref` of members and groups, and
 * for the name of a manager: an empty list would be a wrong result
 */
export function withoutDerived(filter: ResolvedFilter, type: ResourceType, baseUrl: string): ResolvedFilter {
  return mapLeaves(filter, (leaf) => {
    if (leaf.type === "never") return leaf;
    if (leaf.type === "valuePath") {
      const within = withoutDerived(leaf.filter, type, baseUrl);
      // Every resource has exactly one `meta`, so that `meta[…]` means the same as its filter with dotted paths.
      return isMeta(leaf.path) ? within : { ...leaf, filter: within };
    }
    refuseReference(leaf.path);
    if (isLocation(leaf.path)) return byId(leaf, type, baseUrl);
    return isMeta(leaf.path) && leaf.path.sub?.name === "version" ? byVersion(leaf) : leaf;
  });
}

function refuseReference(path: ResolvedPath): void {
  const isReference = path.sub?.name === "$ref" && membershipAttribute(path) !== undefined;
  if (!isReference && !isManagerName(path)) return;
  throw new InvalidFilterError(`${printResolvedPath(path)} cannot be searched by: use value`);
}

/** A filter on `meta.location` as a filter on the id. */
function byId(filter: Leaf, type: ResourceType, baseUrl: string): ResolvedFilter {
  const id = resolvePath(type, { schema: undefined, attribute: "id", sub: undefined, position: 0 });
  if (id === undefined || filter.type === "present") return id === undefined ? filter : { type: "present", path: id };
  if (filter.operator !== "eq" && filter.operator !== "ne") {
    throw new InvalidFilterError("meta.location can be compared with eq and ne only");
  }
  const value = idAt(String(filter.value), type, baseUrl);
  const isThere: ResolvedFilter =
    value === undefined ? { type: "never" } : { type: "comparison", path: id, operator: "eq", value };
  return filter.operator === "eq" ? isThere : { type: "not", term: isThere };
}

function idAt(location: string, type: ResourceType, baseUrl: string): string | undefined {
  const folder = locationOf(baseUrl, type, "");
  if (!location.startsWith(folder)) return undefined;
  try {
    const id = decodeURIComponent(location.slice(folder.length));
    return locationOf(baseUrl, type, id) === location ? id : undefined;
  } catch {
    return undefined;
  }
}

/** A filter on an entity tag as a filter on the stored version. */
function byVersion(filter: Leaf): ResolvedFilter {
  if (filter.type === "present") return filter;
  if (filter.operator !== "eq" && filter.operator !== "ne") {
    throw new InvalidFilterError("meta.version can be compared with eq and ne only");
  }
  const value = versionOf(String(filter.value));
  if (value !== undefined) return { ...filter, value };
  return filter.operator === "eq" ? { type: "never" } : { type: "not", term: { type: "never" } };
}

function isMeta({ extension, attribute }: ResolvedPath): boolean {
  return extension === undefined && attribute?.name === "meta";
}

/** Whether a path is that of `meta.location`, which is not stored. */
export function isLocation(path: ResolvedPath): boolean {
  return isMeta(path) && path.sub?.name === "location";
}
