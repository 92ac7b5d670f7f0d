import type { ScimError } from "../../errors/scim-error.ts";
import type { DirectResponse, TextPieces } from "../../protocol/direct-response.ts";
import { SCIM_MEDIA_TYPE } from "../../protocol/media-types.ts";
import { textChunks } from "../../values/text-chunks.ts";

/** What an endpoint returns. */
export interface EndpointResponse {
  readonly status: number;
  /** Sent as JSON. Without it and without `text` the response has no body. */
  readonly body?: unknown;
  /** The body as JSON in pieces, instead of `body`. */
  readonly text?: TextPieces;
  readonly headers?: Readonly<Record<string, string>>;
  /** Why the request was refused, for the observer; not sent beyond what `body` and `headers` say of it. */
  readonly refusal?: ScimError;
}

/**
 * The response in the form that is sent. By default no cache may store it: bodies are personal data.
 *
 * @throws {TypeError} for a body that is not JSON and for an invalid header
 */
export function directResponse(response: EndpointResponse, requestId: string, withBody: boolean): DirectResponse {
  const headers: Record<string, string> = {
    "Cache-Control": "no-store",
    ...response.headers,
    "X-Request-Id": requestId,
  };
  for (const value of Object.values(headers)) {
    if (!HEADER_VALUE.test(value)) throw new TypeError("The response has a header that cannot be sent");
  }
  const { status, body, text } = response;
  if (body === undefined && text === undefined) return { status, headers, text: undefined };
  headers["Content-Type"] = SCIM_MEDIA_TYPE;
  if (!withBody) return { status, headers, text: undefined };
  return { status, headers, text: text === undefined ? JSON.stringify(body) : joinedIfShort(text) };
}

/** Short texts are sent in one piece, which is faster. */
function joinedIfShort(pieces: TextPieces): string | TextPieces {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length <= MOST_AT_ONCE ? pieces.join("") : pieces;
}

/** The same as a `Response`. */
export function toResponse({ status, headers, text, sent }: DirectResponse): Response {
  const body = typeof text === "object" ? textStream(text, sent) : (text ?? null);
  return new Response(body, { status, headers });
}

/** A stream of a text that makes each chunk when the reader requests it. `sent` is called when it ends. */
function textStream(pieces: TextPieces, sent: () => void = () => undefined): ReadableStream<Uint8Array> {
  const chunks = textChunks(pieces);
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      pull(controller) {
        const { value, done } = chunks.next();
        if (done !== true) {
          controller.enqueue(encoder.encode(value));
          return;
        }
        controller.close();
        sent();
      },
      cancel: sent,
    },
    { highWaterMark: 0 },
  );
}

/** The most characters that are sent in one piece. */
const MOST_AT_ONCE = 131_072;

/** RFC 9110 section 5.5. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The response to an error: its wire form, and the headers that HTTP requires for its status. */
export function errorResponse(error: ScimError): EndpointResponse {
  return { status: error.status, body: error.toJSON(), headers: errorHeaders(error), refusal: error };
}

function errorHeaders(error: ScimError): Record<string, string> {
  // By status and property, not by class: another copy of this package may have made the error.
  if (error.status === 401) return { "WWW-Authenticate": challengeOf(error) };
  if (error.status === 405 && "allow" in error && Array.isArray(error.allow)) return { Allow: error.allow.join(", ") };
  if (error.status === 429 || error.status === 503) return { "Retry-After": String(retryAfterSeconds(error)) };
  return {};
}

function challengeOf(error: ScimError): string {
  const challenge = `${textProperty(error, "scheme") ?? "Bearer"} realm="SCIM"`;
  return textProperty(error, "challengeError") === "invalid_token" ? `${challenge}, error="invalid_token"` : challenge;
}

function textProperty(error: ScimError, name: string): string | undefined {
  const value = (error as unknown as Record<string, unknown>)[name];
  return typeof value === "string" ? value : undefined;
}

function retryAfterSeconds(error: ScimError): number {
  const wait = "retryAfterMs" in error ? Number(error.retryAfterMs) : Number.NaN;
  return Number.isFinite(wait) ? Math.max(1, Math.ceil(wait / 1000)) : 1;
}
