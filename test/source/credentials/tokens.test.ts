import type { ScimEvent, Source } from "scimkit";
import type { Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { statusWith } from "../../helpers/oauth.ts";
import { EVERY_STORAGE } from "../../helpers/scim-app.ts";
import { createSourceApp, createTestClock, type SourceApp, type TestClock } from "../../helpers/source-app.ts";

const DAY_MS = 86_400_000;
/** As the guide has it, for secret scanners. */
const SCANNED = /\bscimkit_(?:at_|cs_)?[0-9a-f]{24,48}_[0-9A-Za-z]{43}[0-9a-z]{7}\b/;

describe.each(Object.keys(EVERY_STORAGE))("tokens over %s storage", (name) => {
  let storage: Storage;
  let clock: TestClock;
  let app: SourceApp;
  beforeEach(async () => {
    storage = EVERY_STORAGE[name]?.() as Storage;
    clock = createTestClock();
    app = await createSourceApp({ storage, now: clock.now });
  });
  afterEach(() => storage.close());

  const status = (token: string, source: Source = app.source): Promise<number> => statusWith(source, `Bearer ${token}`);
  const inTime = (ms: number): Date => new Date(clock.now() + ms);

  it("are found by secret scanners, and listed with what is no secret", async () => {
    const expiresAt = inTime(90 * DAY_MS);
    const { token, ...info } = await app.source.tokens.issue({ name: "Okta", expiresAt, rights: "read" });
    expect(SCANNED.exec(`key=${token};`)?.[0]).toBe(token);
    expect(token.startsWith(`${info.prefix}_`)).toBe(true);
    expect(info).toMatchObject({ name: "Okta", expires: expiresAt.toISOString(), rights: "read" });
    await status(token);
    await app.source.idle();
    const listed = (await app.source.tokens.list()).find(({ id }) => id === info.id);
    expect(listed).toEqual({ ...info, lastUsed: new Date(clock.now()).toISOString() });
    expect(JSON.stringify(listed)).not.toContain(token.slice(-50));
  });

  it("are rotated with an overlap", async () => {
    const first = await app.source.tokens.issue({ name: "Okta", expiresAt: inTime(90 * DAY_MS), rights: "read" });
    clock.advance(80 * DAY_MS);
    const second = await app.source.tokens.rotate(first.id, { overlapMs: 60_000 });
    expect(second).toMatchObject({ name: "Okta", rights: "read", expires: inTime(90 * DAY_MS).toISOString() });
    expect([await status(first.token), await status(second.token)]).toEqual([200, 200]);
    clock.advance(60_000);
    expect([await status(first.token), await status(second.token)]).toEqual([401, 200]);
    const third = await app.source.tokens.rotate(second.id, { overlapMs: 0 });
    expect([await status(second.token), await status(third.token)]).toEqual([401, 200]);
    await expect(app.source.tokens.rotate("0".repeat(24))).rejects.toMatchObject({ status: 404 });
  });

  it("end at once when they are revoked, in another process too", async () => {
    const other = await createSourceApp({ storage, now: clock.now });
    const { token, id } = await app.source.tokens.issue({ name: "Okta" });
    expect([await status(token), await status(token, other.source)]).toEqual([200, 200]);
    expect([await other.source.tokens.revoke(id), await app.source.tokens.revoke(id)]).toEqual([true, false]);
    expect([await status(token), await status(token, other.source)]).toEqual([401, 401]);
  });

  it("announce their end 30, 7 and 1 days before, once over restarts and processes", async () => {
    const processes = [app, await createSourceApp({ storage, now: clock.now })];
    const { id } = await app.source.tokens.issue({ name: "Okta", expiresAt: inTime(40 * DAY_MS) });
    await app.source.tokens.issue({ name: "short", expiresAt: inTime(5 * DAY_MS) });
    const replaced = await app.source.tokens.issue({ name: "replaced", expiresAt: inTime(40 * DAY_MS) });
    await app.source.tokens.rotate(replaced.id, { expiresAt: inTime(400 * DAY_MS), overlapMs: 35 * DAY_MS });
    for (let day = 0; day < 45; day += 1) {
      await Promise.all(processes.map(({ source }) => source.task.run(new AbortController().signal)));
      if (day === 20) processes.push(await createSourceApp({ storage, now: clock.now }));
      clock.advance(DAY_MS);
    }
    const told = processes.flatMap(({ events }) => events).filter((event) => event.type === "source.expiring");
    expect(told.map((event) => [event.name, event.days])).toEqual(
      expect.arrayContaining([
        ["Okta", 30],
        ["Okta", 7],
        ["Okta", 1],
        ["short", 1],
      ]),
    );
    expect(told).toHaveLength(4);
    expect(told[0]).toMatchObject({
      credential: "token",
      tenant: (await app.source.identity()).id,
    } satisfies Partial<ScimEvent>);
    expect(told.filter((event) => event.name === "Okta").every((event) => event.id === id)).toBe(true);
  });
});

describe("the Authorization header of a source", () => {
  it("has the token after Bearer in any case, or alone, and nothing else [req 9]", async () => {
    const { source, token } = await createSourceApp({ storage: EVERY_STORAGE.memory?.() as Storage });
    for (const good of [`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token}`, token]) {
      expect(await statusWith(source, good), good).toBe(200);
    }
    const half = token.slice(0, -1);
    for (const bad of [half, `Bearer ${half}`, `Basic ${token}`, `Token ${token}`, `Bearer ${token} x`, `${token},`]) {
      expect(await statusWith(source, bad), bad).toBe(401);
    }
  });

  it("is challenged with an error only if there was a token [req 5]", async () => {
    const { source } = await createSourceApp({ storage: EVERY_STORAGE.memory?.() as Storage });
    const challengeOf = async (headers: Record<string, string>): Promise<unknown[]> => {
      const response = await source.fetch(new Request(`${source.baseUrl}/Users`, { headers }));
      const { schemas } = await response.json();
      return [response.status, response.headers.get("www-authenticate"), schemas.length];
    };
    expect(await challengeOf({})).toEqual([401, 'Bearer realm="SCIM"', 1]);
    expect(await challengeOf({ authorization: "Bearer" })).toEqual([401, 'Bearer realm="SCIM"', 1]);
    expect(await challengeOf({ authorization: "Bearer x" })).toEqual([
      401,
      'Bearer realm="SCIM", error="invalid_token"',
      1,
    ]);
  });
});
