export type { NodeAdapterOptions } from "../adapters/node.ts";
export { toNodeListener } from "../adapters/node.ts";
export type { NodeRequest } from "../adapters/node-request.ts";
export type { NodeResponse } from "../adapters/node-response.ts";
export type { ScimHandler } from "../server/handler.ts";
