import { ForbiddenError } from "../../errors/request-errors.ts";

/**
 * Who a request comes from, as `authenticate` found out.
 *
 * `tenant` is the only thing that decides which resources the request can reach: it goes into every storage call, outside
 * of anything the client can write.
 */
export interface Principal {
  /** Who it is, for hooks and events: a service account, a token's owner. */
  readonly id: string;
  /** Whose resources it works on. */
  readonly tenant: string;
  /** `read` may GET and search; `write` may do everything. */
  readonly rights: "read" | "write";
}

/**
 * Turns a request's credentials into a principal.
 *
 * @throws {UnauthorizedError} for a stranger: 401 with `WWW-Authenticate`
 * @throws {ForbiddenError} for someone known who may not come in: 403
 */
export type Authenticate = (request: Request) => Promise<Principal> | Principal;

/** Names a resource: the one that `/Me` stands for. */
export interface MeResource {
  /** The name of a resource type, such as `User`. */
  readonly type: string;
  readonly id: string;
}

/**
 * Finds the resource that stands for whoever sent a request to `/Me` (RFC 7644 section 3.11); undefined, a 404, where none
 * does. It is looked for among the resources of the principal's tenant. What is thrown is the answer: a `ScimError` as it
 * is, anything else as a 500. The request's body is not for it to read.
 */
export type Me = (principal: Principal, request: Request) => Promise<MeResource | undefined> | MeResource | undefined;

/**
 * What `authenticate` returned, if it is a principal. Nobody at all, or one without a tenant, must never become somebody
 * who shares a tenant with everyone else of that kind.
 *
 * @throws {TypeError} naming what is missing: a mistake of the application, so that the client gets a 500
 */
export function requirePrincipal(principal: unknown): Principal {
  const { id, tenant, rights } = (principal ?? {}) as Partial<Record<keyof Principal, unknown>>;
  const fault =
    (typeof id !== "string" && "an id") ||
    (typeof tenant !== "string" && "a tenant") ||
    (rights !== "read" && rights !== "write" && 'the rights "read" or "write"');
  if (fault === false) return principal as Principal;
  throw new TypeError(`createScimHandler: authenticate: must return a principal with ${fault}, or throw`);
}

/** @throws {ForbiddenError} where a principal may only read and has to write */
export function requireRights(principal: Principal, needed: Principal["rights"]): void {
  if (needed === "write" && principal.rights !== "write") throw new ForbiddenError("These credentials may only read");
}

/** The token of an `Authorization: Bearer …` header, or undefined. The scheme's case does not matter (RFC 9110 section 11.1). */
export function bearerTokenOf(request: Request): string | undefined {
  const header = request.headers.get("authorization") ?? "";
  const space = header.indexOf(" ");
  if (space < 0 || header.slice(0, space).toLowerCase() !== "bearer") return undefined;
  const token = header.slice(space + 1).trim();
  return token === "" ? undefined : token;
}
