export type { NodeAdapterOptions } from "../adapters/adapter-options.ts";
export type { KoaContext } from "../adapters/koa.ts";
export { toKoa } from "../adapters/koa.ts";
export type { NodeRequest, NodeResponse } from "../adapters/node-exchange.ts";
export type { ScimHandler } from "../server/handler.ts";
