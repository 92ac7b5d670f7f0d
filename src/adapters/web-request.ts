import { finished, PassThrough, type Readable } from "node:stream";
import { NodeRequest as LibraryRequest } from "srvx/node";
import { NotImplementedError } from "../errors/request-errors.ts";
import {
  bytesLeft,
  mayHaveBody,
  type NodeExchange,
  type NodeRequest,
  type NodeResponse,
  outlet,
} from "./node-exchange.ts";
import { BODY_HEADERS } from "./outgoing.ts";

/**
 * The Fetch request for a Node request, its body a stream. It is a real one: `new Request(request)` and
 * `fetch(request)` refuse the library's lazy look-alike.
 *
 * @throws {NotImplementedError} when the method cannot be a Fetch request's
 * @throws {TypeError} when something read the body and left nothing behind
 */
export function toWebRequest(exchange: NodeExchange, url: URL): Request {
  const { req, res } = exchange;
  const { method, headers, rawHeaders } = req;
  const left = mayHaveBody(exchange) ? bytesLeft(exchange) : undefined;
  const head = { method, headers, rawHeaders, ...(left === undefined ? {} : { rawBody: left }) };
  const isStream = mayHaveBody(exchange) && left === undefined;
  // The library hangs the body on what it takes for the Node request: a stream, the bytes themselves, or nothing.
  const standIn = isStream ? Object.assign(detachedBody(exchange.decodedBody ?? req, res), head) : head;
  const made = new LibraryRequest(contextOf(standIn, res));
  made._url = url;
  try {
    const request = made._request ?? made;
    if (left !== undefined || exchange.decodedBody !== undefined) {
      for (const name of BODY_HEADERS) request.headers.delete(name);
    }
    return request;
  } catch (cause) {
    throw new NotImplementedError("This HTTP method is not supported", { cause });
  }
}

/** What the library's request is made of. */
export function contextOf(req: object, res: NodeResponse): ConstructorParameters<typeof LibraryRequest>[0] {
  return { req, res } as unknown as ConstructorParameters<typeof LibraryRequest>[0];
}

/** What a reader is told whose client has gone. */
export function clientGone(): DOMException {
  return new DOMException("The client went away", "AbortError");
}

/**
 * The library destroys a stream that the handler stops reading. Were it the request, that would be the socket, and a
 * client whose body is refused would see no response. What is unread once the response is sent is thrown away, as Node
 * does with a body that nobody began to read; a kept-alive connection would stand still otherwise.
 */
function detachedBody(source: Readable | NodeRequest, res: NodeResponse): Readable {
  const body = source.pipe(new PassThrough());
  // Whoever reads is told by the stream; that nobody reads is no reason to end the process.
  body.on("error", () => {});
  finished(source, { writable: false }, (error) => {
    if (error) body.destroy(clientGone());
  });
  outlet(res).once("finish", () => {
    source.unpipe(body).resume();
    body.destroy();
  });
  return body;
}
