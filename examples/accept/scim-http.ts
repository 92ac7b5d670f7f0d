import ky from "ky";
import { isJson, type Json } from "./wire.ts";

/** A request without a successful response. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  /** The HTTP status; undefined if there was no response. */
  readonly status: number | undefined;

  constructor(request: string, status: number | undefined, detail: string, options?: ErrorOptions) {
    super(`${request} ${status === undefined ? "got no response" : `returned ${status}`}: ${detail}`, options);
    this.status = status;
  }
}

/** Sends SCIM requests over HTTP and counts the responses. */
export interface ScimHttp {
  /** How many responses had each status. */
  readonly statuses: ReadonlyMap<number, number>;
  get(path: string): Promise<Json>;
  /** The body of the response; an empty object for 204. */
  send(method: "POST" | "PUT" | "PATCH", path: string, body: Json): Promise<Json>;
}

export interface ScimHttpOptions {
  readonly baseUrl: string;
  readonly token: string;
  readonly userAgent: string;
  /** Ends what is on its way. */
  readonly signal?: AbortSignal;
  /** @default the platform's fetch */
  readonly fetch?: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
}

/** A client that throws `RequestFailed` for everything but 2xx, and never asks twice. */
export function createScimHttp({ baseUrl, token, userAgent, signal, fetch }: ScimHttpOptions): ScimHttp {
  const statuses = new Map<number, number>();
  const http = ky.create({
    prefix: baseUrl,
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/scim+json",
      "content-type": "application/scim+json; charset=utf-8",
      "user-agent": userAgent,
    },
    throwHttpErrors: false,
    retry: 0,
    timeout: 60_000,
    ...(signal && { signal }),
    ...(fetch && { fetch }),
  });

  const request = async (method: string, path: string, body?: Json): Promise<Json> => {
    const what = `${method} ${decodeURIComponent(path)}`;
    let status: number;
    let text: string;
    try {
      const response = await http(path, { method, ...(body && { json: body }) });
      status = response.status;
      text = await response.text();
    } catch (error) {
      signal?.throwIfAborted();
      throw new RequestFailed(what, undefined, error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    }
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const received = text === "" ? {} : parse(text);
    if (status >= 200 && status < 300 && received !== undefined) return received;
    throw new RequestFailed(what, status, typeof received?.detail === "string" ? received.detail : text.slice(0, 200));
  };

  return {
    statuses,
    get: (path) => request("GET", path),
    send: request,
  };
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
