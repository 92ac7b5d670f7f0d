import { InvalidSyntaxError, PayloadTooLargeError, UnsupportedMediaTypeError } from "../errors/request-errors.ts";
import { hasRepeatedName } from "./repeated-name.ts";

/** What a body may be. */
export interface BodyLimits {
  /** Most bytes. */
  readonly maxBodyBytes: number;
  /** Deepest nesting of objects and arrays. */
  readonly maxJsonDepth: number;
  /** What a client is told whose body has more bytes. @default how many there may be */
  readonly tooLarge?: string;
}

/**
 * The JSON object in a request's body.
 *
 * Bytes are counted while they arrive, so that a large body is refused before it is held, and depth before it is parsed,
 * so that nesting cannot exhaust the stack.
 *
 * @throws {PayloadTooLargeError} beyond `maxBodyBytes`
 * @throws {UnsupportedMediaTypeError} for a content type that is not JSON; none at all is tolerated
 * @throws {InvalidSyntaxError} for anything that is not one JSON object in UTF-8, and where a name stands twice in an
 * object
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<Record<string, unknown>> {
  checkMediaType(request.headers.get("content-type"));
  const text = decode(await readBytes(request, limits));
  checkDepth(text, limits.maxJsonDepth);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InvalidSyntaxError("The request body is not valid JSON", { cause });
  }
  if (hasRepeatedName(text)) throw new InvalidSyntaxError("The request body gives a member of an object twice");
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidSyntaxError("The request body must be a JSON object");
  }
  return value as Record<string, unknown>;
}

function checkMediaType(header: string | null): void {
  if (header === null || header.trim() === "") return;
  const type = (header.split(";", 1)[0] ?? "").trim().toLowerCase();
  if (type === "application/json" || type.endsWith("+json") || type === "text/json") return;
  throw new UnsupportedMediaTypeError("The request body must be application/scim+json or application/json");
}

async function readBytes(request: Request, { maxBodyBytes: limit, tooLarge: detail }: BodyLimits): Promise<Uint8Array> {
  const tooLarge = (): PayloadTooLargeError =>
    new PayloadTooLargeError(detail ?? `The request body is larger than ${limit} bytes`, { limit });
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  let bytes = new Uint8Array(FIRST_BUFFER);
  let size = 0;
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, size);
    const end = size + value.byteLength;
    if (end > limit) {
      await reader.cancel();
      throw tooLarge();
    }
    // Copied rather than kept: a client that sends single bytes would make us hold a chunk for each.
    if (end > bytes.byteLength) bytes = enlarged(bytes, Math.max(end, 2 * bytes.byteLength));
    bytes.set(value, size);
    size = end;
  }
}

function enlarged(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidSyntaxError("The request body is not UTF-8", { cause });
  }
}

function checkDepth(text: string, limit: number): void {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === BACKSLASH) index += 1;
      else if (character === QUOTE) inString = false;
    } else if (character === QUOTE) {
      inString = true;
    } else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
      depth += 1;
      if (depth > limit) throw new InvalidSyntaxError(`The request body nests deeper than ${limit} levels`);
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) {
      depth -= 1;
    }
  }
}

const FIRST_BUFFER = 4096;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
