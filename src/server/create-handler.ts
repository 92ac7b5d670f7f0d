import { internalError } from "../errors/scim-error.ts";
import { type DirectResponse, RESPOND_DIRECTLY, type RespondsDirectly } from "../protocol/direct-response.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import type { StandardResourceType } from "../schema/definitions/standard-types.ts";
import { createWork } from "../work/work.ts";
import { dispatch } from "./dispatch.ts";
import type { ScimHandler } from "./handler.ts";
import { resolveHandlerOptions, type ScimHandlerOptions } from "./handler-options.ts";
import type { HandlerSeams, ServerContext } from "./requests/context.ts";
import type { Authenticate } from "./requests/principal.ts";
import { requestTarget } from "./requests/request-target.ts";
import { findRoute, routeTemplate } from "./requests/route.ts";
import { failureResponse } from "./responses/failure-response.ts";
import { directResponse, type EndpointResponse, errorResponse, toResponse } from "./responses/respond.ts";

/**
 * Creates a SCIM 2.0 service provider (RFC 7644) on a storage: a function from `Request` to `Response` that never
 * rejects.
 *
 * @example
 * ```ts
 * const handler = createScimHandler({ storage: memoryStorage(), authenticate, baseUrl: "https://app.example/scim/v2" });
 * const response = await handler(new Request("https://app.example/scim/v2/Users"));
 * ```
 * @throws {TypeError} naming the option that is missing or wrong
 */
export function createScimHandler<T extends ResourceType = StandardResourceType>(
  options: ScimHandlerOptions<T>,
): ScimHandler {
  return createDirectHandler(options, "createScimHandler");
}

/**
 * The same handler, typed as one that can respond without a `Response` object; `owner` names the options in errors,
 * and `seams` are what a source adds.
 *
 * @throws {TypeError} as `createScimHandler` does
 */
export function createDirectHandler(
  options: ScimHandlerOptions,
  owner: string,
  seams: HandlerSeams = {},
): ScimHandler & RespondsDirectly {
  const { authenticate, ...resolved } = resolveHandlerOptions(options, owner);
  const context: ServerContext = Object.freeze({ ...resolved, seams });
  const respondDirectly = async (request: Request): Promise<DirectResponse> => {
    try {
      return await respond(context, authenticate, request);
    } catch (error) {
      // Errors outside of the endpoints: a clock that throws, an attribute that is not JSON, an invalid header.
      const { method } = request;
      context.tell(() => ({ type: "server.error", requestId: "unknown", method, route: "unknown", error }));
      return directResponse(errorResponse(internalError(error)), "unknown", method !== "HEAD");
    }
  };
  const handler = async (request: Request): Promise<Response> => toResponse(await respondDirectly(request));
  return Object.assign(handler, { [RESPOND_DIRECTLY]: respondDirectly });
}

async function respond(context: ServerContext, authenticate: Authenticate, request: Request): Promise<DirectResponse> {
  const started = context.now();
  const requestId = context.newId();
  const { method } = request;
  context.seams.watch?.received(requestId, request);
  const work = createWork({ limit: context.limits.maxWork, signal: request.signal });
  const unsent = context.unsent.begin();
  let route = "unknown";
  let response: EndpointResponse;
  try {
    const url = requestTarget(request.url);
    const found = findRoute(url.pathname, context.mountPath, context.registry);
    route = routeTemplate(found);
    response = await dispatch({ context, request, requestId, url, route: found, work, unsent }, authenticate);
  } catch (error) {
    response = failureResponse({ context, requestId, method, route }, error);
  }
  const ms = context.now() - started;
  context.tell(() => {
    const { status, refusal } = response;
    const event = { type: "server.response" as const, requestId, method, route, status, ms, work: work.spent };
    return refusal === undefined ? event : { ...event, detail: refusal.detail, scimType: refusal.scimType };
  });
  try {
    const direct = directResponse(response, requestId, method !== "HEAD");
    // A short body is not counted, and nothing tells when it was sent.
    if (typeof direct.text !== "object") unsent.release();
    else request.signal.addEventListener("abort", unsent.release, { once: true });
    return { ...direct, sent: unsent.release };
  } catch (error) {
    unsent.release();
    throw error;
  }
}
