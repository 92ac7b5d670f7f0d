import type { AuthorizedRequest } from "../http/request-credentials.ts";

/** How a client proves who it is. Called once for each try of each request. */
export interface ClientAuth {
  /** The headers that carry the credentials, such as `{ Authorization: "Bearer …" }`. What it throws stops the request before it is sent. */
  authorize(request: AuthorizedRequest): Promise<Readonly<Record<string, string>>>;
  /**
   * Called after a 401, once a request and once for all requests that wait for it. If `authorize` gives other headers
   * afterwards, the request is sent again; otherwise the 401 stands.
   */
  refresh?(signal?: AbortSignal): Promise<void>;
}

/** What RFC 6750 section 2.1 lets a token be made of, and what real tokens beyond it are: no spaces, no control characters. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * Credentials that are a bearer token (RFC 6750): the token itself, or a function that is asked before each request and
 * once more after a 401.
 *
 * @throws {TypeError} when the token is empty or cannot stand in a header; the message does not hold it
 */
export function bearerToken(token: string | (() => string | Promise<string>)): ClientAuth {
  if (typeof token === "string") {
    const headers = Object.freeze({ Authorization: `Bearer ${checked(token)}` });
    return { authorize: async () => headers };
  }
  if (typeof token !== "function") throw new TypeError("bearerToken: give a token, or a function that returns one");
  return {
    authorize: async () => ({ Authorization: `Bearer ${checked(await token())}` }),
    refresh: async () => {},
  };
}

function checked(token: string): string {
  if (typeof token !== "string" || !TOKEN.test(token)) {
    throw new TypeError("bearerToken: the token is empty or has characters that cannot stand in a header");
  }
  return token;
}
