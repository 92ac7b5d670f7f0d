import { InvalidSyntaxError, PayloadTooLargeError, UnsupportedMediaTypeError } from "../../errors/request-errors.ts";
import { READ_CHUNKS, type ReadsChunks } from "../../protocol/direct-response.ts";
import { shortened } from "../../values/shortened.ts";
import { spendBytes } from "../../work/spend-bytes.ts";
import type { Work } from "../../work/work.ts";
import { GatheredBytes } from "./gathered-bytes.ts";
import { checkDepth } from "./json-depth.ts";
import { repeatedName } from "./repeated-name.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Limits of a request body. */
export interface BodyLimits {
  /** The largest body, in bytes. */
  readonly maxBodyBytes: number;
  /** Deepest nesting of objects and arrays. */
  readonly maxJsonDepth: number;
  /** The error's detail for a body that is too large. @default a sentence that names the limit */
  readonly tooLarge?: string;
}

/**
 * The JSON object in a request's body.
 *
 * Bytes are counted as they arrive, so that a large body is refused before it is in memory. Nesting is checked before
 * parsing, so that it cannot exhaust the stack. Reading is charged to `work`.
 *
 * @throws {PayloadTooLargeError} beyond `maxBodyBytes`
 * @throws {TooManyError} when the work is used up
 * @throws {UnsupportedMediaTypeError} for a content type that is not JSON (a missing one is accepted), and for a body
 * that is still encoded (`Content-Encoding`)
 * @throws {InvalidSyntaxError} for a body that is not one JSON object in UTF-8, an object with two members of the same
 * name, and a body that ends early
 */
export async function readBody(request: Request, limits: BodyLimits, work: Work): Promise<Record<string, unknown>> {
  checkMediaType(request.headers.get("content-type"));
  const bytes = await readBytes(request, limits);
  spendBytes(work, bytes.byteLength, "reading the body");
  const text = decode(request, bytes);
  checkDepth(text, limits.maxJsonDepth);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InvalidSyntaxError("The request body is not valid JSON", { cause });
  }
  const repeated = repeatedName(text);
  if (repeated !== undefined) {
    throw new InvalidSyntaxError(
      `The request body gives the member ${JSON.stringify(shortened(repeated, 64))} of an object twice`,
    );
  }
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

/**
 * The bytes of a request's body.
 *
 * @throws {PayloadTooLargeError} beyond `maxBodyBytes`
 * @throws {InvalidSyntaxError} for a body that ends early
 */
export async function readBytes(
  request: Request,
  { maxBodyBytes: limit, tooLarge: detail }: Omit<BodyLimits, "maxJsonDepth">,
): Promise<Uint8Array> {
  const tooLarge = (): PayloadTooLargeError =>
    new PayloadTooLargeError(detail ?? `The request body is larger than ${limit} bytes`, { limit });
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  const gathered = new GatheredBytes(limit);
  const take = (chunk: Uint8Array): boolean => gathered.take(chunk);
  const chunks = (request as Partial<ReadsChunks>)[READ_CHUNKS]?.(take);
  await (chunks === undefined ? readStream(request.body, take) : chunks.catch(endedEarly));
  if (gathered.isTooLarge) throw tooLarge();
  return gathered.bytes;
}

/** Passes the chunks to `take` until there are no more, or `take` returns false. */
async function readStream(body: Request["body"], take: (chunk: Uint8Array) => boolean): Promise<void> {
  if (body === null) return;
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(endedEarly);
    if (done) return;
    if (!take(value)) return reader.cancel();
  }
}

/** The connection broke, or a decoder in between failed: it is not an error of this server. */
function endedEarly(cause: unknown): never {
  throw new InvalidSyntaxError("The request body could not be read to its end", { cause });
}

function decode(request: Request, bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    // The header alone proves nothing: frameworks that decode the body leave it in place.
    if (request.headers.has("content-encoding")) {
      throw new UnsupportedMediaTypeError("The request body must be sent without Content-Encoding", { cause });
    }
    throw new InvalidSyntaxError("The request body is not UTF-8", { cause });
  }
}
