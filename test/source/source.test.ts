import { URN } from "scimkit";
import { createSource } from "scimkit/source";
import { memoryStorage, type Storage } from "scimkit/storage";
import { describe, expect, it } from "vitest";
import { createUser, EVERY_STORAGE } from "../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory, sendTo } from "../helpers/source-app.ts";

const open = (storageName: string): Storage => EVERY_STORAGE[storageName]?.() ?? memoryStorage();

describe.each(Object.keys(EVERY_STORAGE))("a source over %s storage", (storageName) => {
  it("responds at /source/scim/<slug>/v2 below the base URL", async () => {
    const storage = open(storageName);
    const { source, send } = await createSourceApp({ storage });
    expect(source.baseUrl).toBe("https://app.example/source/scim/people/v2");
    expect((await send("GET", "/Users")).status).toBe(200);
    expect((await source.fetch(new Request("https://app.example/source/scim/other/v2/Users"))).status).toBe(404);
    await storage.close();
  });

  it("[req 5, 9] lets nobody in without one of its tokens", async () => {
    const storage = open(storageName);
    const { source, token } = await createSourceApp({ storage });
    const other = await createSourceApp({ storage, slug: "other" });
    for (const wrong of [
      undefined,
      "",
      "x",
      `${token}x`,
      token.slice(0, -1),
      other.token,
      token.replace("scimkit_", ""),
    ]) {
      const answer = await sendTo(source, wrong, { method: "GET", path: "/Users" });
      expect([answer.status, answer.headers.get("www-authenticate") !== null], wrong).toEqual([401, true]);
    }
    expect((await sendTo(source, token, { method: "GET", path: "/Users" })).status).toBe(200);
    await storage.close();
  });

  it("[req 9] keeps a token only as a hash", async () => {
    const storage = open(storageName);
    const { token } = await createSourceApp({ storage });
    const records = await storage.state.scan("tokens", { take: 10 });
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records)).not.toContain(token.slice(-43));
    await storage.close();
  });

  it("keeps several tokens valid at once until they expire or are revoked", async () => {
    const storage = open(storageName);
    const clock = createTestClock();
    const { source, token } = await createSourceApp({ storage, now: clock.now });
    clock.advance(1);
    const short = await source.tokens.issue({ name: "short", expiresAt: new Date(clock.now() + 1000) });
    const reader = await source.tokens.issue({ name: "reader", rights: "read" });
    const get = (with_: string) => sendTo(source, with_, { method: "GET", path: "/Users" });
    expect(await Promise.all([token, short.token, reader.token].map(async (each) => (await get(each)).status))).toEqual(
      [200, 200, 200],
    );
    expect((await sendTo(source, reader.token, { method: "POST", path: "/Users", body: {} })).status).toBe(403);
    clock.advance(1001);
    expect((await get(short.token)).status).toBe(401);
    expect(await source.tokens.revoke(reader.id)).toBe(true);
    expect(await source.tokens.revoke(reader.id)).toBe(false);
    expect((await get(reader.token)).status).toBe(401);
    await source.idle();
    expect((await source.tokens.list()).map(({ name, lastUsed }) => [name, lastUsed])).toEqual([
      ["test", "2026-01-01T00:00:00.001Z"],
      ["short", "2026-01-01T00:00:00.001Z"],
    ]);
    await storage.close();
  });
});

describe.each(Object.keys(EVERY_STORAGE))("the identity of a source over %s storage", (storageName) => {
  it("acts as its service account, always the same one", async () => {
    const storage = open(storageName);
    const { source, events, send } = await createSourceApp({ storage });
    const identity = await source.identity();
    await createUser({ send }, "a");
    expect(events).toContainEqual(
      expect.objectContaining({ type: "server.write", principal: identity.serviceAccount.id, tenant: identity.id }),
    );
    const again = createSource({ slug: "people", baseUrl: "https://app.example", storage });
    expect(await again.identity()).toEqual(identity);
    await storage.close();
  });

  it("names itself as the tenant in every event, those of refused requests too", async () => {
    const storage = open(storageName);
    const { source, events, send } = await createSourceApp({ storage, directory: new RecordingDirectory() });
    const { id: tenant } = await source.identity();
    await createUser({ send }, "a", { nickName: "x", unheardOf: 1 });
    await send("POST", "/Bulk", { schemas: [URN.bulkRequest], Operations: [{ method: "DELETE", path: "/Users/b" }] });
    await send("GET", "/nothing");
    await sendTo(source, "not a token", { method: "GET", path: "/Users" });
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(["server.write", "server.response", "server.operation", "server.dialect"]),
    );
    expect(events.filter((event) => !("tenant" in event) || event.tenant !== tenant)).toEqual([]);
    await storage.close();
  });

  it("keeps its resources under a new slug when it is given its id", async () => {
    const storage = open(storageName);
    const first = await createSourceApp({ storage, id: "s1" });
    await createUser(first, "a");
    const renamed = await createSourceApp({ storage, slug: "renamed", id: "s1" });
    expect((await renamed.send("GET", "/Users")).body.totalResults).toBe(1);
    const stranger = await createSourceApp({ storage, slug: "people" });
    expect((await stranger.send("GET", "/Users")).body.totalResults).toBe(0);
    await storage.close();
  });

  it("returns 403 for valid tokens while it is disabled, and 401 for others", async () => {
    const storage = open(storageName);
    let enabled = false;
    const { source, send } = await createSourceApp({ storage, enabled: () => enabled });
    expect((await send("GET", "/Users")).status).toBe(403);
    expect((await sendTo(source, "x", { method: "GET", path: "/Users" })).status).toBe(401);
    enabled = true;
    expect((await send("GET", "/Users")).status).toBe(200);
    await storage.close();
  });

  it("hands a password to the directory if told so, and to nobody else", async () => {
    const storage = open(storageName);
    const directory = new RecordingDirectory();
    const { send } = await createSourceApp({ storage, directory, passwords: "deliver" });
    const id = await createUser({ send }, "a", { password: "t0p" });
    await send("PATCH", `/Users/${id}`, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "replace", path: "password", value: "n3w" }],
    });
    expect(directory.calls.map((call) => call.context.password)).toEqual(["t0p", "n3w"]);
    expect(JSON.stringify([...directory.users.values()])).not.toContain("t0p");
    expect((await send("GET", "/ServiceProviderConfig")).body.changePassword).toEqual({ supported: true });
    await storage.close();
  });
});

describe("options of a source", () => {
  it.each([
    [{ slug: "Not A Slug" }, "slug"],
    [{ baseUrl: "ftp://x" }, "baseUrl"],
    [{ directory: {} }, "directory"],
    [{ passwords: "deliver" }, "passwords"],
    [{ nonsense: 1 }, "nonsense"],
  ])("refuses %j with a TypeError that names the option", (wrong, named) => {
    const options = { slug: "people", baseUrl: "https://app.example", storage: memoryStorage(), ...wrong };
    expect(() => createSource(options as never)).toThrow(TypeError);
    expect(() => createSource(options as never)).toThrow(named);
  });
});
