export type { NodeAdapterOptions } from "../adapters/adapter-options.ts";
export type { ExpressRequest } from "../adapters/express.ts";
export { toExpress } from "../adapters/express.ts";
export type { NodeResponse } from "../adapters/node-exchange.ts";
export type { ScimHandler } from "../server/handler.ts";
