import type { ResolvedFilter } from "../../filter/resolved.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { Projection } from "../../schema/resources/project.ts";
import { listResources } from "../../storage/fallback/list-resources.ts";
import type { Page, Sort } from "../../storage/list-query.ts";
import type { StoredResource } from "../../storage/stored-resource.ts";
import { partitionOf, type RequestContext } from "../requests/context.ts";
import { readProjection } from "../requests/read-projection.ts";
import { omittedAttributes } from "../responses/represent.ts";
import type { ListFilter } from "./list-filter.ts";
import type { ListSort } from "./list-sort.ts";

/** The part of a listing that is about one resource type. */
export interface ListPart {
  readonly type: ResourceType;
  readonly filter: ResolvedFilter | undefined;
  readonly sort: Sort | undefined;
  readonly projection: Projection;
}

/** Which resources of a part to read. */
export interface PartQuery {
  readonly after?: string | undefined;
  readonly skip?: number;
  readonly take: number;
  readonly count?: boolean;
}

/** Reads resources of a part from the storage. */
export type ReadPart = (part: ListPart, query: PartQuery) => Promise<Page>;

/** A resource that a listing found. */
export interface Found {
  readonly part: ListPart;
  readonly resource: StoredResource;
}

/** The parts of a listing over these types, in their order; a type without possible matches has none. */
export function partsOf(
  requestContext: RequestContext,
  types: readonly ResourceType[],
  asked: { readonly filter: ListFilter | undefined; readonly sort: ListSort | undefined },
): readonly ListPart[] {
  const parts: ListPart[] = [];
  for (const type of types) {
    const filter = asked.filter?.of(type) ?? "all";
    if (filter === "none") continue;
    parts.push({
      type,
      filter: filter === "all" ? undefined : filter,
      sort: asked.sort?.of(type),
      projection: readProjection(requestContext, type),
    });
  }
  return parts;
}

/** Reads parts for this request. */
export function partReader(requestContext: RequestContext): ReadPart {
  return ({ type, filter, sort, projection }, query) =>
    listResources(requestContext.context.resources, partitionOf(requestContext, type), {
      ...query,
      filter,
      sort,
      omit: omittedAttributes(requestContext, type, projection),
      work: requestContext.work,
    });
}
