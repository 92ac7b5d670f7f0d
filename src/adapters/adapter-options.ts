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
   * Called with errors that have no proper response: a handler that rejected, a body that failed half-way, a request
   * that nothing could be made of. What it throws is swallowed. @default nobody is told
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

/** Options of `toHono`. */
export interface FetchAdapterOptions {
  /** Told of a handler that rejected or gave no response. What it throws is swallowed. @default nobody is told */
  readonly onError?: (error: unknown) => void;
}

/** Reads `FetchAdapterOptions`. */
export const fetchAdapterOptionsSchema: z.ZodMiniType<FetchAdapterOptions> = z.strictObject({
  onError: z.optional(functionOption<(error: unknown) => void>()),
});

/**
 * Learns at the start, and not with the first request, that an adapter was given a source in the place of its `fetch`.
 *
 * @throws {TypeError} when the handler of the adapter `name` is no function
 */
export function requireHandler(name: string, handler: unknown): void {
  if (typeof handler === "function") return;
  throw new TypeError(`${name}: handler: must be a function, such as source.fetch or what createScimHandler returns`);
}

/** Calls `onError`; whoever is told must not be able to fail a request. */
export function tellerOf(onError: ((error: unknown) => void) | undefined): (error: unknown) => void {
  return (error) => {
    try {
      onError?.(error);
    } catch {
      // Nobody is left to tell.
    }
  };
}
