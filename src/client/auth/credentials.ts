import { isTransportError, TransportError } from "../../errors/transport-error.ts";
import type { AuthorizedRequest, RequestCredentials } from "../http/request-credentials.ts";
import { shownUrl } from "../http/request-url.ts";
import type { ClientAuth } from "./client-auth.ts";

/** Wraps a `ClientAuth` so that all requests that receive a 401 at the same time wait for one refresh. */
export function createCredentials(auth: ClientAuth): RequestCredentials {
  let refreshing: Promise<void> | undefined;

  const headers = async (request: AuthorizedRequest): Promise<Headers> => {
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

function credentialsFailure({ method, url }: AuthorizedRequest, error: unknown): Error {
  if (isTransportError(error)) return error;
  return new TransportError(`${method}: the credentials could not be obtained`, {
    reason: "network",
    outcome: "not-sent",
    url: shownUrl(url),
    attempt: 1,
    cause: error,
  });
}
