import type { ServerResponse } from "node:http";
import { sendNodeResponse } from "srvx/node";
import { z } from "zod";
import { asScimError } from "../errors/scim-error.ts";
import { functionOption, resolveOptions } from "../options/resolve-options.ts";
import { SCIM_MEDIA_TYPE } from "../protocol/media-types.ts";
import type { ScimHandler } from "../server/handler.ts";
import { type Exchange, type NodeRequest, type NodeResponse, outlet, toWebRequest } from "./node-request.ts";

/** Options of `toNodeListener` and `toExpress`. */
export interface NodeAdapterOptions {
  /**
   * Scheme and host of `request.url`, such as `https://app.example`. @default the Host header, with `https` on an
   * encrypted connection
   */
  readonly origin?: string;
  /**
   * Told what the adapter could not answer properly: a handler that rejected, a body that failed half-way, a request
   * that nothing could be made of. What it throws is swallowed. @default nobody is told
   */
  readonly onError?: (error: unknown) => void;
}

const schema: z.ZodType<NodeAdapterOptions> = z.strictObject({
  origin: z
    .string()
    .refine((text) => URL.canParse(text) && new URL(text).origin === text, {
      error: "must be a scheme and host such as https://app.example",
    })
    .optional(),
  onError: functionOption<(error: unknown) => void>().optional(),
});

/**
 * A listener for `node:http`, `node:https` and `node:http2` that answers with `handler`.
 *
 * Never throws and never rejects: a handler that rejects is answered with a SCIM error, 500 without internals unless it
 * rejects with a `ScimError`. The request's signal aborts when the client goes away. A malformed Host header or request
 * target is a 400.
 *
 * @throws {TypeError} when an option is wrong
 */
export function toNodeListener(
  handler: ScimHandler,
  options?: NodeAdapterOptions,
): (req: NodeRequest, res: NodeResponse) => void {
  const answer = answerer("toNodeListener", handler, options);
  return (req, res) => answer({ req, res, target: req.url });
}

/**
 * Answers exchanges with `handler` on behalf of the adapter `name`. Whatever goes wrong ends in an answer or a closed
 * connection and in `onError`, never in a throw.
 *
 * @throws {TypeError} when an option is wrong
 */
export function answerer(
  name: string,
  handler: ScimHandler,
  options: NodeAdapterOptions | undefined,
): (exchange: Exchange) => void {
  const { origin, onError } = resolveOptions(name, schema, options);
  const tell = (error: unknown): void => {
    try {
      onError?.(error);
    } catch {
      // Whoever is told must not be able to fail a request.
    }
  };
  return (exchange) => {
    const { res } = exchange;
    // A connection that breaks under a write would end the process if nobody listened.
    res.on("error", () => {});
    const run = async (): Promise<void> => {
      const response = await handler(toWebRequest(exchange, origin));
      // The library answers 500 to none and tells nobody; of a used one it would have sent the head already.
      if (response?.bodyUsed !== false) throw new TypeError("The SCIM handler gave no response, or a used one");
      await send(res, response);
    };
    const fail = async (error: unknown): Promise<void> => {
      if (!isClientGone(res, error)) tell(error);
      // Once the answer has begun, only a broken connection can say that it is not whole.
      if (res.headersSent) res.destroy();
      else await send(res, errorResponse(error));
    };
    run()
      .catch(fail)
      .catch(() => res.destroy());
  };
}

/** The library destroys the response when its body fails half-way, but does not reject. */
async function send(res: NodeResponse, response: Response): Promise<void> {
  await sendNodeResponse(res as ServerResponse, response);
  const { errored } = outlet(res);
  if (errored) throw errored;
}

/** An aborted signal and a body cut off: the client's right, and no one's fault. */
function isClientGone(res: NodeResponse, error: unknown): boolean {
  return res.destroyed && error instanceof Error && error.name === "AbortError";
}

function errorResponse(error: unknown): Response {
  const scimError = asScimError(error);
  return new Response(JSON.stringify(scimError), {
    status: scimError.status,
    headers: { "Content-Type": SCIM_MEDIA_TYPE },
  });
}
