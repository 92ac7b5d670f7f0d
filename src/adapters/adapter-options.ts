import * as z from "zod/mini";
import { functionOption } from "../options/resolve-options.ts";

/** Options of the adapters for Node: `toNodeListener`, `toExpress`, `toKoa` and `toFastify`. */
export interface NodeAdapterOptions {
  /**
   * Scheme and host of `request.url`, such as `https://app.example`. @default the Host header, with `https` on an
   * encrypted connection
   */
  readonly origin?: string;
  /**
   * Called with errors that have no proper response: a handler that rejected, a body that failed in the middle, an
   * invalid request. What it throws is ignored. @default errors are ignored
   */
  readonly onError?: (error: unknown) => void;
}

/** Reads `NodeAdapterOptions`. */
export const nodeAdapterOptionsSchema: z.ZodMiniType<NodeAdapterOptions> = z.strictObject({
  origin: z.optional(
    z.string().check(
      z.refine((text) => URL.canParse(text) && new URL(text).origin === text, {
        error: "must be a scheme and host such as https://app.example",
      }),
    ),
  ),
  onError: z.optional(functionOption<(error: unknown) => void>()),
});

/** What `toHono` reads of Hono's context. */
export interface HonoContext {
  readonly req: {
    readonly raw: Request;
    /** The body, even if it was already read through the context. */
    arrayBuffer(): Promise<ArrayBuffer>;
  };
}

/** Options of `toHono`. */
export interface FetchAdapterOptions {
  /**
   * The address of the client, for what is counted by address. Hono's `getConnInfo` knows it, for each runtime from
   * another import path. @default unknown
   */
  readonly clientAddress?: (c: HonoContext) => string | undefined;
  /**
   * Called with the error of a handler that rejected or returned no response. What it throws is ignored. @default
   * errors are ignored
   */
  readonly onError?: (error: unknown) => void;
}

/** Reads `FetchAdapterOptions`. */
export const fetchAdapterOptionsSchema: z.ZodMiniType<FetchAdapterOptions> = z.strictObject({
  clientAddress: z.optional(functionOption<(c: HonoContext) => string | undefined>()),
  onError: z.optional(functionOption<(error: unknown) => void>()),
});

/**
 * Checks the handler when the adapter is created, and not at the first request: somebody may pass a source instead of
 * its `fetch`.
 *
 * @throws {TypeError} when the handler of the adapter `name` is not a function
 */
export function requireHandler(name: string, handler: unknown): void {
  if (typeof handler === "function") return;
  throw new TypeError(`${name}: handler: must be a function, such as source.fetch or what createScimHandler returns`);
}

/** Calls `onError`. An error that it throws must not make a request fail. */
export function tellerOf(onError: ((error: unknown) => void) | undefined): (error: unknown) => void {
  return (error) => {
    try {
      onError?.(error);
    } catch {
      // There is nowhere to report this error.
    }
  };
}
