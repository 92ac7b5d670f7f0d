export type { NodeAdapterOptions } from "../adapters/adapter-options.ts";
export { toNodeListener } from "../adapters/node.ts";
export type { NodeRequest, NodeResponse } from "../adapters/node-exchange.ts";
export type { ScryptOptions } from "../adapters/scrypt-hash.ts";
export { scryptHash, verifyScrypt } from "../adapters/scrypt-hash.ts";
export type { ScimHandler } from "../server/handler.ts";
