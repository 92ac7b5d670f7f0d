import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { InvalidSyntaxError, NotImplementedError } from "../errors/request-errors.ts";
import type { NodeResponse } from "./node-response.ts";

/** What the adapters read of a Node request; `IncomingMessage` and the HTTP/2 compatibility request both are one. */
export interface NodeRequest extends Readable {
  readonly method?: string;
  readonly url?: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly socket: object;
}

/** What a framework in front knows better than the Node request. */
export interface FrameworkView {
  /** The request target as the client sent it, before a mount prefix was cut off. */
  readonly target: string | undefined;
  /** `https` where the framework trusts a proxy that says so. */
  readonly protocol: string | undefined;
  /** What a body parser left; looked at only if the stream was read before us. */
  readonly parsedBody: unknown;
}

/** Headers that describe the bytes that came in; not true of a body that a parser decoded and we wrote again. */
const BODY_HEADERS: readonly string[] = ["content-encoding", "content-length", "transfer-encoding"];

/**
 * The Fetch request for a Node request. Reads nothing: the body is a stream that pulls from the socket as the handler
 * reads it, and buffers no more than Node does.
 *
 * @throws {InvalidSyntaxError} when the Host header or the request target is not one
 * @throws {NotImplementedError} when the method cannot be a Fetch request's
 * @throws {TypeError} when something read the body and left nothing behind
 */
export function toWebRequest(
  req: NodeRequest,
  view: FrameworkView,
  options: { readonly origin: string | undefined; readonly signal: AbortSignal; readonly res: NodeResponse },
): Request {
  const url = requestUrl(req, view, options.origin);
  const headers = requestHeaders(req);
  const body = requestBody(req, options.res, view);
  if (req.readableDidRead) for (const name of BODY_HEADERS) headers.delete(name);
  const init: RequestInit & { duplex: "half" } = {
    method: req.method ?? "GET",
    headers,
    body,
    signal: options.signal,
    duplex: "half",
  };
  try {
    return new Request(url, init);
  } catch (cause) {
    throw new NotImplementedError("This HTTP method is not supported", { cause });
  }
}

function requestUrl(req: NodeRequest, view: FrameworkView, configured: string | undefined): string {
  const origin = configured ?? originOf(req, view.protocol);
  const target = view.target ?? "/";
  if (target.startsWith("/")) return readUrl(`${origin}${target}`);
  // The absolute form of RFC 9112 section 3.2.2; its authority is no more to be trusted than the Host header.
  const absolute = URL.canParse(target) ? new URL(target) : undefined;
  if (absolute?.protocol !== "http:" && absolute?.protocol !== "https:") {
    throw new InvalidSyntaxError("The request target is not a path");
  }
  return readUrl(`${origin}${absolute.pathname}${absolute.search}`);
}

function readUrl(text: string): string {
  if (!URL.canParse(text)) throw new InvalidSyntaxError("The request target is not a URL");
  return new URL(text).href;
}

function originOf(req: NodeRequest, protocol: string | undefined): string {
  const encrypted = "encrypted" in req.socket && req.socket.encrypted === true;
  const scheme = (protocol ?? (encrypted ? "https" : "http")) === "https" ? "https" : "http";
  const authority = req.headers[":authority"];
  const host = (typeof authority === "string" ? authority : req.headers.host) ?? "localhost";
  const origin = `${scheme}://${host}`;
  if (/[\s/?#@\\]/.test(host) || !URL.canParse(origin)) throw new InvalidSyntaxError("The Host header is not a host");
  return origin;
}

/** Every header as often as it came; a second `Authorization` must not vanish behind the first. */
function requestHeaders(req: NodeRequest): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index] ?? "";
    if (!name.startsWith(":")) headers.append(name, req.rawHeaders[index + 1] ?? "");
  }
  return headers;
}

/**
 * Asks whether the stream was read, not whether `body` is there: Express 4's parsers leave `{}` behind where they read
 * nothing, and `{}`, `""` and `null` are bodies too where they did. A stream that ended unread had no bytes.
 */
function requestBody(req: NodeRequest, res: NodeResponse, view: FrameworkView): BodyInit | null {
  if (req.method === "GET" || req.method === "HEAD") return null;
  if (!req.readableDidRead) return req.readableEnded ? null : streamOf(req, res);
  const parsed = view.parsedBody;
  if (parsed === undefined) throw new TypeError("The request body was read before the SCIM handler, and not kept");
  if (typeof parsed === "string") return parsed;
  if (parsed instanceof Uint8Array) return new Uint8Array(parsed);
  return JSON.stringify(parsed);
}

/**
 * Not `Readable.toWeb`: cancelling that destroys the socket, so that a client whose body is refused would see a reset
 * connection in place of the answer. What is unread when the answer is sent is thrown away, as Node itself does with a
 * body that nobody began to read; a kept-alive connection would stand still otherwise.
 */
function streamOf(req: NodeRequest, res: NodeResponse): ReadableStream<Uint8Array> {
  let stop = (): void => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const onData = (chunk: Uint8Array): void => {
          req.pause();
          controller.enqueue(chunk);
        };
        const onEnd = (): void => {
          stop();
          controller.close();
        };
        stop = () => {
          req.off("data", onData).off("end", onEnd);
        };
        const fail = (error: unknown): void => {
          stop();
          controller.error(error);
        };
        // Paused first, or listening for data would set it flowing.
        req.pause();
        req.on("data", onData).on("end", onEnd).on("error", fail);
        res.once("finish", () => {
          stop();
          req.resume();
        });
        res.once("close", () => fail(new DOMException("The client is gone or has its answer", "AbortError")));
      },
      pull() {
        req.resume();
      },
      cancel() {
        stop();
        req.pause();
      },
    },
    // Nothing is read ahead of the handler.
    { highWaterMark: 0 },
  );
}
