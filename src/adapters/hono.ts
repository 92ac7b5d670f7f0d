import { resolveOptions } from "../options/resolve-options.ts";
import { RESPOND_DIRECTLY } from "../protocol/direct-response.ts";
import type { ScimHandler } from "../server/handler.ts";
import {
  type FetchAdapterOptions,
  fetchAdapterOptionsSchema,
  type HonoContext,
  requireHandler,
  tellerOf,
} from "./adapter-options.ts";
import { BODY_HEADERS, errorResponse, usable } from "./outgoing.ts";

/**
 * `app.all("/scim/v2/*", toHono(handler))`: a handler for Hono, on whatever runtime Hono runs.
 *
 * Body validators may run before. Never rejects: a handler that rejects leads to a SCIM error, 500 without
 * internals unless it rejects with a `ScimError`.
 *
 * @throws {TypeError} when the handler or an option is wrong
 */
export function toHono(handler: ScimHandler, options?: FetchAdapterOptions): (c: HonoContext) => Promise<Response> {
  requireHandler("toHono", handler);
  const { onError, clientAddress } = resolveOptions("toHono", fetchAdapterOptionsSchema, options);
  const tell = tellerOf(onError);
  return async (c) => {
    try {
      const request = await unreadRequest(c);
      if (clientAddress !== undefined) {
        Object.defineProperty(request, "ip", { value: clientAddress(c), configurable: true });
      }
      const response = usable(await handler(request));
      return RESPOND_DIRECTLY in handler ? response : guarded(response, tell);
    } catch (error) {
      tell(error);
      const { status, headers, text } = errorResponse(error);
      return new Response(c.req.raw.method === "HEAD" ? null : text, { status, headers });
    }
  };
}

/** The request itself, or a copy if its body was already read. */
async function unreadRequest({ req }: HonoContext): Promise<Request> {
  const { raw } = req;
  if (!raw.bodyUsed) return raw;
  const body = await req.arrayBuffer();
  const headers = new Headers(raw.headers);
  for (const name of BODY_HEADERS) headers.delete(name);
  return new Request(raw.url, { method: raw.method, headers, body, signal: raw.signal });
}

/** Some servers send the message of the error with which a body failed, so this error contains no details. */
function guarded(response: Response, tell: (error: unknown) => void): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        tell(error);
        controller.error(new TypeError("The response broke off"));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}
