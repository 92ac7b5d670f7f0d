import type {
  SimulatedFetch,
  SimulatedIdentityProvider,
  SimulationCheck,
  SimulationOptions,
  UserListing,
} from "scimkit/testing";
import { simulateAuthentik, simulateEntra, simulateOkta } from "scimkit/testing";
import { liveGroups } from "./life.ts";

type Json = Record<string, unknown>;
type Next = (request: Request) => Promise<Response>;

/** A server that is wrong in one way, and the identity provider that notices it. */
export interface Saboteur {
  readonly fault: string;
  readonly respond: (request: Request, next: Next) => Response | Promise<Response>;
  readonly by?: (fetch: SimulatedFetch, options: SimulationOptions) => SimulatedIdentityProvider;
  readonly live?: (provider: SimulatedIdentityProvider) => Promise<unknown>;
  /** Whether the identity provider uses an OAuth client. */
  readonly usesOAuth?: boolean;
}

const isUserRead = ({ method, url }: Request): boolean => method === "GET" && /\/Users\/[^/?]+$/.test(url);
const isList = ({ method, url }: Request): boolean => method === "GET" && /\/(Users|Groups)\?/.test(url);
const isGroup = ({ url }: Request): boolean => url.includes("/Groups");
const isToken = ({ url }: Request): boolean => url.endsWith("/token");
const isPost = (request: Request): boolean => request.method === "POST" && !isToken(request);
const isPatch = ({ method }: Request): boolean => method === "PATCH";
const isDelete = ({ method }: Request): boolean => method === "DELETE";

const like = ({ status, headers }: Response, body: unknown, more: ResponseInit = {}): Response =>
  new Response(JSON.stringify(body), { status, headers, ...more });

/** Changes the JSON of responses to some requests. */
function changing(
  applies: (request: Request) => boolean,
  change: (body: Json, request: Request) => unknown,
): Saboteur["respond"] {
  return async (request, next) => {
    const response = await next(request);
    if (!applies(request) || response.status === 204) return response;
    return like(response, change((await response.json()) as Json, request));
  };
}

/** Responds to some requests with this status and body, without doing anything. */
function refusing(applies: (request: Request) => boolean, status: number, body?: unknown): Saboteur["respond"] {
  const headers = { "Content-Type": "application/scim+json" };
  return (request, next) =>
    applies(request) ? new Response(JSON.stringify(body), { status, headers }) : next(request);
}

/** Does not notice a parameter of the query. */
function deafTo(parameter: string): Saboteur["respond"] {
  return (request, next) => {
    const url = new URL(request.url);
    url.searchParams.delete(parameter);
    return next(new Request(url, request));
  };
}

const ERROR = ["urn:ietf:params:scim:api:messages:2.0:Error"];
const isAbout = (resource: Json): boolean => resource.meta !== undefined && resource.Resources === undefined;

async function removesNobody(request: Request, next: Next): Promise<Response> {
  const isRemoval = isPatch(request) && isGroup(request) && /"remove"/i.test(await request.clone().text());
  return isRemoval ? new Response(null, { status: 204 }) : next(request);
}

/** One server for each check: it passes all checks that are made before. */
export const SABOTEURS: Readonly<Record<SimulationCheck, Saboteur>> = {
  reachable: {
    fault: "throws",
    respond: () => {
      throw new TypeError("the server is down");
    },
  },
  authorized: { fault: "rejects the token", respond: refusing(() => true, 401, { schemas: ERROR, status: "401" }) },
  token: { fault: "has no token endpoint", usesOAuth: true, respond: refusing(isToken, 404, {}) },
  lifetime: {
    fault: "issues tokens for a minute",
    usesOAuth: true,
    respond: changing(isToken, (body) => ({ ...body, expires_in: 60 })),
  },
  json: {
    fault: "returns HTML",
    respond: async (request, next) =>
      new Response((await next(request)).body, { headers: { "Content-Type": "text/html" } }),
  },
  list: { fault: "returns a bare array for a list", respond: changing(isList, ({ Resources }) => ({ Resources })) },
  total: {
    fault: "returns totalResults as a text",
    respond: changing(isList, (body) => ({ ...body, totalResults: String(body.totalResults) })),
  },
  empty: {
    fault: "returns 404 for a look-up without a match",
    respond: async (request, next) => {
      const response = await next(request);
      const { totalResults } = isList(request) ? ((await response.clone().json()) as Json) : {};
      return totalResults === 0 ? like(response, { schemas: ERROR, status: "404" }, { status: 404 }) : response;
    },
  },
  filter: { fault: "ignores filters", respond: deafTo("filter") },
  found: {
    fault: "never finds anything",
    respond: changing(isList, (body) => ({ ...body, totalResults: 0, Resources: [] })),
  },
  conflict: {
    fault: "reports a conflict with a user who is not there",
    by: simulateAuthentik,
    respond: refusing(isPost, 409, { schemas: ERROR, status: "409" }),
  },
  created: {
    fault: "returns 200 for a create",
    respond: async (request, next) => {
      const response = await next(request);
      return isPost(request) ? like(response, await response.json(), { status: 200 }) : response;
    },
  },
  id: { fault: "returns numbers as ids", respond: changing(isPost, (body) => ({ ...body, id: 17 })) },
  echo: {
    fault: "returns what was there before a create",
    respond: changing(isPost, (body) => ({ ...body, displayName: undefined, userName: "somebody" })),
  },
  schemas: {
    fault: "leaves schemas out",
    respond: changing(isPost, (body) => ({ ...body, schemas: undefined })),
  },
  active: {
    fault: "returns booleans as texts",
    respond: changing(
      (request) => !isList(request) && !isGroup(request),
      (body) => (isAbout(body) ? { ...body, active: "True" } : body),
    ),
  },
  password: {
    fault: "returns the password",
    by: simulateOkta,
    respond: changing(isPost, (body) => ({ ...body, password: "secret" })),
  },
  read: { fault: "cannot be read by id", respond: refusing(isUserRead, 404, { schemas: ERROR, status: "404" }) },
  updated: { fault: "accepts updates for later", respond: refusing(isPatch, 202) },
  updatedBody: { fault: "returns another id", respond: changing(isPatch, (body) => ({ ...body, id: "other" })) },
  shown: {
    fault: "ignores updates",
    respond: (request, next) =>
      next(isPatch(request) ? new Request(request.url, { headers: request.headers }) : request),
  },
  kept: {
    fault: "forgets what an update does not name",
    respond: (() => {
      const patched = new Set<string>();
      return async (request: Request, next: Next) => {
        if (isPatch(request)) patched.add(request.url);
        return changing(
          ({ url }) => isUserRead(request) && patched.has(url),
          (body) => ({ ...body, emails: undefined }),
        )(request, next);
      };
    })(),
  },
  deactivated: {
    fault: "hides deactivated users",
    respond: async (request, next) => {
      const response = await next(request);
      const { active } = isUserRead(request) ? ((await response.clone().json()) as Json) : {};
      return active === false ? like(response, { schemas: ERROR, status: "404" }, { status: 404 }) : response;
    },
  },
  deleted: { fault: "cannot delete", respond: refusing(isDelete, 500, { schemas: ERROR, status: "500" }) },
  gone: { fault: "deletes nothing", respond: refusing(isDelete, 204) },
  error: {
    fault: "returns errors without schemas",
    respond: changing(isUserRead, (body) => (body.schemas?.toString() === ERROR[0] ? { message: "no" } : body)),
  },
  excluded: { fault: "ignores excludedAttributes", respond: deafTo("excludedAttributes") },
  members: { fault: "removes no members", respond: removesNobody },
  paging: {
    fault: "ignores startIndex",
    by: simulateOkta,
    respond: deafTo("startIndex"),
    live: async (provider) => {
      await liveGroups(provider);
      await (provider as SimulatedIdentityProvider & UserListing).listUsers(2);
    },
  },
};

/** Lets a server be wrong in its way, until an identity provider notices it. */
export async function noticed(
  saboteur: Saboteur,
  fetch: (request: Request) => Promise<Response>,
  options: SimulationOptions,
): Promise<unknown> {
  const { by = simulateEntra, live = liveGroups, respond } = saboteur;
  try {
    await live(by((request) => respond(request, fetch), options));
    return undefined;
  } catch (error) {
    return error;
  }
}
