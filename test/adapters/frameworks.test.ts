import { createServer, type RequestListener } from "node:http";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { describe, expect, it } from "vitest";
import { toFastify } from "../../src/adapters/fastify.ts";
import { toHono } from "../../src/adapters/hono.ts";
import { toKoa } from "../../src/adapters/koa.ts";
import { answeringDirectly, echoHandler } from "./echo-handler.ts";
import { listen } from "./mounts.ts";

describe.each([
  { kind: "a handler of anyone's", handler: echoHandler },
  { kind: "a handler that answers directly", handler: answeringDirectly(echoHandler) },
])("$kind", ({ handler }) => {
  it("leaves Koa's middleware what it has to do before and after", async () => {
    const app = new Koa();
    const seen: unknown[] = [];
    app.use(async (ctx, next) => {
      ctx.set("X-Before", "1");
      ctx.cookies.set("session", "s");
      await next();
      seen.push(ctx.status);
      ctx.set("X-After", "2");
    });
    app.use(toKoa(handler));
    const server = await listen(app.callback() as RequestListener);
    const response = await fetch(`${server.origin}/scim/v2/Users`);
    expect(seen).toEqual([200]);
    expect(response.headers.get("X-Before")).toBe("1");
    expect(response.headers.get("X-After")).toBe("2");
    expect(response.headers.get("ETag")).toBe('W/"1"');
    expect(response.headers.getSetCookie()).toEqual([expect.stringContaining("session=s")]);
    await server.close();
  });

  it("runs Fastify's hooks, keeps their headers and leaves parsers elsewhere alone", async () => {
    const app = fastify();
    const ran: string[] = [];
    app.addHook("onRequest", async (_request, reply) => {
      ran.push("onRequest");
      reply.header("X-Before", "1");
    });
    app.addHook("onSend", async (_request, reply, payload) => {
      ran.push("onSend");
      reply.header("X-After", "2");
      return payload;
    });
    app.addHook("onResponse", async () => {
      ran.push("onResponse");
    });
    app.register(toFastify(handler), { prefix: "/scim/v2" });
    app.post("/other", async ({ body }) => body);
    const headers = { "content-type": "application/json" };
    const answer = await app.inject({ method: "POST", url: "/scim/v2/Users", headers, payload: '{"a":1}' });
    expect(answer.headers).toMatchObject({ "x-before": "1", "x-after": "2", etag: 'W/"1"' });
    expect(answer.headers["content-type"]).toBe("application/scim+json");
    expect(JSON.parse(answer.json().body)).toEqual({ a: 1 });
    expect(ran).toEqual(["onRequest", "onSend", "onResponse"]);
    const other = await app.inject({ method: "POST", url: "/other", headers, payload: '{"a":1}' });
    expect(other.json()).toEqual({ a: 1 });
    await app.close();
  });

  it("lets a hook of Fastify refuse before it", async () => {
    const app = fastify();
    app.addHook("onRequest", async (_request, reply) => reply.code(403).send({ refused: true }));
    app.register(toFastify(handler), { prefix: "/scim/v2" });
    const answer = await app.inject({ url: "/scim/v2/Users" });
    expect([answer.statusCode, answer.json()]).toEqual([403, { refused: true }]);
    await app.close();
  });

  it("leaves Hono's middleware what it has to do before and after", async () => {
    const app = new Hono();
    app.use(async (c, next) => {
      c.res.headers.set("X-Before", "1");
      await next();
      c.header("X-After", "2");
    });
    app.all("/scim/v2/*", toHono(handler));
    const response = await app.request("/scim/v2/Users");
    expect(response.headers.get("X-Before")).toBe("1");
    expect(response.headers.get("X-After")).toBe("2");
    expect(response.headers.get("ETag")).toBe('W/"1"');
  });

  it("is mounted in Hono as it is, where the whole path is kept", async () => {
    const app = new Hono();
    app.mount("/scim/v2", handler, { replaceRequest: false });
    const response = await app.request("/scim/v2/Users");
    expect(await response.json()).toMatchObject({ target: "/scim/v2/Users" });
  });
});

describe("adapters of frameworks", () => {
  it("refuse wrong options by name", () => {
    expect(() => toKoa(echoHandler, { origin: "app.example" })).toThrow(/toKoa: origin/);
    expect(() => toFastify(echoHandler, { orgin: "https://app.example" } as object)).toThrow(/toFastify: .*orgin/);
    expect(() => toHono(echoHandler, { onError: "log" } as object)).toThrow(/toHono: onError/);
  });

  it("tell of a body that something in front of Hono read and did not keep", async () => {
    const errors: unknown[] = [];
    const app = new Hono();
    app.use(async (c, next) => {
      await c.req.raw.text();
      await next();
    });
    app.all("/scim/v2/*", toHono(echoHandler, { onError: (error) => errors.push(error) }));
    const response = await app.request("/scim/v2/Users", { method: "POST", body: "{}" });
    expect(response.status).toBe(500);
    expect(errors).toHaveLength(1);
  });

  it("respond in Koa with what a parser kept", async () => {
    const app = new Koa();
    app.use(async (ctx, next) => {
      for await (const _ of ctx.req);
      Object.assign(ctx.request, { body: { a: 1 }, rawBody: '{ "a": 1 }' });
      await next();
    });
    app.use(toKoa(echoHandler));
    const server = createServer(app.callback());
    const running = await listen((req, res) => void server.emit("request", req, res));
    const response = await fetch(`${running.origin}/scim/v2/Users`, { method: "POST", body: '{ "a": 1 }' });
    expect(await response.json()).toMatchObject({ body: '{ "a": 1 }' });
    await running.close();
  });
});
