import { Readable } from "node:stream";
import type { NodeResponse } from "./node-exchange.ts";

/**
 * A response's body in the form that frameworks on Node take, cancelled when nobody wants it any more. When it fails
 * half-way the connection is broken, since nothing else can say so, and no framework sees the error: some would send
 * it.
 */
export function bodyStream(
  body: ReadableStream<Uint8Array>,
  res: NodeResponse,
  tell: (error: unknown) => void,
): Readable {
  const reader = body.getReader();
  return new Readable({
    read() {
      reader.read().then(
        ({ done, value }) => this.push(done ? null : value),
        (error: unknown) => {
          tell(error);
          res.destroy();
          this.destroy();
        },
      );
    },
    destroy(error, done) {
      reader.cancel().catch(() => {});
      done(error);
    },
  });
}
