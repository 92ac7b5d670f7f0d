import type { Socket } from "node:net";
import { type NodeExchange, type NodeRequest, outlet } from "./node-exchange.ts";

/** Bodies of at most so many bytes are read to the end and discarded, so that the connection can be kept. */
const MOST_DISCARDED = 65_536;
/** How long a client may take to receive the response before the connection is destroyed, in milliseconds. */
const LINGER_MS = 1000;

/**
 * Leaves the rest of a body that the handler did not read. To be called when the response is there and not sent yet.
 *
 * A short rest is discarded. Otherwise nothing more is read, and the connection is closed after the response, since on
 * HTTP/1 the rest comes before the next request. On HTTP/2 only the stream is closed.
 */
export function leaveBody({ req, res, decodedBody }: NodeExchange): void {
  const length = req.complete ? 0 : declaredLength(req);
  if (length === 0) return;
  const { stream } = res;
  if (stream !== undefined) {
    stream.once("finish", () => discardUpTo(req, () => stream.close()));
  } else if (length <= MOST_DISCARDED) {
    outlet(res).once("finish", () => (decodedBody ?? req).resume());
  } else {
    res.setHeader("Connection", "close");
    closeSlowly(req.socket as Socket);
    // Node resumes a request that nobody has read.
    res.once("finish", () => req.pause());
  }
}

/** Discards the rest of a body, and calls `close` if there is more than a short rest. */
function discardUpTo(req: NodeRequest, close: () => void): void {
  let left = MOST_DISCARDED;
  req.on("data", (chunk: Uint8Array) => {
    left -= chunk.length;
    if (left < 0) close();
  });
  req.resume();
}

/** The length that the client declared; infinite if it declared none, and 0 if there is no body. */
function declaredLength({ headers, httpVersionMajor }: NodeRequest): number {
  const length = headers["content-length"];
  if (length !== undefined) return Number(length);
  return headers["transfer-encoding"] !== undefined || httpVersionMajor === 2 ? Number.POSITIVE_INFINITY : 0;
}

/**
 * Makes the server end a connection after the response before it destroys it. A client whose data is still on the way
 * would get a reset, and might not see the response.
 */
function closeSlowly(socket: Socket): void {
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    timer.unref();
    socket.once("close", () => clearTimeout(timer));
  };
}
