import { isJson, type Json } from "../accept/wire.ts";

/** A request that went to the application. */
export interface SentRequest {
  readonly method: string;
  /** The path without the ids in it, such as `/Users/{id}`. */
  readonly route: string;
  /** What it is about, in a few words; empty for those that only read. */
  readonly what: string;
}

/** Sits between a client and the network and notes every request that is sent. */
export interface RequestLog {
  readonly fetch: (request: Request) => Promise<Response>;
  /** What was sent since it was last taken. */
  peek(): readonly SentRequest[];
  /** The same, and begins anew. */
  take(): readonly SentRequest[];
}

export function createRequestLog(baseUrl: string): RequestLog {
  let sent: SentRequest[] = [];
  return {
    fetch: async (request) => {
      const route = new URL(request.url).pathname
        .slice(new URL(baseUrl).pathname.length)
        .replace(/^(\/\w+)\/.+$/, "$1/{id}");
      const body: unknown = request.body === null ? undefined : await request.clone().json();
      sent.push({ method: request.method, route, what: isJson(body) ? about(body) : "" });
      return fetch(request);
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
