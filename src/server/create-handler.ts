import { ForbiddenError, MethodNotAllowedError } from "../errors/request-errors.ts";
import { asScimError, internalError, type ScimError } from "../errors/scim-error.ts";
import type { Exchange, ServerContext } from "./context.ts";
import { createResource } from "./endpoints/create.ts";
import { deleteResource } from "./endpoints/delete.ts";
import { getDiscovery } from "./endpoints/discovery.ts";
import { patchResource } from "./endpoints/patch.ts";
import { getResource, listCollection } from "./endpoints/read.ts";
import { replaceResource } from "./endpoints/replace.ts";
import type { ScimHandler } from "./handler.ts";
import { resolveHandlerOptions, type ScimHandlerOptions } from "./handler-options.ts";
import type { Authenticate, Principal } from "./principal.ts";
import { type Answer, errorAnswer, toResponse } from "./respond.ts";
import { findRoute, type Route, refuseUnsupported, routeTemplate } from "./route.ts";

/**
 * Makes a SCIM 2.0 service provider (RFC 7644) of a storage: a function from `Request` to `Response` that never rejects.
 *
 * @example
 * ```ts
 * const handler = createScimHandler({ storage: memoryStorage(), authenticate, baseUrl: "https://app.example/scim/v2" });
 * const response = await handler(new Request("https://app.example/scim/v2/Users"));
 * ```
 * @throws {TypeError} naming the option that is missing or wrong
 */
export function createScimHandler(options: ScimHandlerOptions): ScimHandler {
  const { authenticate, ...context } = resolveHandlerOptions(options);
  return async (request) => {
    try {
      return await respond(context, authenticate, request);
    } catch (error) {
      // What could not be answered at all: a clock that fails, an attribute that is no JSON, a header that is none.
      const { method } = request;
      context.tell(() => ({ type: "server.error", requestId: "unknown", method, route: "unknown", error }));
      return toResponse(errorAnswer(internalError(error)), "unknown", method !== "HEAD");
    }
  };
}

async function respond(context: ServerContext, authenticate: Authenticate, request: Request): Promise<Response> {
  const started = context.now();
  const requestId = context.newId();
  const { method } = request;
  let route = "unknown";
  let answer: Answer;
  let refusal: ScimError | undefined;
  try {
    const url = new URL(request.url);
    const found = findRoute(url.pathname, context.mountPath, context.registry);
    route = routeTemplate(found);
    answer = await dispatch({ context, request, requestId, url, route }, found, authenticate);
  } catch (error) {
    const fault = answerable(error);
    if (fault.status >= 500 && fault.status !== 501)
      context.tell(() => ({ type: "server.error", requestId, method, route, error }));
    answer = errorAnswer(fault);
    refusal = fault;
  }
  const ms = context.now() - started;
  context.tell(() => {
    const response = { type: "server.response" as const, requestId, method, route, status: answer.status, ms };
    if (refusal === undefined) return response;
    const { detail, scimType } = refusal;
    return { ...response, detail, ...(scimType === undefined ? {} : { scimType }) };
  });
  return toResponse(answer, requestId, method !== "HEAD");
}

/** The error as it is answered: one whose status is that of no error says nothing that a client could use. */
function answerable(error: unknown): ScimError {
  const fault = asScimError(error);
  return Number.isInteger(fault.status) && fault.status >= 400 && fault.status <= 599 ? fault : internalError(error);
}

type Stranger = Omit<Exchange, "principal">;

async function dispatch(stranger: Stranger, route: Route, authenticate: Authenticate): Promise<Answer> {
  const { request, context } = stranger;
  const methods = methodsOf(route);
  if (request.method === "OPTIONS") return { status: 204, headers: { Allow: methods.join(", ") } };
  if (!isPublic(route, request)) return dispatchKnown(stranger, route, methods, await authenticate(request));
  requireMethod(methods, request.method);
  return answerDiscovery(context, route, stranger.url);
}

async function dispatchKnown(
  stranger: Stranger,
  route: Route,
  methods: readonly string[],
  principal: Principal,
): Promise<Answer> {
  const exchange: Exchange = { ...stranger, principal };
  const method = stranger.request.method === "HEAD" ? "GET" : stranger.request.method;
  if (route.kind === "unsupported") return refuseUnsupported(route.feature);
  requireMethod(methods, method);
  if (method !== "GET" && principal.rights !== "write") throw new ForbiddenError("These credentials may only read");
  if (route.kind === "discovery") return answerDiscovery(exchange.context, route, exchange.url);
  if (route.kind === "collection") {
    return method === "POST" ? createResource(exchange, route.type) : listCollection(exchange, route.type);
  }
  if (method === "GET") return getResource(exchange, route.type, route.id);
  if (method === "PUT") return replaceResource(exchange, route.type, route.id);
  if (method === "PATCH") return patchResource(exchange, route.type, route.id);
  return deleteResource(exchange, route.type, route.id);
}

function answerDiscovery(context: ServerContext, route: Route, url: URL): Answer {
  return route.kind === "discovery"
    ? getDiscovery(context, route.document, route.id, url)
    : refuseUnsupported(routeTemplate(route));
}

/**
 * A client may have to read how to authenticate before it can (RFC 7643 section 5). Credentials that are sent all the
 * same are checked, since clients test theirs here.
 */
function isPublic(route: Route, request: Request): boolean {
  if (route.kind !== "discovery" || route.document !== "ServiceProviderConfig") return false;
  return !request.headers.has("authorization");
}

function methodsOf(route: Route): readonly string[] {
  if (route.kind === "collection") return ["GET", "HEAD", "POST", "OPTIONS"];
  if (route.kind === "resource") return ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"];
  return ["GET", "HEAD", "OPTIONS"];
}

function requireMethod(methods: readonly string[], method: string): void {
  if (!methods.includes(method)) throw new MethodNotAllowedError(methods);
}
