import { SCIM_MEDIA_TYPE } from "../../protocol/media-types.ts";

const FORM = "application/x-www-form-urlencoded";

/** What a simulated identity provider sends its requests to: a handler in this process, or `fetch`. */
export type SimulatedFetch = (request: Request) => Response | Promise<Response>;

/** A request of a simulated identity provider, and the response to it. */
export interface SimulatedExchange {
  readonly method: string;
  /** The path behind the base URL, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON that was sent; undefined if there was no body. */
  readonly requestBody: unknown;
  /** 0 if there is no response. */
  readonly status: number;
  readonly contentType: string;
  /** The body of the response as it was received. */
  readonly text: string;
  /** The same as JSON; undefined if it is not JSON. */
  readonly body: unknown;
  /** What the handler threw, if there is no response. */
  readonly failure?: unknown;
}

/** A request before it has its base URL and credentials. */
export interface Outgoing {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** Sent as JSON, or as a form. */
  readonly body?: unknown;
  /** Added to those of the product; replaces one of the same name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where requests go, and with which headers. */
export interface Wire {
  readonly fetch: SimulatedFetch;
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a request. A handler that throws, or a connection that fails, is an exchange with status 0. */
export async function exchange({ fetch, baseUrl, headers }: Wire, outgoing: Outgoing): Promise<SimulatedExchange> {
  const { method, path, body } = outgoing;
  const isForm = body instanceof URLSearchParams;
  const sent: Record<string, string> = { Accept: SCIM_MEDIA_TYPE, ...headers, ...outgoing.headers };
  if (body !== undefined) sent["Content-Type"] ??= isForm ? FORM : `${SCIM_MEDIA_TYPE}; charset=utf-8`;
  const text = isForm ? body.toString() : JSON.stringify(body);
  const request = { method, path, headers: sent, requestBody: isForm ? Object.fromEntries(body) : body };
  try {
    const response = await fetch(new Request(`${baseUrl}${path}`, { method, headers: sent, body: text }));
    const received = await response.text();
    const contentType = response.headers.get("Content-Type") ?? "";
    return { ...request, status: response.status, contentType, text: received, body: jsonOf(received) };
  } catch (failure) {
    return { ...request, status: 0, contentType: "", text: String(failure), body: undefined, failure };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
