import { URN } from "../../protocol/urns.ts";
import type { Outgoing } from "./exchange.ts";
import type { Json } from "./person-document.ts";

/** A write without its path: the method, and the body. */
export interface Write extends Pick<Outgoing, "body"> {
  readonly method: "PUT" | "PATCH";
}

/** A PATCH with these operations. */
export function patchWith(...operations: readonly Json[]): Write {
  return { method: "PATCH", body: { schemas: [URN.patchOp], Operations: operations } };
}

/** Members as most products send them. */
export function memberValues(ids: readonly string[]): Json[] {
  return ids.map((value) => ({ value }));
}
