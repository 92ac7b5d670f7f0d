// Koa, Fastify and Hono, bare and with a handler of ours.
import type { RequestListener } from "node:http";
import { json } from "node:stream/consumers";
import { getRequestListener } from "@hono/node-server";
import fastify, { type FastifyInstance } from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { toFastify } from "scimkit/fastify";
import { toHono } from "scimkit/hono";
import { toKoa } from "scimkit/koa";
import type { ScimHandler } from "scimkit/server";
import { bareAnswer } from "./bare-answer.ts";
import type { Person } from "./people.ts";

const SCIM = "application/scim+json";
const METHODS_WITH_BODY: readonly string[] = ["POST", "PATCH"];

export function koaWith(handler: ScimHandler): RequestListener {
  return new Koa().use(toKoa(handler)).callback() as RequestListener;
}

export function bareKoa(known: readonly Person[]): RequestListener {
  const app = new Koa();
  app.use(async (ctx) => {
    const body = METHODS_WITH_BODY.includes(ctx.method) ? await json(ctx.req) : undefined;
    const [status, answer] = bareAnswer(ctx.method, ctx.url, body, known);
    ctx.status = status;
    ctx.type = SCIM;
    ctx.body = JSON.stringify(answer);
  });
  return app.callback() as RequestListener;
}

async function listenerOf(app: FastifyInstance): Promise<RequestListener> {
  await app.ready();
  return (req, res) => app.routing(req, res);
}

export function fastifyWith(handler: ScimHandler): Promise<RequestListener> {
  const app = fastify();
  app.register(toFastify(handler), { prefix: "/scim/v2" });
  return listenerOf(app);
}

export function bareFastify(known: readonly Person[]): Promise<RequestListener> {
  const app = fastify();
  app.addContentTypeParser(SCIM, { parseAs: "string" }, app.getDefaultJsonParser("error", "error"));
  app.all("/scim/v2/*", async (request, reply) => {
    const [status, answer] = bareAnswer(request.method, request.url, request.body, known);
    return reply.code(status).type(SCIM).send(JSON.stringify(answer));
  });
  return listenerOf(app);
}

export function honoWith(handler: ScimHandler): RequestListener {
  const app = new Hono();
  app.all("/scim/v2/*", toHono(handler));
  return getRequestListener(app.fetch) as RequestListener;
}

export function bareHono(known: readonly Person[]): RequestListener {
  const app = new Hono();
  app.all("/scim/v2/*", async (c) => {
    const body = METHODS_WITH_BODY.includes(c.req.method) ? await c.req.json() : undefined;
    const [status, answer] = bareAnswer(c.req.method, c.req.url, body, known);
    return new Response(JSON.stringify(answer), { status, headers: { "content-type": SCIM } });
  });
  return getRequestListener(app.fetch) as RequestListener;
}
