import type { ServerResponse } from "node:http";
import { sendNodeResponse } from "srvx/node";
import type { DirectAnswer } from "../protocol/direct-answer.ts";
import type { ScimHandler } from "../server/handler.ts";
import type { NodeAdapterOptions } from "./adapter-options.ts";
import { createAnswerer } from "./answerer.ts";
import { type Exchange, type NodeRequest, type NodeResponse, outlet } from "./exchange.ts";
import { errorAnswer, isResponse, type Outgoing } from "./outgoing.ts";

/**
 * A listener for `node:http`, `node:https` and `node:http2` that answers with `handler`.
 *
 * Never throws and never rejects: a handler that rejects is answered with a SCIM error, 500 without internals unless it
 * rejects with a `ScimError`. The request's signal aborts when the client goes away. A malformed Host header or request
 * target is a 400.
 *
 * @throws {TypeError} when the handler or an option is wrong
 */
export function toNodeListener(
  handler: ScimHandler,
  options?: NodeAdapterOptions,
): (req: NodeRequest, res: NodeResponse) => void {
  const answer = nodeAnswerer("toNodeListener", handler, options);
  return (req, res) => answer({ req, res, target: req.url });
}

/**
 * Answers exchanges on Node's own response on behalf of the adapter `name`. Whatever goes wrong ends in an answer or a
 * closed connection and in `onError`, never in a throw.
 *
 * @throws {TypeError} when the handler or an option is wrong
 */
export function nodeAnswerer(
  name: string,
  handler: ScimHandler,
  options: NodeAdapterOptions | undefined,
): (exchange: Exchange) => void {
  const { answer, tell } = createAnswerer(name, handler, options);
  return (exchange) => {
    const { res } = exchange;
    // A connection that breaks under a write would end the process if nobody listened.
    res.on("error", ignore);
    const fail = (error: unknown): void => {
      tell(res, error);
      // Once the answer has begun, only a broken connection can say that it is not whole.
      if (res.headersSent) res.destroy();
      else sendDirect(res, errorAnswer(error));
    };
    answer(exchange)
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

/** The library destroys the response when its body fails half-way, but does not reject. */
async function sendResponse(res: NodeResponse, response: Response): Promise<void> {
  await sendNodeResponse(res as ServerResponse, response);
  const { errored } = outlet(res);
  if (errored) throw errored;
}

function sendDirect(res: NodeResponse, { status, headers, text }: DirectAnswer): void {
  if (res.destroyed) return;
  const sink = res as ServerResponse;
  if (text === undefined) sink.writeHead(status, headers).end();
  else sink.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(text) }).end(text);
}
