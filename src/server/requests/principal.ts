import { ForbiddenError } from "../../errors/request-errors.ts";

/**
 * The sender of a request, as `authenticate` determined.
 *
 * `tenant` alone decides which resources the request can reach: it is part of every storage call, and no client can set
 * it.
 */
export interface Principal {
  /** Who it is, for hooks and events: a service account, a token's owner. */
  readonly id: string;
  /** Whose resources it works on. */
  readonly tenant: string;
  /** `read` may GET and search; `write` may do everything. */
  readonly rights: "read" | "write";
  /** Which of its credentials it used, such as `token:` and the id of a token; never a secret. */
  readonly credential?: string | undefined;
}

/**
 * Turns a request's credentials into a principal.
 *
 * @throws {UnauthorizedError} for unknown credentials: 401 with `WWW-Authenticate`
 * @throws {ForbiddenError} for a known sender without access: 403
 */
export type Authenticate = (request: Request) => Promise<Principal> | Principal;

/** The resource behind `/Me`. */
export interface MeResource {
  /** The name of a resource type, such as `User`. */
  readonly type: string;
  readonly id: string;
}

/**
 * Finds the resource of the sender of a request to `/Me` (RFC 7644 section 3.11); undefined, a 404, if there is none.
 * It is looked up among the resources of the principal's tenant. An error that is thrown becomes the response: a
 * `ScimError` as it is, anything else as a 500. The function must not read the request's body.
 */
export type Me = (principal: Principal, request: Request) => Promise<MeResource | undefined> | MeResource | undefined;

/**
 * Checks that `authenticate` returned a principal. A missing one, or one without a tenant, must not end up in a tenant
 * together with all others like it.
 *
 * @throws {TypeError} naming what is missing: an error of the application, so that the client gets a 500
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

/** @throws {ForbiddenError} if the principal may only read and the request writes */
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
