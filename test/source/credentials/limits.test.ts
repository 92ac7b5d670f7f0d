import { createSource, memoryStorage, type Source, type SourceOptions } from "scimkit";
import { toNodeListener } from "scimkit/node";
import { beforeEach, describe, expect, it } from "vitest";
import { listen } from "../../adapters/mounts.ts";
import { askToken, basic } from "../../helpers/oauth.ts";
import { createTestClock, type TestClock } from "../../helpers/source-app.ts";

let clock: TestClock;
let waits: number[];
beforeEach(() => {
  clock = createTestClock();
  waits = [];
});

const open = (options: Partial<SourceOptions> = {}): Source =>
  createSource({
    ...{ slug: "people", baseUrl: "https://app.example", storage: memoryStorage(), now: clock.now },
    wait: async (ms) => void waits.push(ms),
    ...options,
  });

/** A request as an adapter passes it on. */
const from = (ip: string | undefined, source: Source, token: string): Request =>
  Object.assign(new Request(`${source.baseUrl}/Users`, { headers: { authorization: `Bearer ${token}` } }), { ip });

describe("failed attempts", () => {
  it("are slowed down by address, and a valid token of the same address is not", async () => {
    const source = open();
    const { token } = await source.tokens.issue({ name: "t" });
    const status = async (ip: string | undefined, text = "wrong"): Promise<number> =>
      (await source.fetch(from(ip, source, text))).status;
    for (let n = 0; n < 18; n += 1) expect(await status("192.0.2.1")).toBe(401);
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    waits = [];
    expect([await status("192.0.2.1", token), await status("192.0.2.2"), await status(undefined)]).toEqual([
      200, 401, 401,
    ]);
    expect(waits).toEqual([]);
    expect(await status("::ffff:192.0.2.1")).toBe(401);
    expect(waits).toEqual([5000]);
    clock.advance(60_000);
    await status("192.0.2.1");
    expect(waits).toEqual([5000]);
  });

  it("of one IPv6 network count together", async () => {
    const source = open();
    const hosts = ["2001:db8:0:7::1", "2001:0DB8::7:0:0:0:2", "2001:db8:0:7:ffff::3"];
    for (let n = 0; n < 12; n += 1) await source.fetch(from(hosts[n % 3], source, "wrong"));
    await source.fetch(from("2001:db8:0:8::1", source, "wrong"));
    await source.fetch(from("::1", source, "wrong"));
    expect(waits).toEqual([100, 200]);
  });

  it("at the token endpoint count too, and requests that wait are limited", async () => {
    const waiting = Promise.withResolvers<void>();
    const source = open({ wait: () => waiting.promise, clientAddress: () => "192.0.2.1" });
    const client = await source.oauthClients.issue({ name: "c" });
    const form = { grant_type: "client_credentials" };
    const attempts = Array.from({ length: 115 }, () => askToken(source, form, basic(client.clientId, "wrong")));
    const refused = await Promise.race(attempts.slice(-1));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
    expect((await askToken(source, form, basic(client.clientId, client.clientSecret))).status).toBe(200);
    const { token } = await source.tokens.issue({ name: "t" });
    expect((await source.fetch(from(undefined, source, token))).status).toBe(200);
    waiting.resolve();
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect([
      statuses.filter((status) => status === 401).length,
      statuses.filter((status) => status === 429).length,
    ]).toEqual([110, 5]);
  });

  it("of many addresses are forgotten, oldest first, so that memory is bounded", async () => {
    const source = open();
    for (let n = 0; n < 11; n += 1) await source.fetch(from("192.0.2.1", source, "wrong"));
    for (let n = 0; n < 10_000; n += 1) await source.fetch(from(`10.1.${n >> 8}.${n & 255}`, source, "wrong"));
    await source.fetch(from("192.0.2.1", source, "wrong"));
    expect(waits).toEqual([100]);
  });

  it("are counted by the address of the connection on Node", async () => {
    const source = open();
    const server = await listen(toNodeListener(source.fetch) as never);
    for (let n = 0; n < 11; n += 1) {
      const headers = { authorization: "Bearer wrong" };
      const response = await fetch(`${server.origin}/source/scim/people/v2/Users`, { headers });
      await response.text();
    }
    await server.close();
    expect(waits).toEqual([100]);
  });
});

describe("requests per second", () => {
  it("are limited per source, with Retry-After, for valid credentials only [req 16]", async () => {
    const storage = memoryStorage();
    const [source, other] = [
      open({ storage, requestsPerSecond: 25 }),
      open({ storage, slug: "other", requestsPerSecond: 25 }),
    ];
    const tokens = [await source.tokens.issue({ name: "t" }), await other.tokens.issue({ name: "t" })];
    const send = async (to: Source, token = "wrong"): Promise<Response> => to.fetch(from(undefined, to, token));
    for (let n = 0; n < 1000; n += 1) expect((await send(source)).status).toBe(401);
    for (let n = 0; n < 50; n += 1) expect((await send(source, tokens[0]?.token)).status).toBe(200);
    const refused = await send(source, tokens[0]?.token);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await refused.json()).schemas).toEqual(["urn:ietf:params:scim:api:messages:2.0:Error"]);
    expect((await send(other, tokens[1]?.token)).status).toBe(200);
    clock.advance(1000);
    const statuses: number[] = [];
    for (let n = 0; n < 26; n += 1) statuses.push((await send(source, tokens[0]?.token)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(25);
  });
});

describe("a token that may only read", () => {
  it("gets 403 for each write, inside a bulk request too [req 6]", async () => {
    const source = open();
    const { token } = await source.tokens.issue({ name: "reader", rights: "read" });
    const send = (method: string, path: string, body: object): Promise<Response> =>
      source.fetch(
        new Request(source.baseUrl + path, {
          method,
          body: JSON.stringify(body),
          headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
        }),
      );
    for (const [method, path] of [
      ["POST", "/Users"],
      ["PUT", "/Users/1"],
      ["PATCH", "/Users/1"],
      ["DELETE", "/Users/1"],
    ] as const) {
      const { status, body } = await send(method, path, { userName: "a" }).then(async (response) => ({
        status: response.status,
        body: await response.json(),
      }));
      expect([status, body.status], method).toEqual([403, "403"]);
    }
    const bulk = await send("POST", "/Bulk", {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
      Operations: [{ method: "POST", path: "/Users", bulkId: "a", data: { userName: "a" } }],
    });
    const { Operations } = await bulk.json();
    expect([bulk.status, Operations[0].status, Operations[0].response.detail]).toEqual([
      ...[200, "403", "These credentials may only read"],
    ]);
  });
});
