import type { ScimHandler } from "../server/handler.ts";
import type { NodeAdapterOptions } from "./adapter-options.ts";
import { nodeResponder } from "./node.ts";
import type { NodeRequest, NodeResponse } from "./node-exchange.ts";

/** What `toExpress` reads of a request beyond Node's own; Express 4, Express 5 and Connect all have it. */
export interface ExpressRequest extends NodeRequest {
  readonly originalUrl?: string | undefined;
  readonly protocol?: string | undefined;
  readonly body?: unknown;
  /** Behind a proxy, if the application sets "trust proxy". Connect has none. */
  readonly ip?: string | undefined;
}

/**
 * `app.use("/scim/v2", toExpress(handler))`: a middleware for Express 4 and 5 and for Connect that responds with
 * `handler`.
 *
 * The handler sees the URL as the client sent it, mount prefix included. Body parsers may run before: what they
 * parsed is converted back to JSON. It handles everything under its prefix and never calls `next`; otherwise it behaves
 * as `toNodeListener` does.
 *
 * @throws {TypeError} when the handler or an option is wrong
 */
export function toExpress(
  handler: ScimHandler,
  options?: NodeAdapterOptions,
): (req: ExpressRequest, res: NodeResponse, next?: unknown) => void {
  const respond = nodeResponder("toExpress", handler, options);
  return (req, res) => {
    respond({
      req,
      res,
      target: req.originalUrl ?? req.url,
      protocol: req.protocol,
      address: req.ip,
      parsedBody: req.body,
    });
  };
}
