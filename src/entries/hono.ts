export type { FetchAdapterOptions } from "../adapters/adapter-options.ts";
export type { HonoContext } from "../adapters/hono.ts";
export { toHono } from "../adapters/hono.ts";
export type { ScimHandler } from "../server/handler.ts";
