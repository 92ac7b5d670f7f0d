import type { ScimHandler } from "../server/handler.ts";
import type { NodeAdapterOptions } from "./adapter-options.ts";
import { bodyStream } from "./body-stream.ts";
import type { NodeRequest, NodeResponse } from "./node-exchange.ts";
import { isResponse, type Outgoing } from "./outgoing.ts";
import { createResponder } from "./responder.ts";
import { bodyLength, textBody } from "./text-body.ts";

/** What `toKoa` reads and sets of Koa's context. */
export interface KoaContext {
  readonly req: NodeRequest;
  readonly res: NodeResponse;
  readonly originalUrl: string;
  readonly protocol: string;
  /** Behind a proxy, if the application sets `proxy`. */
  readonly ip?: string | undefined;
  readonly request: object;
  status: number;
  body: unknown;
  set(field: string, value: string | string[]): void;
  append(field: string, value: string | string[]): void;
}

/**
 * `app.use(mount("/scim/v2", toKoa(handler)))`: a middleware for Koa that responds with `handler`.
 *
 * The handler sees the URL as the client sent it, mount prefix included. The response is set on the context, so that
 * earlier middleware can still add headers, log or compress. Body parsers may run before: what they parsed is converted
 * back to JSON. It handles everything that reaches it and never calls `next`; otherwise it behaves as
 * `toNodeListener` does.
 *
 * @throws {TypeError} when the handler or an option is wrong
 */
export function toKoa(
  handler: ScimHandler,
  options?: NodeAdapterOptions,
): (ctx: KoaContext, next?: unknown) => Promise<void> {
  const { respond, tell } = createResponder("toKoa", handler, options);
  return async (ctx) => {
    const { req, res, originalUrl, protocol, ip: address } = ctx;
    const outgoing = await respond({
      req,
      res,
      target: originalUrl,
      protocol,
      address,
      parsedBody: leftBy(ctx.request),
    });
    setResponse(ctx, outgoing, (error) => tell(res, error));
  };
}

/** The result of a body parser: the raw text if it was kept, otherwise the parsed value. */
function leftBy(request: object): unknown {
  const raw = "rawBody" in request ? request.rawBody : undefined;
  return raw ?? ("body" in request ? request.body : undefined);
}

function setResponse(ctx: KoaContext, outgoing: Outgoing, tell: (error: unknown) => void): void {
  // In this order: setting a body changes status and type, and setting none removes headers.
  if (!isResponse(outgoing))
    ctx.body = typeof outgoing.text === "object" ? textBody(outgoing.text) : (outgoing.text ?? null);
  else ctx.body = outgoing.body === null ? null : bodyStream(outgoing.body, ctx.res, tell);
  ctx.status = outgoing.status;
  const headers = isResponse(outgoing) ? outgoing.headers : Object.entries(outgoing.headers);
  for (const [name, value] of headers) {
    if (name === "set-cookie") ctx.append(name, value);
    else ctx.set(name, value);
  }
  if (typeof outgoing.text === "object") ctx.set("Content-Length", String(bodyLength(outgoing.text)));
}
