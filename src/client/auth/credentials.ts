import { isTransportError, TransportError } from "../../errors/transport-error.ts";
import type { AuthorizedRequest, RequestCredentials } from "../http/request-credentials.ts";
import { shownUrl } from "../http/request-url.ts";
import type { ClientAuth } from "./client-auth.ts";

/** Wraps a `ClientAuth` so that requests that meet a 401 at the same time wait for one refresh. */
export function createCredentials(auth: ClientAuth): RequestCredentials {
  let refreshing: Promise<void> | undefined;

  const headers = async (request: AuthorizedRequest): Promise<Headers> => {
    try {
      return toHeaders(await auth.authorize(request));
    } catch (error) {
      throw noCredentials(request, error);
    }
  };

  const refreshOnce = (): Promise<void> => {
    // Shared by requests with signals of their own, so that none of them may end it.
    refreshing ??= (auth.refresh?.() ?? Promise.resolve()).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };

  return {
    headers,
    renewed: async (request, refused) => {
      if (auth.refresh === undefined) return undefined;
      const already = await headers(request);
      if (!sameHeaders(already, refused)) return already;
      try {
        await refreshOnce();
      } catch (error) {
        throw noCredentials(request, error);
      }
      const renewed = await headers(request);
      return sameHeaders(renewed, refused) ? undefined : renewed;
    },
  };
}

/** The platform's own error would quote the value. */
function toHeaders(record: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers({ ...record });
  } catch {
    throw new TypeError("ClientAuth: authorize gave a header that cannot be sent");
  }
}

function sameHeaders(one: Headers, other: Headers): boolean {
  return JSON.stringify([...one]) === JSON.stringify([...other]);
}

function noCredentials({ method, url }: AuthorizedRequest, error: unknown): Error {
  if (isTransportError(error)) return error;
  return new TransportError(`${method}: no credentials could be had`, {
    reason: "network",
    outcome: "not-sent",
    url: shownUrl(url),
    attempt: 1,
    cause: error,
  });
}
