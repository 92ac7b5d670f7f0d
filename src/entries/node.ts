export type { NodeAdapterOptions } from "../adapters/node.ts";
export { toNodeListener } from "../adapters/node.ts";
export type { NodeRequest, NodeResponse } from "../adapters/node-request.ts";
export type { ScimHandler } from "../server/handler.ts";
