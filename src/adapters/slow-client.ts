import type { NodeResponse } from "./node-exchange.ts";
import { isResponse, type Outgoing } from "./outgoing.ts";

/** How long a client may take nothing of a long response before the connection is closed, in milliseconds. */
const STALL_MS = 30_000;

/** Frees the memory of a long response when it was sent, or when its client is gone or takes nothing of it any more. */
export function watchSending(res: NodeResponse, outgoing: Outgoing): void {
  if (isResponse(outgoing) || typeof outgoing.text !== "object") return;
  const { sent } = outgoing;
  if (sent === undefined) return;
  if (res.destroyed) {
    sent();
    return;
  }
  res.once("close", sent);
  res.setTimeout(STALL_MS, () => res.destroy());
}
