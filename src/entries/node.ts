export type { NodeAdapterOptions } from "../adapters/adapter-options.ts";
export type { NodeRequest, NodeResponse } from "../adapters/exchange.ts";
export { toNodeListener } from "../adapters/node.ts";
export type { ScimHandler } from "../server/handler.ts";
