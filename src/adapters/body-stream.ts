import { Readable } from "node:stream";
import type { NodeResponse } from "./node-exchange.ts";

/**
 * A response's body in the form that frameworks on Node need. It is cancelled when nothing reads it any more. If it
 * fails in the middle, the connection is closed, since that is the only way to report the failure. The framework does
 * not see the error: some frameworks would send it.
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
