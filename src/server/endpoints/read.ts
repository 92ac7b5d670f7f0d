import { NotFoundError } from "../../errors/request-errors.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { Projection } from "../../schema/resources/project.ts";
import { partitionOf, type RequestContext } from "../requests/context.ts";
import { readProjection } from "../requests/read-projection.ts";
import { headersOf, omittedAttributes, showResource } from "../responses/represent.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { isKnown } from "../writes/conditions.ts";

/** The attributes that the client asked for (RFC 7644 section 3.9). */
export function projectionOf(requestContext: RequestContext, type: ResourceType): Projection {
  return readProjection(requestContext, type);
}

/** GET of one resource (RFC 7644 section 3.4.1). */
export async function getResource(
  requestContext: RequestContext,
  type: ResourceType,
  id: string,
): Promise<EndpointResponse> {
  const projection = projectionOf(requestContext, type);
  const stored = await requestContext.context.resources.find(partitionOf(requestContext, type), id, {
    omit: omittedAttributes(requestContext, type, projection),
  });
  if (stored === undefined) throw new NotFoundError();
  // A 304 has the headers that the 200 would have had (RFC 9110 section 15.4.5).
  const headers = headersOf(requestContext, type, stored);
  return isKnown(requestContext, stored.version)
    ? { status: 304, headers }
    : showResource(requestContext, type, stored, projection);
}
