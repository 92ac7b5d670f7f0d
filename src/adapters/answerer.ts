import { resolveOptions } from "../options/resolve-options.ts";
import { ANSWER_DIRECTLY, type AnswersDirectly } from "../protocol/direct-answer.ts";
import type { ScimHandler } from "../server/handler.ts";
import { type NodeAdapterOptions, nodeAdapterOptionsSchema, requireHandler, tellerOf } from "./adapter-options.ts";
import { toDirectRequest } from "./direct-request.ts";
import type { Exchange, NodeResponse } from "./exchange.ts";
import { errorAnswer, type Outgoing, usable } from "./outgoing.ts";
import { urlReader } from "./request-url.ts";
import { toWebRequest } from "./web-request.ts";

/** Answers the exchanges of one adapter. */
export interface Answerer {
  /** Never rejects: whatever goes wrong ends in an answer, and in `onError`. */
  readonly answer: (exchange: Exchange) => Promise<Outgoing>;
  /** Tells `onError`, but not of clients that went away. */
  readonly tell: (res: NodeResponse, error: unknown) => void;
}

/**
 * Answers exchanges with `handler` on behalf of the adapter `name`.
 *
 * @throws {TypeError} when the handler or an option is wrong
 */
export function createAnswerer(name: string, handler: ScimHandler, options: NodeAdapterOptions | undefined): Answerer {
  requireHandler(name, handler);
  const { origin, onError } = resolveOptions(name, nodeAdapterOptionsSchema, options);
  const tellAnything = tellerOf(onError);
  const tell = (res: NodeResponse, error: unknown): void => {
    if (!isClientGone(res, error)) tellAnything(error);
  };
  const urlOf = urlReader(origin);
  const run = async (exchange: Exchange): Promise<Outgoing> => {
    const url = urlOf(exchange);
    if (answersDirectly(handler)) return handler[ANSWER_DIRECTLY](toDirectRequest(exchange, url));
    return usable(await handler(toWebRequest(exchange, url)));
  };
  const answer = (exchange: Exchange): Promise<Outgoing> =>
    run(exchange).catch((error: unknown) => {
      tell(exchange.res, error);
      return errorAnswer(error);
    });
  return { answer, tell };
}

function answersDirectly(handler: ScimHandler): handler is ScimHandler & AnswersDirectly {
  return ANSWER_DIRECTLY in handler;
}

/** An aborted signal and a body cut off: the client's right, and no one's fault. */
function isClientGone(res: NodeResponse, error: unknown): boolean {
  return res.destroyed && error instanceof Error && error.name === "AbortError";
}
