import type { IncomingHttpHeaders } from "node:http";
import type { Readable, Writable } from "node:stream";

/** What the adapters read of a Node request; `IncomingMessage` and the HTTP/2 compatibility request both are one. */
export interface NodeRequest extends Readable {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly socket: object;
}

/** What the adapters write of a Node response; `ServerResponse` and the HTTP/2 compatibility response both are one. */
export interface NodeResponse extends Writable {
  readonly headersSent: boolean;
  /** HTTP/2 alone. */
  readonly stream?: Writable;
}

/** One exchange as Node has it, and what a framework in front knows better. */
export interface Exchange {
  readonly req: NodeRequest;
  readonly res: NodeResponse;
  /** The request target as the client sent it, before a mount prefix was cut off. */
  readonly target: string | undefined;
  /** `https` where the framework trusts a proxy that says so. */
  readonly protocol?: string | undefined;
  /** What a body parser left; looked at only if the stream was read before us. */
  readonly parsedBody?: unknown;
  /** Where the body comes from if not from the request itself: it was decoded on the way. */
  readonly decodedBody?: Readable | undefined;
}

/** What a parser left of a body that was read before us, as bytes again. Undefined if the body is still to be read. */
export function bytesLeft({ req, parsedBody, decodedBody }: Exchange): Buffer | undefined {
  // Asks whether the stream was read, not whether `body` is there: Express 4's parsers leave `{}` behind where they read
  // nothing, and `{}`, `""` and `null` are bodies too where they did.
  if (decodedBody !== undefined || !req.readableDidRead) return undefined;
  if (parsedBody === undefined) throw new TypeError("The request body was read before the SCIM handler, and not kept");
  const isText = typeof parsedBody === "string" || parsedBody instanceof Uint8Array;
  return Buffer.from(isText ? parsedBody : JSON.stringify(parsedBody));
}

/** Whether the method is one that Fetch allows a body. */
export function mayHaveBody({ req }: Exchange): boolean {
  return req.method !== "GET" && req.method !== "HEAD";
}

/** Says when an answer is written, and why it was not: HTTP/2's response does not until the client has finished too. */
export function outlet(res: NodeResponse): Writable {
  return res.stream ?? res;
}
