import { resolveOptions } from "../options/resolve-options.ts";
import { RESPOND_DIRECTLY, type RespondsDirectly } from "../protocol/direct-response.ts";
import type { ScimHandler } from "../server/handler.ts";
import { type NodeAdapterOptions, nodeAdapterOptionsSchema, requireHandler, tellerOf } from "./adapter-options.ts";
import { toDirectRequest } from "./direct-request.ts";
import type { NodeExchange, NodeResponse } from "./node-exchange.ts";
import { errorResponse, type Outgoing, usable } from "./outgoing.ts";
import { urlReader } from "./request-url.ts";
import { watchSending } from "./slow-client.ts";
import { leaveBody } from "./unread-body.ts";
import { toWebRequest } from "./web-request.ts";

/** Responds to the exchanges of one adapter. */
export interface Responder {
  /** Never rejects: every error becomes a response, and is passed to `onError`. */
  readonly respond: (exchange: NodeExchange) => Promise<Outgoing>;
  /** Passes an error to `onError`, unless the client disconnected. */
  readonly tell: (res: NodeResponse, error: unknown) => void;
}

/**
 * Responds to exchanges with `handler` on behalf of the adapter `name`.
 *
 * @throws {TypeError} when the handler or an option is wrong
 */
export function createResponder(
  name: string,
  handler: ScimHandler,
  options: NodeAdapterOptions | undefined,
): Responder {
  requireHandler(name, handler);
  const { origin, onError } = resolveOptions(name, nodeAdapterOptionsSchema, options);
  const tellAnything = tellerOf(onError);
  const tell = (res: NodeResponse, error: unknown): void => {
    if (!isClientGone(res, error)) tellAnything(error);
  };
  const urlOf = urlReader(origin);
  const run = async (exchange: NodeExchange): Promise<Outgoing> => {
    const url = urlOf(exchange);
    if (respondsDirectly(handler)) return handler[RESPOND_DIRECTLY](toDirectRequest(exchange, url));
    return usable(await handler(toWebRequest(exchange, url)));
  };
  const respond = async (exchange: NodeExchange): Promise<Outgoing> => {
    const outgoing = await run(exchange).catch((error: unknown) => {
      tell(exchange.res, error);
      return errorResponse(error);
    });
    leaveBody(exchange);
    watchSending(exchange.res, outgoing);
    return outgoing;
  };
  return { respond, tell };
}

function respondsDirectly(handler: ScimHandler): handler is ScimHandler & RespondsDirectly {
  return RESPOND_DIRECTLY in handler;
}

/** Whether a failure, such as an aborted signal or an incomplete body, is only due to a client that disconnected. */
function isClientGone(res: NodeResponse, error: unknown): boolean {
  return res.destroyed && error instanceof Error && error.name === "AbortError";
}
