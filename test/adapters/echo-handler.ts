import { UnauthorizedError } from "../../src/errors/request-errors.ts";
import { type DirectResponse, RESPOND_DIRECTLY, type RespondsDirectly } from "../../src/protocol/direct-response.ts";
import type { ScimHandler } from "../../src/server/handler.ts";

/** What the handler saw, as it reports it. */
export interface Seen {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isRequest: boolean;
}

/** The runtime's own: Hono's server puts a class of its own in its place. */
const RuntimeRequest = Request;

/** Bytes that `/limited` reads before it gives up. */
export const LIMIT = 1000;

const json = { "Content-Type": "application/scim+json" };

async function echo(request: Request, url: URL): Promise<Response> {
  const seen: Seen = {
    method: request.method,
    target: url.pathname + url.search,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
    isRequest: request instanceof RuntimeRequest,
  };
  return new Response(JSON.stringify(seen), { headers: { ...json, ETag: 'W/"1"' } });
}

async function limited(request: Request): Promise<Response> {
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LIMIT) break;
  }
  return new Response(JSON.stringify({ bytes }), { status: bytes > LIMIT ? 413 : 200, headers: json });
}

function streamed(): Response {
  const encoder = new TextEncoder();
  const parts = ["one ", "two ", "three"];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = parts.shift();
      if (part === undefined) controller.close();
      else controller.enqueue(encoder.encode(part));
    },
  });
  const response = new Response(body, { headers: { "Content-Type": "text/plain" } });
  response.headers.append("Set-Cookie", "a=1");
  response.headers.append("Set-Cookie", "b=2");
  return response;
}

function broken(): Response {
  return new Response(
    new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("half"));
      },
      pull(controller) {
        controller.error(new Error("db password is hunter2"));
      },
    }),
  );
}

/** Reports what it saw; other last path segments make it behave in other ways. */
export const echoHandler: ScimHandler = (request) => {
  const url = new URL(request.url);
  switch (url.pathname.split("/").at(-1)) {
    case "limited":
      return limited(request);
    case "ignored":
      return Promise.resolve(new Response("{}", { status: 401, headers: json }));
    case "streamed":
      return Promise.resolve(streamed());
    case "broken":
      return Promise.resolve(broken());
    case "empty":
      return Promise.resolve(new Response(null, { status: 204, headers: { ETag: 'W/"2"' } }));
    case "rejects":
      return Promise.reject(new Error("db password is hunter2"));
    case "throws":
      throw new Error("db password is hunter2");
    case "no-response":
      return Promise.resolve(undefined as unknown as Response);
    case "unauthorized":
      return Promise.reject(new UnauthorizedError());
    default:
      return echo(request, url);
  }
};

/** The same handler as the adapters know ours: it can do without a `Response`. */
export function answeringDirectly(handler: ScimHandler): ScimHandler & RespondsDirectly {
  const answer = async (request: Request): Promise<DirectResponse> => {
    const response = await handler(request);
    const text = response.body === null ? undefined : await response.text();
    return { status: response.status, headers: Object.fromEntries(response.headers), text };
  };
  return Object.assign((request: Request) => handler(request), { [RESPOND_DIRECTLY]: answer });
}
