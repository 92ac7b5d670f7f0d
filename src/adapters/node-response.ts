import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";

/** What the adapters write of a Node response; `ServerResponse` and the HTTP/2 compatibility response both are one. */
export interface NodeResponse extends Writable {
  statusCode: number;
  readonly headersSent: boolean;
  setHeader(name: string, value: string | string[]): unknown;
}

/**
 * Writes a Fetch response to a Node response, chunk by chunk, as fast as the client takes it.
 *
 * A client that is gone cancels the body. A body that fails half-way resets the connection, since a cut answer must not
 * look like a whole one; the promise then rejects with the reason.
 */
export async function sendWebResponse(response: Response, res: NodeResponse, method: string): Promise<void> {
  if (res.destroyed) {
    await response.body?.cancel();
    return;
  }
  res.statusCode = response.status;
  for (const [name, value] of response.headers) if (name !== "set-cookie") res.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader("set-cookie", cookies);
  if (response.body === null || method === "HEAD") {
    res.end();
    await response.body?.cancel();
    return;
  }
  // The same class under two names: the DOM's types and Node's.
  await pipeline(Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>), res);
}
