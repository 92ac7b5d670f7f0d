export type { NodeAdapterOptions } from "../adapters/adapter-options.ts";
export { toNodeListener } from "../adapters/node.ts";
export type { NodeRequest, NodeResponse } from "../adapters/node-exchange.ts";
export type { ScimHandler } from "../server/handler.ts";
