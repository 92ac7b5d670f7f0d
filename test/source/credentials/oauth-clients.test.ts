import type { Source } from "scimkit";
import type { Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accessTokenOf, askToken, basic, statusWith } from "../../helpers/oauth.ts";
import { EVERY_STORAGE } from "../../helpers/scim-app.ts";
import { createSourceApp, createTestClock, type SourceApp, type TestClock } from "../../helpers/source-app.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describe.each(Object.keys(EVERY_STORAGE))("OAuth clients over %s storage", (name) => {
  let storage: Storage;
  let clock: TestClock;
  let app: SourceApp;
  beforeEach(async () => {
    storage = EVERY_STORAGE[name]?.() as Storage;
    clock = createTestClock();
    app = await createSourceApp({ storage, now: clock.now });
  });
  afterEach(() => storage.close());

  const errorOf = async (source: Source, clientId: string, secret: string): Promise<unknown> =>
    (await askToken(source, { grant_type: "client_credentials" }, basic(clientId, secret))).body.error;
  const status = (source: Source, token: string): Promise<number> => statusWith(source, `Bearer ${token}`);

  it("have several live secrets while they are rotated", async () => {
    const first = await app.source.oauthClients.issue({ name: "Entra ID" });
    const second = await app.source.oauthClients.rotate(first.clientId, { overlapMs: 2 * DAY_MS });
    expect(second.clientId).toBe(first.clientId);
    expect(second.secrets.map(({ prefix }) => second.clientSecret.startsWith(prefix))).toEqual([true, false]);
    const token = await accessTokenOf(app.source, first);
    expect(await accessTokenOf(app.source, second)).toMatch(/^scimkit_at_/);
    clock.advance(2 * DAY_MS);
    expect(await errorOf(app.source, first.clientId, first.clientSecret)).toBe("invalid_client");
    expect(await errorOf(app.source, first.clientId, second.clientSecret)).toBeUndefined();
    expect(await status(app.source, token)).toBe(401);
    const [listed] = await app.source.oauthClients.list();
    expect([listed?.clientId, listed?.secrets.length]).toEqual([first.clientId, 2]);
    expect(JSON.stringify(listed)).not.toContain(second.clientSecret.slice(-50));
  });

  it("end with their access tokens when they are revoked, in another process too", async () => {
    const other = await createSourceApp({ storage, now: clock.now });
    const client = await app.source.oauthClients.issue({ name: "Entra ID" });
    const token = await accessTokenOf(app.source, client);
    expect([await status(app.source, token), await status(other.source, token)]).toEqual([200, 200]);
    await app.source.idle();
    expect((await app.source.oauthClients.list())[0]?.lastUsed).toBe(new Date(clock.now()).toISOString());
    expect(await other.source.oauthClients.revoke(client.clientId)).toBe(true);
    expect([await status(app.source, token), await status(other.source, token)]).toEqual([401, 401]);
    expect(await errorOf(app.source, client.clientId, client.clientSecret)).toBe("invalid_client");
    expect(await app.source.oauthClients.revoke(client.clientId)).toBe(false);
  });

  it("get access tokens for an hour, which are removed from the storage when they have expired", async () => {
    const client = await app.source.oauthClients.issue({ name: "Entra ID" });
    const token = await accessTokenOf(app.source, client);
    clock.advance(HOUR_MS - 1);
    expect(await status(app.source, token)).toBe(200);
    clock.advance(1);
    expect(await status(app.source, token)).toBe(401);
    const later = await accessTokenOf(app.source, client);
    expect(await storage.state.due("oauth", Number.MAX_SAFE_INTEGER, 10)).toHaveLength(2);
    await app.source.task.run(new AbortController().signal);
    expect(await storage.state.due("oauth", Number.MAX_SAFE_INTEGER, 10)).toHaveLength(1);
    expect(await status(app.source, later)).toBe(200);
  });

  it("and their access tokens are unknown to other sources", async () => {
    const other = await createSourceApp({ storage, now: clock.now, slug: "other" });
    const client = await app.source.oauthClients.issue({ name: "Entra ID" });
    const token = await accessTokenOf(app.source, client);
    expect(await status(other.source, token)).toBe(401);
    expect(await status(other.source, app.token)).toBe(401);
    expect(await errorOf(other.source, client.clientId, client.clientSecret)).toBe("invalid_client");
    expect(await other.source.oauthClients.revoke(client.clientId)).toBe(false);
    await expect(other.source.oauthClients.rotate(client.clientId)).rejects.toMatchObject({ status: 404 });
    expect(await status(app.source, token)).toBe(200);
  });

  it("are told that a secret expires", async () => {
    const expiresAt = new Date(clock.now() + 8 * DAY_MS);
    const { clientId } = await app.source.oauthClients.issue({ name: "Entra ID", expiresAt });
    clock.advance(DAY_MS);
    for (let n = 0; n < 2; n += 1) {
      await app.source.task.run(new AbortController().signal);
      clock.advance(HOUR_MS);
    }
    const told = app.events.filter((event) => event.type === "source.expiring");
    expect(told).toEqual([expect.objectContaining({ credential: "client-secret", id: clientId, days: 7 })]);
    expect((await app.source.health()).expiring).toMatchObject([{ name: "Entra ID", daysLeft: 6 }]);
  });
});

describe("an OAuth client", () => {
  it("is made of right options only", async () => {
    const { oauthClients } = (await createSourceApp({ storage: EVERY_STORAGE.memory?.() as Storage })).source;
    const key = { kty: "EC", crv: "P-256", x: "a", y: "b" };
    const wrong: [object, RegExp][] = [
      [{ name: " " }, /name: must say/],
      [{ name: "a", rights: "admin" }, /rights/],
      [{ name: "a", expiresAt: new Date(0) }, /must be in the future/],
      [{ name: "a", publicKeys: [] }, /publicKeys/],
      [{ name: "a", publicKeys: [{ ...key, d: "private" }] }, /must be public/],
      [{ name: "a", publicKeys: [{ kty: "oct", k: "c2VjcmV0" }] }, /must be public/],
      [{ name: "a", jwksUri: "http://keys.example" }, /must be an https URL/],
      [{ name: "a", jwksUri: "https://keys.example", publicKeys: [key] }, /cannot be given with/],
      [{ name: "a", publicKeys: [key], expiresAt: new Date() }, /is for secrets/],
    ];
    for (const [options, message] of wrong) await expect(oauthClients.issue(options as never)).rejects.toThrow(message);
    const { clientId } = await oauthClients.issue({ name: "a", publicKeys: [key] });
    await expect(oauthClients.rotate(clientId)).rejects.toThrow(/no secret to rotate/);
    await expect(oauthClients.rotate(clientId, { overlapMs: -1 })).rejects.toThrow(/overlapMs/);
  });
});
