import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { RequestContext } from "../requests/context.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { deleteResource } from "./delete.ts";
import { patchResource } from "./patch.ts";
import { getResource } from "./read.ts";
import { replaceResource } from "./replace.ts";

/** A resource of a tenant. */
export interface ResourceName {
  readonly type: ResourceType;
  readonly id: string;
}

/** Handles a request for one resource: a request of its own, one to `/Me`, or an operation of a bulk request. */
export function handleResource(
  requestContext: RequestContext,
  method: string,
  { type, id }: ResourceName,
): Promise<EndpointResponse> {
  if (method === "GET") return getResource(requestContext, type, id);
  if (method === "PUT") return replaceResource(requestContext, type, id);
  if (method === "PATCH") return patchResource(requestContext, type, id);
  return deleteResource(requestContext, type, id);
}
