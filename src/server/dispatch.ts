import { MethodNotAllowedError } from "../errors/request-errors.ts";
import type { Work } from "../work/work.ts";
import { readBody } from "./bodies/read-body.ts";
import { createResource } from "./endpoints/create.ts";
import { listTypes } from "./endpoints/list.ts";
import { requireMatch } from "./endpoints/match.ts";
import { handleMe, refuseToCreateMe } from "./endpoints/me.ts";
import { handleResource, type ResourceName } from "./endpoints/resource.ts";
import { searchTypes } from "./endpoints/search.ts";
import { listRequestOfQuery, shownByQuery } from "./lists/list-request.ts";
import type { RequestContext, ServerContext } from "./requests/context.ts";
import { type Authenticate, type Principal, requirePrincipal, requireRights } from "./requests/principal.ts";
import type { RequestTarget } from "./requests/request-target.ts";
import { type Route, refuseUnsupported, routeTemplate } from "./requests/route.ts";
import type { UnsentResponse } from "./requests/unsent-bytes.ts";
import type { EndpointResponse } from "./responses/respond.ts";

/** A request that is not authenticated yet. */
export interface Incoming {
  readonly context: ServerContext;
  readonly request: Request;
  readonly requestId: string;
  readonly url: RequestTarget;
  readonly route: Route;
  /** What the request may still cost. */
  readonly work: Work;
  /** The bytes of its response. */
  readonly unsent: UnsentResponse;
}

/** Authenticates a request and handles it. @throws {ScimError} for a request that is refused */
export async function dispatch(incoming: Incoming, authenticate: Authenticate): Promise<EndpointResponse> {
  const { request, route } = incoming;
  const methods = methodsOf(route);
  if (request.method === "OPTIONS") return { status: 204, headers: { Allow: methods.join(", ") } };
  const isOpen = route.kind === "discovery" && isPublic(route, request);
  if (isOpen) return discover(incoming, route, methods);
  const principal = requirePrincipal(await authenticate(request));
  if (route.kind === "bulk" && !incoming.context.bulk) return refuseUnsupported("/Bulk");
  if (route.kind === "me" && incoming.context.me === undefined) return refuseUnsupported("/Me");
  if (route.kind === "discovery") return discover(incoming, route, methods);
  if (route.kind === "me" && request.method === "POST") return refuseToCreateMe(methods);
  requireMethod(methods, request.method);
  const turn = { key: principal.tenant, signal: request.signal };
  return incoming.context.requests.run(turn, () => handleAuthenticated(incoming, route, principal));
}

type DiscoveryRoute = Extract<Route, { kind: "discovery" }>;
type OwnRoute = Exclude<Route, DiscoveryRoute>;

async function discover(
  incoming: Incoming,
  route: DiscoveryRoute,
  methods: readonly string[],
): Promise<EndpointResponse> {
  const { context, request, url } = incoming;
  requireMethod(methods, request.method);
  // Loaded with the first request for it: clients read discovery once, if at all.
  const { getDiscovery } = await import("./endpoints/discovery.ts");
  return getDiscovery(context, {
    document: route.document,
    id: route.id,
    filter: url.searchParams.get("filter"),
    ifNoneMatch: request.headers.get("if-none-match"),
  });
}

async function handleAuthenticated(
  incoming: Incoming,
  route: OwnRoute,
  principal: Principal,
): Promise<EndpointResponse> {
  const { context, request, requestId, url } = incoming;
  // Rights are checked for each of its operations.
  if (route.kind === "bulk") {
    // Loaded with the first bulk request: most identity providers send none.
    const { handleBulk } = await import("./bulk/handle-bulk.ts");
    return handleBulk({ context, requestId, principal, work: incoming.work, unsent: incoming.unsent }, request);
  }
  const method = plainMethod(request);
  requireRights(principal, method === "GET" || route.kind === "search" ? "read" : "write");
  const requestContext = requestContextOf(incoming, principal);
  if (route.kind === "me")
    return handleMe(requestContext, request, (resource) => handleOne(incoming, requestContext, resource));
  if (route.kind === "resource") return handleOne(incoming, requestContext, route);
  if (route.kind === "collection" && method === "POST") return createResource(requestContext, route.type);
  const types = route.kind === "root" || route.type === undefined ? context.registry.types : [route.type];
  if (route.kind === "search") return searchTypes(requestContext, types);
  return listTypes(requestContext, types, listRequestOfQuery(url.searchParams));
}

/** A HEAD is a GET whose body is not sent. */
function plainMethod({ method }: Request): string {
  return method === "HEAD" ? "GET" : method;
}

async function handleOne(
  { request, url }: Incoming,
  requestContext: RequestContext,
  resource: ResourceName,
): Promise<EndpointResponse> {
  const method = plainMethod(request);
  const filter = url.searchParams.get("filter");
  if (method === "GET" && filter !== null) await requireMatch(requestContext, resource, filter);
  return handleResource(requestContext, method, resource);
}

function requestContextOf(
  { context, request, requestId, url, route, work, unsent }: Incoming,
  principal: Principal,
): RequestContext {
  let body: Promise<Record<string, unknown>> | undefined;
  const readWatched = async (): Promise<Record<string, unknown>> => {
    const read = await readBody(request, context.limits, work);
    context.seams.watch?.read(requestId, read);
    return read;
  };
  return {
    context,
    requestId,
    principal,
    work,
    unsent,
    route: routeTemplate(route),
    shown: shownByQuery(url.searchParams),
    conditions: {
      ifMatch: request.headers.get("if-match") ?? undefined,
      ifNoneMatch: request.headers.get("if-none-match") ?? undefined,
    },
    body: () => {
      body ??= readWatched();
      return body;
    },
  };
}

/**
 * Clients may have to read how to authenticate before they can authenticate (RFC 7643 section 5). Credentials that are
 * sent anyway are checked, since clients test theirs here.
 */
function isPublic(route: DiscoveryRoute, request: Request): boolean {
  return route.document === "ServiceProviderConfig" && !request.headers.has("authorization");
}

function methodsOf(route: Route): readonly string[] {
  if (route.kind === "collection") return ["GET", "HEAD", "POST", "OPTIONS"];
  if (route.kind === "search" || route.kind === "bulk") return ["POST", "OPTIONS"];
  if (route.kind === "resource" || route.kind === "me") return ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"];
  return ["GET", "HEAD", "OPTIONS"];
}

function requireMethod(methods: readonly string[], method: string): void {
  if (!methods.includes(method))
    throw new MethodNotAllowedError(`This endpoint allows ${methods.join(", ")}`, { allow: methods });
}
