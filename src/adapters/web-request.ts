import { finished, PassThrough, type Readable } from "node:stream";
import { NodeRequest as LibraryRequest } from "srvx/node";
import { NotImplementedError } from "../errors/request-errors.ts";
import {
  addressOf,
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
 * `fetch(request)` reject the library's lazy request.
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
  // The library reads the body from this property: a stream, the bytes themselves, or nothing.
  const standIn = isStream ? Object.assign(detachedBody(exchange.decodedBody ?? req, res), head) : head;
  const made = new LibraryRequest(contextOf(standIn, res));
  made._url = url;
  try {
    const request = made._request ?? made;
    if (left !== undefined || exchange.decodedBody !== undefined) {
      for (const name of BODY_HEADERS) request.headers.delete(name);
    }
    return Object.defineProperty(request, "ip", { value: addressOf(exchange), configurable: true });
  } catch (cause) {
    throw new NotImplementedError("This HTTP method is not supported", { cause });
  }
}

/** The input of the library's request. */
export function contextOf(req: object, res: NodeResponse): ConstructorParameters<typeof LibraryRequest>[0] {
  return { req, res } as unknown as ConstructorParameters<typeof LibraryRequest>[0];
}

/** The error of a reader whose client has disconnected. */
export function clientGone(): DOMException {
  return new DOMException("The client has disconnected", "AbortError");
}

/**
 * The library destroys a stream that the handler stops reading. If this were the request, the socket would be
 * destroyed, and a client whose body is rejected would see no response. `leaveBody` decides about an unread rest.
 */
function detachedBody(source: Readable | NodeRequest, res: NodeResponse): Readable {
  const body = source.pipe(new PassThrough());
  // A reader gets the error from the stream. Without a reader, the error must not end the process.
  body.on("error", () => {});
  finished(source, { writable: false }, (error) => {
    if (error) body.destroy(clientGone());
  });
  outlet(res).once("finish", () => {
    source.unpipe(body);
    body.destroy();
  });
  return body;
}
