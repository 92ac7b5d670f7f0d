import { createServer, type RequestListener, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { getRequestListener } from "@hono/node-server";
import fastify, { type FastifyInstance } from "fastify";
import { Hono } from "hono";
import Koa, { type Middleware } from "koa";
import type { NodeAdapterOptions } from "../../src/adapters/adapter-options.ts";
import { toExpress } from "../../src/adapters/express.ts";
import { toFastify } from "../../src/adapters/fastify.ts";
import { toHono } from "../../src/adapters/hono.ts";
import { toKoa } from "../../src/adapters/koa.ts";
import { toNodeListener } from "../../src/adapters/node.ts";
import type { ScimHandler } from "../../src/server/handler.ts";

/** The part of Express these tests use, of either version. */
type Express = RequestListener & { use(...parts: unknown[]): void; set(name: string, value: unknown): void };
type ExpressModule = (() => Express) & Record<"json" | "raw" | "text" | "urlencoded", (options?: object) => unknown>;

const require = createRequire(import.meta.url);
const express5 = require("express") as ExpressModule;
const express4 = require("express4") as ExpressModule;

/** One way of putting a handler behind a port. */
export interface Mount {
  readonly name: string;
  readonly listener: (handler: ScimHandler, options?: NodeAdapterOptions) => RequestListener | Promise<RequestListener>;
  /** Something in front reads bodies, and answers by itself to those that end half-way. */
  readonly isParsed?: boolean;
  /** It unpacks them too. */
  readonly isUnpacked?: boolean;
  /** A Fetch server in front makes the URL: it answers bad Host headers itself, and there is no `origin` to set. */
  readonly isFetch?: boolean;
}

const JSON_TYPES = ["application/json", "application/scim+json"];

function expressApp(express: ExpressModule, parsers: unknown[], prefix?: string): Mount["listener"] {
  return (handler, options) => {
    const app = express();
    for (const parser of parsers) app.use(parser);
    if (prefix === undefined) app.use(toExpress(handler, options));
    else app.use(prefix, toExpress(handler, options));
    return app;
  };
}

const parsed = { isParsed: true, isUnpacked: true } as const;
const jsonTypes = { type: JSON_TYPES, limit: "20mb" };
const all = { type: () => true, limit: "20mb" };

const onExpress: readonly Mount[] = [
  { name: "express 5", listener: expressApp(express5, []) },
  {
    name: "express 5 behind express.json()",
    ...parsed,
    listener: expressApp(express5, [express5.json(jsonTypes)]),
  },
  { name: "express 5 behind express.raw()", ...parsed, listener: expressApp(express5, [express5.raw(all)]) },
  { name: "express 5 behind express.text()", ...parsed, listener: expressApp(express5, [express5.text(all)]) },
  { name: "express 5 under a prefix", listener: expressApp(express5, [], "/scim/v2") },
  {
    name: "express 5 under a prefix, behind express.json()",
    ...parsed,
    listener: expressApp(express5, [express5.json(jsonTypes)], "/scim/v2"),
  },
  { name: "express 4", listener: expressApp(express4, []) },
  {
    name: "express 4 behind express.json()",
    ...parsed,
    listener: expressApp(express4, [express4.json(jsonTypes)], "/scim/v2"),
  },
  {
    name: "express 4 behind parsers for other media types",
    listener: expressApp(express4, [express4.json({ type: "text/other" }), express4.urlencoded({ extended: true })]),
  },
];

/** A parser as Koa's are: what it made of a body stands in `ctx.request.body`, an object if it read none. */
const koaParser: Middleware = async (ctx, next) => {
  const request = ctx.request as { body?: unknown };
  request.body = {};
  if (ctx.request.length !== 0 && ctx.is(JSON_TYPES)) {
    const isPacked = ctx.get("Content-Encoding") === "gzip";
    request.body = JSON.parse(await text(isPacked ? ctx.req.pipe(createGunzip()) : ctx.req));
  }
  await next();
};

/** What koa-mount does: `ctx.path` and with it `req.url` lose the prefix. */
function underPrefix(prefix: string, middleware: Middleware): Middleware {
  return async (ctx, next) => {
    const before = ctx.path;
    if (before !== prefix && !before.startsWith(`${prefix}/`)) return next();
    ctx.path = before.slice(prefix.length) || "/";
    await middleware(ctx, next);
    ctx.path = before;
  };
}

function koaApp(parsers: Middleware[], prefix?: string): Mount["listener"] {
  return (handler, options) => {
    const app = new Koa();
    app.silent = true;
    for (const parser of parsers) app.use(parser);
    app.use(prefix === undefined ? toKoa(handler, options) : underPrefix(prefix, toKoa(handler, options)));
    return app.callback() as RequestListener;
  };
}

const onKoa: readonly Mount[] = [
  { name: "koa", listener: koaApp([]) },
  { name: "koa behind a parser", ...parsed, listener: koaApp([koaParser]) },
  { name: "koa under a prefix", listener: koaApp([], "/scim/v2") },
  { name: "koa under a prefix, behind a parser", ...parsed, listener: koaApp([koaParser], "/scim/v2") },
];

function fastifyApp(prepare: (app: FastifyInstance) => void, prefix?: string): Mount["listener"] {
  return async (handler, options) => {
    const app = fastify({ bodyLimit: 100 });
    prepare(app);
    app.register(toFastify(handler, options), prefix === undefined ? {} : { prefix });
    await app.ready();
    return (req, res) => app.routing(req, res);
  };
}

const onFastify: readonly Mount[] = [
  { name: "fastify", listener: fastifyApp(() => {}) },
  { name: "fastify under a prefix", listener: fastifyApp(() => {}, "/scim/v2") },
  {
    name: "fastify under a prefix, with parsers of its own",
    listener: fastifyApp((app) => {
      app.addContentTypeParser(JSON_TYPES[1] ?? "", { parseAs: "string" }, (_request, body, done) => done(null, body));
    }, "/scim/v2"),
  },
  {
    name: "fastify where a hook unpacks bodies on their way",
    isUnpacked: true,
    listener: fastifyApp((app) => {
      app.addHook("preParsing", async (request, _reply, payload) => {
        if (request.headers["content-encoding"] !== "gzip") return payload;
        return payload.pipe(createGunzip());
      });
    }, "/scim/v2"),
  },
];

function honoApp(prepare: (app: Hono, handler: ReturnType<typeof toHono>) => void): Mount["listener"] {
  return (handler, options) => {
    const app = new Hono();
    app.onError((_error, c) => c.body(null, 500));
    prepare(app, toHono(handler, options?.onError === undefined ? {} : { onError: options.onError }));
    return getRequestListener(app.fetch) as RequestListener;
  };
}

const onHono: readonly Mount[] = [
  {
    name: "hono",
    isFetch: true,
    listener: honoApp((app, scim) => app.all("/scim/v2/*", scim)),
  },
  {
    name: "hono as a route of another application",
    isFetch: true,
    listener: honoApp((app, scim) => app.route("/scim", new Hono().all("/v2/*", scim))),
  },
  {
    name: "hono behind middleware that reads the body",
    isParsed: true,
    isFetch: true,
    listener: honoApp((app, scim) => {
      app.use(async (c, next) => {
        await c.req.text();
        await next();
      });
      app.all("/scim/v2/*", scim);
    }),
  },
];

export const mounts: readonly Mount[] = [
  { name: "node:http", listener: (handler, options) => toNodeListener(handler, options) },
  ...onExpress,
  ...onKoa,
  ...onFastify,
  ...onHono,
];

/** A server on a port of its own. */
export interface Running {
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

export async function listen(listener: RequestListener | Promise<RequestListener>): Promise<Running> {
  const server: Server = createServer(await listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
