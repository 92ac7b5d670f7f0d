/**
 * A source in Koa, Fastify and Hono, and on Node alone: `npm run example accept-frameworks koa`. It listens on `PORT`, by
 * default 3000.
 */
import { createServer, type Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { createSource, memoryStorage, type Source } from "scimkit";
import { toFastify } from "scimkit/fastify";
import { toHono } from "scimkit/hono";
import { toKoa } from "scimkit/koa";
import { toNodeListener } from "scimkit/node";
import { startedDirectly } from "./started-directly.ts";

/** On `node:http`, which asks the source everything. */
export function onNode(source: Source): Server {
  // #region node
  const server = createServer(toNodeListener(source.fetch));
  // #endregion node
  return server;
}

/** In a Koa application, which keeps every other path to itself. */
export function inKoa(source: Source): Server {
  const app = new Koa();
  // #region koa
  const { pathname } = new URL(source.baseUrl);
  const scim = toKoa(source.fetch);
  app.use((ctx, next) => (`${ctx.path}/`.startsWith(`${pathname}/`) ? scim(ctx) : next()));
  // #endregion koa
  return createServer(app.callback());
}

/** In a Fastify application. */
export async function inFastify(source: Source): Promise<Server> {
  const app = fastify();
  // #region fastify
  app.register(toFastify(source.fetch), { prefix: new URL(source.baseUrl).pathname });
  // #endregion fastify
  await app.ready();
  return app.server;
}

/** In a Hono application, here on Node. */
export function inHono(source: Source): Server {
  const app = new Hono();
  // #region hono
  app.all(`${new URL(source.baseUrl).pathname}/*`, toHono(source.fetch));
  // #endregion hono
  return createAdaptorServer(app) as Server;
}

if (startedDirectly(import.meta.url)) {
  const servers: Readonly<Record<string, (source: Source) => Server | Promise<Server>>> = {
    ...{ node: onNode, koa: inKoa, fastify: inFastify, hono: inHono },
  };
  const [name = "node"] = process.argv.slice(2);
  const serverOf = servers[name];
  if (serverOf === undefined) {
    console.error(`There is no ${name}; there are ${Object.keys(servers).join(", ")}`);
    process.exit(2);
  }
  const port = Number(process.env.PORT ?? 3000);
  const source = createSource({ slug: "okta", baseUrl: `http://127.0.0.1:${port}`, storage: memoryStorage() });
  const { token } = await source.tokens.issue({ name: "Okta" });
  (await serverOf(source)).listen(port, "127.0.0.1", () => console.log(`${source.baseUrl}\n${token}`));
}
