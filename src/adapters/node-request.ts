import type { IncomingHttpHeaders } from "node:http";
import { finished, PassThrough, type Readable, type Writable } from "node:stream";
import { NodeRequest as LibraryRequest } from "srvx/node";
import { InvalidSyntaxError, NotImplementedError } from "../errors/request-errors.ts";

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
}

/** Headers that describe the bytes that came in; not true of a body that a parser decoded and we wrote again. */
const BODY_HEADERS: readonly string[] = ["content-encoding", "content-length", "transfer-encoding"];

/**
 * The Fetch request for a Node request, its body a stream; `origin` takes the place of the Host header.
 *
 * @throws {InvalidSyntaxError} when the Host header or the request target is not one
 * @throws {NotImplementedError} when the method cannot be a Fetch request's
 * @throws {TypeError} when something read the body and left nothing behind
 */
export function toWebRequest(exchange: Exchange, origin: string | undefined): Request {
  const url = requestUrl(exchange, origin);
  const wasRead = exchange.req.readableDidRead;
  const context = { req: standIn(exchange), res: exchange.res };
  const made = new LibraryRequest(context as unknown as ConstructorParameters<typeof LibraryRequest>[0]);
  made._url = url;
  try {
    // The real request behind it: `new Request(request)` and `fetch(request)` refuse the library's lazy look-alike.
    const request = made._request ?? made;
    if (wasRead) for (const name of BODY_HEADERS) request.headers.delete(name);
    return request;
  } catch (cause) {
    throw new NotImplementedError("This HTTP method is not supported", { cause });
  }
}

function requestUrl({ req, target = "/", protocol }: Exchange, origin: string | undefined): URL {
  // The absolute form of RFC 9112 section 3.2.2; its authority is no more to be trusted than the Host header.
  const absolute = /^https?:/i.test(target) ? URL.parse(target) : null;
  const path = absolute === null ? target : absolute.pathname + absolute.search;
  const url = path.startsWith("/") ? URL.parse(`${origin ?? originOf(req, protocol)}${path}`) : null;
  if (url === null) throw new InvalidSyntaxError("The request target is not a path");
  return url;
}

function originOf(req: NodeRequest, protocol: string | undefined): string {
  const encrypted = "encrypted" in req.socket && req.socket.encrypted === true;
  const scheme = (protocol ?? (encrypted ? "https" : "http")) === "https" ? "https" : "http";
  const origin = `${scheme}://${req.headers[":authority"] ?? req.headers.host ?? "localhost"}`;
  if (/[\s/?#@\\]/.test(origin.slice(scheme.length + 3)) || !URL.canParse(origin)) {
    throw new InvalidSyntaxError("The Host header is not a host");
  }
  return origin;
}

/**
 * What the library takes for the Node request: the same head, and a body that it may destroy or that is there already.
 *
 * Asks whether the stream was read, not whether `body` is there: Express 4's parsers leave `{}` behind where they read
 * nothing, and `{}`, `""` and `null` are bodies too where they did.
 */
function standIn({ req, res, parsedBody }: Exchange): object {
  const { method, headers, rawHeaders } = req;
  const head = { method, headers, rawHeaders };
  if (method === "GET" || method === "HEAD") return head;
  if (!req.readableDidRead) return Object.assign(detachedBody(req, res), head);
  if (parsedBody === undefined) throw new TypeError("The request body was read before the SCIM handler, and not kept");
  const isText = typeof parsedBody === "string" || parsedBody instanceof Uint8Array;
  return { ...head, rawBody: Buffer.from(isText ? parsedBody : JSON.stringify(parsedBody)) };
}

/**
 * The library destroys a stream that the handler stops reading. Were it the request, that would be the socket, and a
 * client whose body is refused would see no answer. What is unread once the answer is sent is thrown away, as Node does
 * with a body that nobody began to read; a kept-alive connection would stand still otherwise.
 */
function detachedBody(req: NodeRequest, res: NodeResponse): Readable {
  const body = req.pipe(new PassThrough());
  // Whoever reads is told by the stream; that nobody reads is no reason to end the process.
  body.on("error", () => {});
  finished(req, { writable: false }, (error) => {
    if (error) body.destroy(new DOMException("The client went away", "AbortError"));
  });
  outlet(res).once("finish", () => {
    req.unpipe(body).resume();
    body.destroy();
  });
  return body;
}

/** Says when an answer is written, and why it was not: HTTP/2's response does not until the client has finished too. */
export function outlet(res: NodeResponse): Writable {
  return res.stream ?? res;
}
