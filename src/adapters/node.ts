import { z } from "zod";
import { asScimError } from "../errors/scim-error.ts";
import { functionOption, resolveOptions } from "../options/resolve-options.ts";
import { SCIM_MEDIA_TYPE } from "../protocol/media-types.ts";
import type { ScimHandler } from "../server/handler.ts";
import { type FrameworkView, type NodeRequest, toWebRequest } from "./node-request.ts";
import { type NodeResponse, sendWebResponse } from "./node-response.ts";

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

/** `NodeAdapterOptions` as they are used. */
export interface ResolvedNodeAdapterOptions {
  readonly origin: string | undefined;
  readonly onError: (error: unknown) => void;
}

const schema: z.ZodType<ResolvedNodeAdapterOptions> = z.strictObject({
  origin: z
    .string()
    .refine((text) => URL.canParse(text) && new URL(text).origin === text, {
      error: "must be a scheme and host such as https://app.example",
    })
    .optional()
    .transform((text) => text),
  onError: functionOption<(error: unknown) => void>()
    .optional()
    .transform((tell) => tell ?? (() => {})),
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
  const resolved = resolveNodeAdapterOptions("toNodeListener", options);
  return (req, res) => {
    answer(handler, resolved, { req, res, view: { target: req.url, protocol: undefined, parsedBody: undefined } });
  };
}

/** Reads the options of the adapter `name` once. @throws {TypeError} when one is wrong */
export function resolveNodeAdapterOptions(
  name: string,
  options: NodeAdapterOptions | undefined,
): ResolvedNodeAdapterOptions {
  return resolveOptions(name, schema, options);
}

/** Answers one request. Whatever goes wrong ends in an answer or a closed connection and in `onError`, never in a throw. */
export function answer(
  handler: ScimHandler,
  options: ResolvedNodeAdapterOptions,
  exchange: { readonly req: NodeRequest; readonly res: NodeResponse; readonly view: FrameworkView },
): void {
  const { req, res, view } = exchange;
  const method = req.method ?? "GET";
  const client = new AbortController();
  res.once("close", () => {
    if (!res.writableFinished) client.abort();
  });
  // A connection that breaks under a write would end the process if nobody listened; its close is told above.
  res.on("error", () => {});
  const tell = (error: unknown): void => {
    try {
      options.onError(error);
    } catch {
      // Whoever is told must not be able to fail a request.
    }
  };
  const fail = async (error: unknown): Promise<void> => {
    if (!client.signal.aborted || !saysClientGone(error)) tell(error);
    // Once the answer has begun, only a broken connection can say that it is not whole.
    if (res.headersSent) res.destroy();
    else await sendWebResponse(errorResponse(error), res, method);
  };
  const run = async (): Promise<void> => {
    const request = toWebRequest(req, view, { origin: options.origin, signal: client.signal, res });
    await sendWebResponse(await handler(request), res, method);
  };
  run()
    .catch(fail)
    .catch(() => res.destroy());
}

/** What streams and an aborted signal throw when the client went away: its right, and no one's fault. */
function saysClientGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return (
    error.name === "AbortError" || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET" || code === "EPIPE"
  );
}

function errorResponse(error: unknown): Response {
  const scimError = asScimError(error);
  return new Response(JSON.stringify(scimError), {
    status: scimError.status,
    headers: { "Content-Type": SCIM_MEDIA_TYPE },
  });
}
