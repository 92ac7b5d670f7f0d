import type { Readable } from "node:stream";
import { NodeRequest as LibraryRequest } from "srvx/node";
import { NotImplementedError } from "../errors/request-errors.ts";
import type { HasAddress } from "../protocol/client-address.ts";
import { READ_CHUNKS, type ReadsChunks } from "../protocol/direct-response.ts";
import { addressOf, bytesLeft, mayHaveBody, type NodeExchange } from "./node-exchange.ts";
import { clientGone, contextOf, toWebRequest } from "./web-request.ts";

/** The library's lazy request: head and signal are available without a real `Request`. */
const LazyRequest = LibraryRequest as unknown as new (context: object) => { _url: URL };

/** Methods that no Fetch request can have. */
const FORBIDDEN: ReadonlySet<string | undefined> = new Set(["CONNECT", "TRACE", "TRACK"]);

/**
 * A request for a handler that only reads it. Method, URL, headers and signal cost almost nothing, and the body can be
 * read in Node's chunks. For everything else a real `Request` is created at the first use.
 */
class DirectRequest extends LazyRequest implements ReadsChunks, HasAddress {
  readonly #exchange: NodeExchange;
  readonly #left: Buffer | undefined;
  #real: Request | undefined;
  #isRead = false;

  constructor(exchange: NodeExchange, url: URL) {
    const { method, headers, rawHeaders } = exchange.req;
    super(contextOf({ method, headers, rawHeaders }, exchange.res));
    this._url = url;
    this.#exchange = exchange;
    this.#left = mayHaveBody(exchange) ? bytesLeft(exchange) : undefined;
  }

  /** The library calls this for everything that it does not have itself. */
  get _request(): Request {
    this.#real ??= toWebRequest(this.#exchange, this._url);
    return this.#real;
  }

  get ip(): string | undefined {
    return addressOf(this.#exchange);
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this._request.body;
  }

  get bodyUsed(): boolean {
    return this.#isRead || this.#real?.bodyUsed === true;
  }

  text(): Promise<string> {
    return this._request.text();
  }

  json(): Promise<unknown> {
    return this._request.json();
  }

  [READ_CHUNKS](take: (chunk: Uint8Array) => boolean): Promise<void> | undefined {
    if (this.#real !== undefined || this.#isRead) return undefined;
    this.#isRead = true;
    if (this.#left !== undefined) take(this.#left);
    if (this.#left !== undefined || !mayHaveBody(this.#exchange)) return Promise.resolve();
    return readChunks(this.#exchange, take);
  }
}

/**
 * The request for a handler that responds directly.
 *
 * @throws {NotImplementedError} when the method cannot be a Fetch request's
 * @throws {TypeError} when something read the body and left nothing behind
 */
export function toDirectRequest(exchange: NodeExchange, url: URL): Request {
  if (FORBIDDEN.has(exchange.req.method)) throw new NotImplementedError("This HTTP method is not supported");
  return new DirectRequest(exchange, url) as unknown as Request;
}

/** Reads a body in chunks. If the handler stops reading, `leaveBody` decides about the rest. */
function readChunks(exchange: NodeExchange, take: (chunk: Uint8Array) => boolean): Promise<void> {
  const source: Readable = exchange.decodedBody ?? exchange.req;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      source.off("data", onData).off("end", onEnd).off("error", onGone).off("close", onGone);
    };
    const onData = (chunk: Uint8Array): void => {
      if (take(chunk)) return;
      stop();
      source.pause();
      source.on("error", () => {});
      resolve();
    };
    const onEnd = (): void => {
      stop();
      resolve();
    };
    const onGone = (): void => {
      stop();
      source.on("error", () => {});
      reject(clientGone());
    };
    source.on("data", onData).on("end", onEnd).on("error", onGone).on("close", onGone);
    if (source.destroyed && !source.readableEnded) onGone();
  });
}
