export type { NodeAdapterOptions } from "../adapters/adapter-options.ts";
export type { FastifyReply, FastifyRequest, FastifyScope } from "../adapters/fastify.ts";
export { toFastify } from "../adapters/fastify.ts";
export type { NodeRequest, NodeResponse } from "../adapters/node-exchange.ts";
export type { ScimHandler } from "../server/handler.ts";
