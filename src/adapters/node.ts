import type { ServerResponse } from "node:http";
import { sendNodeResponse } from "srvx/node";
import type { DirectResponse } from "../protocol/direct-response.ts";
import type { ScimHandler } from "../server/handler.ts";
import type { NodeAdapterOptions } from "./adapter-options.ts";
import { type NodeExchange, type NodeRequest, type NodeResponse, outlet } from "./node-exchange.ts";
import { errorResponse, isResponse, type Outgoing } from "./outgoing.ts";
import { createResponder } from "./responder.ts";
import { bodyLength, textBody } from "./text-body.ts";

/**
 * A listener for `node:http`, `node:https` and `node:http2` that responds with `handler`.
 *
 * Never throws and never rejects: a handler that rejects leads to a SCIM error, 500 without internals unless it rejects
 * with a `ScimError`. The request's signal aborts when the client disconnects. A malformed Host header or request
 * target is a 400.
 *
 * @throws {TypeError} when the handler or an option is wrong
 */
export function toNodeListener(
  handler: ScimHandler,
  options?: NodeAdapterOptions,
): (req: NodeRequest, res: NodeResponse) => void {
  const respond = nodeResponder("toNodeListener", handler, options);
  return (req, res) => respond({ req, res, target: req.url });
}

/**
 * Responds to exchanges on Node's own response on behalf of the adapter `name`. Every error ends in a response or a
 * closed connection and in `onError`, never in a throw.
 *
 * @throws {TypeError} when the handler or an option is wrong
 */
export function nodeResponder(
  name: string,
  handler: ScimHandler,
  options: NodeAdapterOptions | undefined,
): (exchange: NodeExchange) => void {
  const { respond, tell } = createResponder(name, handler, options);
  return (exchange) => {
    const { res } = exchange;
    // Without a listener, a connection that breaks during a write would end the process.
    res.on("error", ignore);
    const fail = (error: unknown): void => {
      tell(res, error);
      // Once the response has begun, only a closed connection can show that it is incomplete.
      if (res.headersSent) res.destroy();
      else sendDirect(res, errorResponse(error));
    };
    respond(exchange)
      .then((outgoing) => send(res, outgoing))
      .catch(fail)
      .catch(() => res.destroy());
  };
}

function ignore(): void {}

function send(res: NodeResponse, outgoing: Outgoing): Promise<void> | undefined {
  if (isResponse(outgoing)) return sendResponse(res, outgoing);
  sendDirect(res, outgoing);
  return undefined;
}

/** If the body of a response fails in the middle, the library destroys the response but does not reject. */
async function sendResponse(res: NodeResponse, response: Response): Promise<void> {
  await sendNodeResponse(res as ServerResponse, response);
  const { errored } = outlet(res);
  if (errored) throw errored;
}

function sendDirect(res: NodeResponse, { status, headers, text }: DirectResponse): void {
  if (res.destroyed) return;
  const sink = res as ServerResponse;
  if (text === undefined) {
    sink.writeHead(status, headers).end();
    return;
  }
  sink.writeHead(status, { ...headers, "Content-Length": bodyLength(text) });
  if (typeof text === "string") sink.end(text);
  else textBody(text).pipe(sink);
}
