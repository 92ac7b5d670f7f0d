export type { ExpressRequest } from "../adapters/express.ts";
export { toExpress } from "../adapters/express.ts";
export type { NodeAdapterOptions } from "../adapters/node.ts";
export type { NodeResponse } from "../adapters/node-request.ts";
export type { ScimHandler } from "../server/handler.ts";
