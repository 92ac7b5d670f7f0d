import { MethodNotAllowedError, NotFoundError } from "../../errors/request-errors.ts";
import type { RequestContext } from "../requests/context.ts";
import { failureResponse } from "../responses/failure-response.ts";
import { locationOf } from "../responses/location.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import type { ResourceName } from "./resource.ts";

/**
 * A request to `/Me` (RFC 7644 section 3.11), handled as a request to the sender's own resource. Every response,
 * including errors, has the resource's own URL in `Location`.
 *
 * @throws {NotFoundError} if the sender has no resource
 */
export async function handleMe(
  requestContext: RequestContext,
  request: Request,
  respondTo: (resource: ResourceName) => Promise<EndpointResponse>,
): Promise<EndpointResponse> {
  const resource = await resourceOf(requestContext, request);
  const response = await respondTo(resource).catch((error: unknown) =>
    failureResponse({ ...requestContext, method: request.method }, error),
  );
  const location = locationOf(requestContext.context.baseUrl, resource.type, resource.id);
  return { ...response, headers: { ...response.headers, Location: location } };
}

/** @throws {MethodNotAllowedError} always: the resource behind `/Me` is created at the endpoint of its type */
export function refuseToCreateMe(allow: readonly string[]): never {
  const detail = "/Me is an existing resource; create resources at the endpoint of their type";
  throw new MethodNotAllowedError(detail, { allow });
}

async function resourceOf({ context, principal }: RequestContext, request: Request): Promise<ResourceName> {
  const me = (await context.me?.(principal, request)) ?? undefined;
  if (me === undefined) throw new NotFoundError("These credentials have no resource");
  const type = typeof me.type === "string" ? context.registry.byName(me.type) : undefined;
  if (type === undefined || typeof me.id !== "string" || me.id === "") {
    throw new TypeError("createScimHandler: me: must return the name of a resource type and an id");
  }
  return { type, id: me.id };
}
