import { isTokenRequestError } from "../../errors/token-request-error.ts";
import { isTransportError, TransportError } from "../../errors/transport-error.ts";
import type { ScimEvent } from "../../observe/events.ts";
import { dueExpiryNotice } from "../../timing/expiry-notice.ts";
import type { AuthorizedRequest, RequestCredentials } from "../http/request-credentials.ts";
import { shownUrl } from "../http/request-url.ts";
import type { ClientAuth } from "./client-auth.ts";

/** What a client does with its credentials besides sending them. */
export interface CredentialsContext {
  readonly now: () => number;
  readonly tell: (event: () => ScimEvent) => void;
}

/** Wraps a `ClientAuth` so that all requests that receive a 401 at the same time wait for one refresh. */
export function createCredentials(auth: ClientAuth, { now, tell }: CredentialsContext): RequestCredentials {
  let refreshing: Promise<void> | undefined;
  let noticed: number | undefined;

  /** Reports that the credentials expire soon. */
  const notice = (): void => {
    const { expiresAt } = auth;
    if (expiresAt === undefined) return;
    // A client is made again with each start of the program, so its age is unknown.
    const days = dueExpiryNotice({ expiresAt: expiresAt.getTime(), since: 0, noticed }, now());
    if (days === undefined) return;
    noticed = days;
    tell(() => ({ type: "client.expiring", expires: expiresAt.toISOString(), days }));
  };

  const headers = async (request: AuthorizedRequest): Promise<Headers> => {
    notice();
    try {
      return toHeaders(await auth.authorize(request));
    } catch (error) {
      throw credentialsFailure(request, error);
    }
  };

  const refreshOnce = (): Promise<void> => {
    // No signal is passed on: the refresh is shared, so no single request may abort it.
    refreshing ??= (auth.refresh?.() ?? Promise.resolve()).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };

  return {
    headers,
    renewed: async (request, refused) => {
      if (auth.refresh === undefined) return undefined;
      const current = await headers(request);
      if (!sameHeaders(current, refused)) return current;
      try {
        await refreshOnce();
      } catch (error) {
        throw credentialsFailure(request, error);
      }
      const renewed = await headers(request);
      return sameHeaders(renewed, refused) ? undefined : renewed;
    },
  };
}

/** The platform's own error message would contain the value. */
function toHeaders(record: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers({ ...record });
  } catch {
    throw new TypeError("ClientAuth: authorize returned an invalid header");
  }
}

function sameHeaders(one: Headers, other: Headers): boolean {
  return JSON.stringify([...one]) === JSON.stringify([...other]);
}

function credentialsFailure({ method, url, signal }: AuthorizedRequest, error: unknown): Error {
  if (isTransportError(error)) return error;
  const isAborted = signal?.aborted === true;
  // The text of another error can contain anything, also a secret.
  const words = isTokenRequestError(error) ? `: ${error.message}` : "";
  const text = isAborted ? "aborted" : `The credentials could not be obtained${words}`;
  return new TransportError(isAborted ? `${method}: ${text}` : text, {
    reason: isAborted ? "aborted" : "credentials",
    outcome: "not-sent",
    url: shownUrl(url),
    attempt: 1,
    cause: error,
  });
}
