import { Readable } from "node:stream";
import type { TextPieces } from "../protocol/direct-response.ts";
import { textChunks } from "../values/text-chunks.ts";

/** The length of a body in bytes. */
export function bodyLength(text: string | TextPieces): number {
  if (typeof text === "string") return Buffer.byteLength(text);
  return text.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
}

/** A long body as a stream, so that the next chunk is made only when the client has taken the ones before. */
export function textBody(pieces: TextPieces): Readable {
  return Readable.from(textChunks(pieces), { objectMode: false });
}
