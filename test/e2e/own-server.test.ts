import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterAll, describe, expect, test } from "vitest";
import { toExpress } from "../../src/adapters/express.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { aYear, pushTo, type Server } from "./lifecycle.ts";

const servers: HttpServer[] = [];

async function ownServer(): Promise<Server> {
  const app = express();
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`;
  const handler = createScimHandler({
    storage: memoryStorage(),
    baseUrl,
    authenticate: () => ({ id: "provider", tenant: "them", rights: "write" }),
  });
  app.use("/scim/v2", toExpress(handler));
  return { baseUrl, token: "any" };
}

afterAll(() => {
  for (const server of servers) server.close();
});

describe("our own server under Express", () => {
  test.each([
    ["users by PUT, members by PATCH", {}],
    ["everything by PATCH", { provider: { userUpdates: "patch" } }],
    ["[req C53] everything by PUT", { client: { capabilities: { patch: false } } }],
  ] as const)("equals the directory after a first sync and after a year of changes: %s", async (how, options) => {
    const pushed = await pushTo(await ownServer(), options);
    await pushed.settle();
    aYear(pushed);
    await pushed.settle();
    const methods = new Set(pushed.writes().map((line) => line.split(" ")[0]));
    expect(methods.has("PATCH"), how).toBe(!how.includes("by PUT") || how.includes("PATCH"));
    expect(methods.has("PUT"), how).toBe(how.includes("PUT"));
  });
});
