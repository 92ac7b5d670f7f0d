import { connect, type Socket } from "node:net";
import { beforeEach, describe, expect, it } from "vitest";
import { toNodeListener } from "../../src/adapters/node.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import type { ScimHandler } from "../../src/server/handler.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { BASE_URL, createApp, createUser } from "../helpers/scim-app.ts";
import { listen } from "./mounts.ts";

/** A response of ten megabytes, more than what the connection itself takes of it. */
const USERS = 20;
const TEXT = 500_000;

describe("clients that receive large responses slowly", () => {
  let handler: ScimHandler;
  beforeEach(async () => {
    const app = createApp({ storage: memoryStorage() });
    for (let index = 0; index < USERS; index += 1) await createUser(app, `u${index}`, { title: "x".repeat(TEXT) });
    handler = createScimHandler({
      storage: app.storage,
      baseUrl: BASE_URL,
      limits: { maxResponseBytes: 12_000_000, maxUnsentBytes: 25_000_000 },
      authenticate: ({ headers }) => {
        return { id: "x", tenant: headers.get("authorization") ?? "acme", rights: "read" };
      },
    });
  });
  const ask = (tenant = "acme", signal?: AbortSignal): Promise<Response> =>
    handler(new Request(`${BASE_URL}/Users`, { headers: { authorization: tenant }, signal }));

  it("get a 503 when too many bytes of their tenant wait, and others get their responses", async () => {
    const waiting = [await ask(), await ask()];
    const refused = await ask();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await refused.json()).detail).toBe("Too many large responses are being sent: receive them first");
    expect((await handler(new Request(`${BASE_URL}/Users?attributes=id`))).status).toBe(200);
    expect((await ask("other")).status).toBe(200);
    expect((await waiting[0]?.json())?.totalResults).toBe(USERS);
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(503);
  });

  it("free the bytes of a response that they do not want any more", async () => {
    const leaver = new AbortController();
    const waiting = [await ask(), await ask("acme", leaver.signal)];
    expect((await ask()).status).toBe(503);
    await waiting[0]?.body?.cancel();
    leaver.abort();
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([200, 200, 503]);
  });

  it("on node:http free the bytes of a response when it was sent, or when they disconnect", async () => {
    const server = await listen(toNodeListener(handler));
    const read = async (): Promise<number> => {
      const response = await fetch(`${server.origin}/scim/v2/Users`, { headers: { authorization: "acme" } });
      await response.text();
      return response.status;
    };
    // Whatever was sent completely does not count any more.
    expect([await read(), await read(), await read()]).toEqual([200, 200, 200]);
    const slow = await Promise.all([neverReading(server.origin), neverReading(server.origin)]);
    expect(await read()).toBe(503);
    for (const socket of slow) socket.destroy();
    await expect.poll(read).toBe(200);
    await server.close();
  });
});

/** A connection whose client has seen the beginning of a response, and takes nothing more. */
async function neverReading(origin: string): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.write("GET /scim/v2/Users HTTP/1.1\r\nHost: app.example\r\nAuthorization: acme\r\n\r\n");
  await new Promise((resolve) => socket.once("readable", resolve));
  return socket;
}
