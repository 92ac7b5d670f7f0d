export type { FetchAdapterOptions, HonoContext } from "../adapters/adapter-options.ts";
export { toHono } from "../adapters/hono.ts";
export type { ScimHandler } from "../server/handler.ts";
