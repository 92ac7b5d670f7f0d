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
}

/** Printable ASCII without spaces: more than RFC 6750 section 2.1 allows, since real tokens contain other characters. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * Makes credentials from a bearer token (RFC 6750): the token, or a function that returns it. The function is called
 * before each request and again after a 401.
 *
 * @throws {TypeError} when the token is empty or not valid in a header; the message does not contain the token
 */
export function bearerToken(token: string | (() => string | Promise<string>)): ClientAuth {
  if (typeof token === "string") {
    const headers = Object.freeze({ Authorization: `Bearer ${checked(token)}` });
    return { authorize: async () => headers };
  }
  if (typeof token !== "function") throw new TypeError("bearerToken: pass a token, or a function that returns one");
  return {
    authorize: async () => ({ Authorization: `Bearer ${checked(await token())}` }),
    refresh: async () => {},
  };
}

function checked(token: string): string {
  if (token === "") throw new TypeError("bearerToken: the token is empty");
  if (typeof token !== "string" || !TOKEN.test(token)) {
    throw new TypeError("bearerToken: the token contains characters that are not allowed in a header");
  }
  return token;
}
