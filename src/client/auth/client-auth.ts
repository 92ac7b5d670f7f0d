import type { AuthorizedRequest } from "../http/request-credentials.ts";

/** The credentials of a client. Called for each attempt of each request. */
export interface ClientAuth {
  /** Returns the headers with the credentials, such as `{ Authorization: "Bearer …" }`. If it throws, nothing is sent. */
  authorize(request: AuthorizedRequest): Promise<Readonly<Record<string, string>>>;
  /**
   * Called after a 401, at most once for each request and once for all requests that wait for it. If `authorize` then
   * returns other headers, the request is sent again; otherwise the 401 is thrown.
   */
  refresh?(signal?: AbortSignal): Promise<void>;
  /** When static credentials expire. There is an event 30, 7 and 1 days before. @default never */
  readonly expiresAt?: Date;
}

/** Options of static credentials. */
export interface StaticCredentialsOptions {
  /** When they expire, as the service provider says. There is an event 30, 7 and 1 days before. @default never */
  readonly expiresAt?: Date;
}

/** Printable ASCII without spaces: more than RFC 6750 section 2.1 allows, since real tokens contain other characters. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * Makes credentials from a bearer token (RFC 6750): the token, or a function that returns it. The function is called
 * before each request and again after a 401.
 *
 * @throws {TypeError} when the token is empty or not valid in a header; the message does not contain the token
 */
export function bearerToken(
  token: string | (() => string | Promise<string>),
  { expiresAt }: StaticCredentialsOptions = {},
): ClientAuth {
  checkExpiry("bearerToken", expiresAt);
  if (typeof token === "string") {
    const headers = Object.freeze({ Authorization: `Bearer ${checked(token)}` });
    return { authorize: async () => headers, expiresAt };
  }
  if (typeof token !== "function") throw new TypeError("bearerToken: pass a token, or a function that returns one");
  return {
    authorize: async () => ({ Authorization: `Bearer ${checked(await token())}` }),
    refresh: async () => {},
    expiresAt,
  };
}

/**
 * Makes credentials from a user name and a password (HTTP Basic, RFC 7617). Both are sent in UTF-8.
 *
 * @throws {TypeError} when the user name contains a colon, or one of them a control character
 */
export function basicCredentials(
  { username, password }: { readonly username: string; readonly password: string },
  { expiresAt }: StaticCredentialsOptions = {},
): ClientAuth {
  checkExpiry("basicCredentials", expiresAt);
  if (typeof username !== "string" || typeof password !== "string") {
    throw new TypeError("basicCredentials: pass username and password");
  }
  if (username.includes(":")) throw new TypeError("basicCredentials: username: must not contain a colon");
  if (/\p{Cc}/u.test(username + password)) {
    throw new TypeError("basicCredentials: the user name or the password contains a control character");
  }
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  const headers = Object.freeze({ Authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` });
  return { authorize: async () => headers, expiresAt };
}

/**
 * Makes credentials that are sent in a header of their own, such as `X-Api-Key`.
 *
 * @throws {TypeError} when the name or the value is not valid in a header; the message does not contain the value
 */
export function headerCredentials(
  name: string,
  value: string,
  { expiresAt }: StaticCredentialsOptions = {},
): ClientAuth {
  checkExpiry("headerCredentials", expiresAt);
  if (typeof name !== "string" || !/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
    throw new TypeError("headerCredentials: the name is not the name of a header");
  }
  if (typeof value !== "string" || !/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value)) {
    throw new TypeError(
      "headerCredentials: the value is empty or contains characters that are not allowed in a header",
    );
  }
  const headers = Object.freeze({ [name]: value });
  return { authorize: async () => headers, expiresAt };
}

function checked(token: string): string {
  if (token === "") throw new TypeError("bearerToken: the token is empty");
  if (typeof token !== "string" || !TOKEN.test(token)) {
    throw new TypeError("bearerToken: the token contains characters that are not allowed in a header");
  }
  return token;
}

function checkExpiry(where: string, expiresAt: unknown): void {
  if (expiresAt === undefined || (expiresAt instanceof Date && !Number.isNaN(expiresAt.getTime()))) return;
  throw new TypeError(`${where}: expiresAt: must be a valid Date`);
}
