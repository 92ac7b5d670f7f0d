import { TokenRequestError } from "../../../errors/token-request-error.ts";
import { orAborted } from "../../../timing/wait-for.ts";
import { limitedResponse } from "../../http/limited-response.ts";
import { retryAfterMs } from "../../http/retry.ts";
import type { ResolvedOAuthOptions } from "./oauth-options.ts";

/** The largest response of an authorization server that is read, in bytes. */
const MAX_BYTES = 1_048_576;

/** A response of an authorization server, read to its end. */
export interface OAuthResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined if the body is not JSON. */
  readonly json: unknown;
}

/** Sends one request to an authorization server. @throws {TokenRequestError} when there is no complete response */
export async function sendOAuthRequest(
  request: Request,
  { fetch, timeoutMs }: Pick<ResolvedOAuthOptions, "fetch" | "timeoutMs">,
): Promise<OAuthResponse> {
  const signal = AbortSignal.timeout(timeoutMs);
  // Some functions that replace fetch ignore the signal.
  const timedOut = (): Error => signal.reason as Error;
  const size = { isExceeded: false };
  try {
    // Redirects are not followed: the next place would get the secrets of the request.
    const sent = new Request(request, { signal, redirect: "manual" });
    const response = limitedResponse(await orAborted(fetch(sent), signal, timedOut), MAX_BYTES, size);
    const text = await orAborted(response.text(), signal, timedOut);
    return { status: response.status, headers: response.headers, json: parse(text) };
  } catch (cause) {
    if (size.isExceeded) {
      const message = `The response of the authorization server is larger than ${MAX_BYTES} bytes`;
      throw new TokenRequestError(message, { isTemporary: false });
    }
    const message = signal.aborted
      ? `The authorization server did not respond within ${timeoutMs} ms`
      : "The connection to the authorization server failed";
    throw new TokenRequestError(message, { isTemporary: true, cause });
  }
}

/** The wait that a response asks for, in milliseconds. */
export function waitAskedFor({ headers }: OAuthResponse, now: () => number): number | undefined {
  return retryAfterMs(headers, now);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
