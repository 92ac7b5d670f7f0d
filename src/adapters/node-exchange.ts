import type { IncomingHttpHeaders } from "node:http";
import type { Readable, Writable } from "node:stream";

/**
 * The parts of a Node request that the adapters read; `IncomingMessage` and the HTTP/2 compatibility request have them.
 */
export interface NodeRequest extends Readable {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly httpVersionMajor: number;
  /** Whether all of the request has arrived. */
  readonly complete: boolean;
  readonly socket: object;
}

/**
 * The parts of a Node response that the adapters write; `ServerResponse` and the HTTP/2 compatibility response have
 * them.
 */
export interface NodeResponse extends Writable {
  readonly headersSent: boolean;
  /** Only in HTTP/2. */
  readonly stream?: Writable & { close(): void };
  setHeader(name: string, value: string): unknown;
  /** Calls `callback` when nothing was sent or received for so many milliseconds. */
  setTimeout(ms: number, callback: () => void): unknown;
}

/** One request and its response on Node, and what a framework knows about them. */
export interface NodeExchange {
  readonly req: NodeRequest;
  readonly res: NodeResponse;
  /** The request target as the client sent it, before a mount prefix was cut off. */
  readonly target: string | undefined;
  /** `https` where the framework trusts a proxy that says so. */
  readonly protocol?: string | undefined;
  /** The client's address as the framework knows it, also behind a proxy that it trusts. @default that of the connection */
  readonly address?: string | undefined;
  /** The result of a body parser; used only if the stream was read before us. */
  readonly parsedBody?: unknown;
  /** The decoded body, if it was decoded before us. */
  readonly decodedBody?: Readable | undefined;
}

/** The address of the client; undefined for a connection that is closed already. */
export function addressOf({ req, address }: NodeExchange): string | undefined {
  if (address !== undefined) return address;
  return "remoteAddress" in req.socket && typeof req.socket.remoteAddress === "string"
    ? req.socket.remoteAddress
    : undefined;
}

/** The bytes of a body that a parser has read before us. Undefined if the body is still unread. */
export function bytesLeft({ req, parsedBody, decodedBody }: NodeExchange): Buffer | undefined {
  // Checks whether the stream was read and not whether `body` exists: Express 4's parsers set `{}` if they read
  // nothing, and `{}`, `""` and `null` are also possible results of parsing.
  if (decodedBody !== undefined || !req.readableDidRead) return undefined;
  if (parsedBody === undefined)
    throw new TypeError("The request body was read before the SCIM handler, and no parsed body was set");
  const isText = typeof parsedBody === "string" || parsedBody instanceof Uint8Array;
  return Buffer.from(isText ? parsedBody : JSON.stringify(parsedBody));
}

/** Whether Fetch allows a body for the method. */
export function mayHaveBody({ req }: NodeExchange): boolean {
  return req.method !== "GET" && req.method !== "HEAD";
}

/**
 * The stream whose events say that a response was written, or why not. The events of an HTTP/2 response come only after
 * the client has finished too.
 */
export function outlet(res: NodeResponse): Writable {
  return res.stream ?? res;
}
