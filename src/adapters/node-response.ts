import type { Writable } from "node:stream";

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
  await pump(response.body.getReader(), res);
}

/** Much cheaper than a pipeline through `Readable.fromWeb`, which the short answers of this protocol would notice. */
async function pump(reader: ReadableStreamDefaultReader<Uint8Array>, res: NodeResponse): Promise<void> {
  // Ends a read that waits for a body that stands still.
  const onClose = (): void => {
    reader.cancel().catch(() => {});
  };
  res.once("close", onClose);
  for (let part = await reader.read(); !part.done && !res.destroyed; part = await reader.read()) {
    if (!res.write(part.value)) await drained(res);
  }
  res.off("close", onClose);
  if (res.destroyed) await reader.cancel();
  else res.end();
}

function drained(res: NodeResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off("drain", done).off("close", done);
      resolve();
    };
    res.on("drain", done).on("close", done);
    if (res.destroyed) done();
  });
}
