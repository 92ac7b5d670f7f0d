import { isJson, type Json } from "../accept/wire.ts";

/** A request that went to the application. */
export interface SentRequest {
  readonly method: string;
  /** The path without the ids in it, such as `/Users/{id}`. */
  readonly route: string;
  /** What it is about, in a few words; empty for those that only read. */
  readonly what: string;
  /** Of the response; undefined until there is one. */
  readonly status?: number;
}

/** Sits between a client and the network and records every request that is sent. */
export interface RequestLog {
  readonly fetch: (request: Request) => Promise<Response>;
  /** What was sent since the last `take`. */
  peek(): readonly SentRequest[];
  /** The same; the record is then empty. */
  take(): readonly SentRequest[];
}

/** `onResponse` is called with each request that got a response. */
export function createRequestLog(baseUrl: string, onResponse: (request: SentRequest) => void): RequestLog {
  let sent: SentRequest[] = [];
  return {
    fetch: async (request) => {
      const route = new URL(request.url).pathname
        .slice(new URL(baseUrl).pathname.length)
        .replace(/^(\/\w+)\/.+$/, "$1/{id}");
      const body: unknown = request.body === null ? undefined : await request.clone().json();
      const entry = { method: request.method, route, what: isJson(body) ? about(body) : "" };
      sent.push(entry);
      const response = await fetch(request);
      onResponse({ ...entry, status: response.status });
      return response;
    },
    peek: () => sent,
    take: () => {
      const taken = sent;
      sent = [];
      return taken;
    },
  };
}

export function isWrite({ method }: SentRequest): boolean {
  return method !== "GET";
}

function about(body: Json): string {
  if (!Array.isArray(body.Operations)) return String(body.userName ?? body.displayName ?? "");
  return body.Operations.filter(isJson)
    .map(({ op, path, value }) => {
      const what = String(path ?? "").replace(/\[.*\]/, "[…]");
      return Array.isArray(value) ? `${op} ${what} (${value.length})` : `${op} ${what}`;
    })
    .join(", ");
}
