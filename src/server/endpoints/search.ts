import type { ResourceType } from "../../schema/attributes/definition.ts";
import { readSearchRequest } from "../lists/search-request.ts";
import type { RequestContext } from "../requests/context.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { listTypes } from "./list.ts";

/** POST of a search over the resources of these types (RFC 7644 section 3.4.3): a query whose parameters are in the body. */
export async function searchTypes(
  requestContext: RequestContext,
  types: readonly ResourceType[],
): Promise<EndpointResponse> {
  const { list, shown } = readSearchRequest(await requestContext.body());
  return listTypes({ ...requestContext, shown }, types, list);
}
