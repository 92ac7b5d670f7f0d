import type { RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { describe, expect, it } from "vitest";
import { toExpress } from "../../src/adapters/express.ts";
import { toFastify } from "../../src/adapters/fastify.ts";
import { toHono } from "../../src/adapters/hono.ts";
import { toKoa } from "../../src/adapters/koa.ts";
import { toNodeListener } from "../../src/adapters/node.ts";
import type { ScimHandler } from "../../src/server/handler.ts";
import { answeringDirectly } from "./echo-handler.ts";
import { listen } from "./mounts.ts";

/** Says from which address a request came. */
const addressHandler: ScimHandler = async (request) => new Response(String((request as { ip?: string }).ip));

/** Behind a proxy that it trusts, if `trusts`. */
type Mounted = (handler: ScimHandler, trusts: boolean) => RequestListener | Promise<RequestListener>;

const MOUNTS: Readonly<Record<string, Mounted>> = {
  Express: (handler, trusts) => {
    const app = express() as unknown as RequestListener & {
      set(name: string, value: unknown): void;
      use(middleware: unknown): void;
    };
    app.set("trust proxy", trusts);
    app.use(toExpress(handler));
    return app;
  },
  Koa: (handler, trusts) => {
    const app = new Koa({ proxy: trusts });
    app.use(toKoa(handler));
    return app.callback() as RequestListener;
  },
  Fastify: async (handler, trusts) => {
    const app = fastify({ trustProxy: trusts });
    app.register(toFastify(handler));
    await app.ready();
    return (req, res) => app.routing(req, res);
  },
};

describe.each([
  { kind: "a handler of anyone's", handler: addressHandler },
  { kind: "a handler that responds directly", handler: answeringDirectly(addressHandler) },
])("the client's address for $kind", ({ handler }) => {
  const addressWith = async (listener: RequestListener): Promise<string> => {
    const server = await listen(listener);
    const response = await fetch(`${server.origin}/scim/v2/Users`, { headers: { "x-forwarded-for": "192.0.2.7" } });
    const text = await response.text();
    await server.close();
    return text;
  };

  it.each(Object.entries(MOUNTS))("is what %s says, behind a proxy or not", async (_, mount) => {
    expect(await addressWith(await mount(handler, true))).toBe("192.0.2.7");
    expect(await addressWith(await mount(handler, false))).toBe("127.0.0.1");
  });

  it("is that of the connection on node:http, since every client can send the header", async () => {
    expect(await addressWith(toNodeListener(handler) as RequestListener)).toBe("127.0.0.1");
  });

  it("is what the application says on Hono", async () => {
    const app = new Hono();
    app.all("/with/*", toHono(handler, { clientAddress: (c) => getConnInfo(c as never).remote.address }));
    app.all("*", toHono(handler));
    const rewritten = (path: string): RequestListener => {
      const listener = getRequestListener(app.fetch);
      return (req, res) => void listener(Object.assign(req, { url: path }), res);
    };
    expect(await addressWith(rewritten("/with/x"))).toBe("127.0.0.1");
    expect(await addressWith(rewritten("/x"))).toBe("undefined");
  });
});
