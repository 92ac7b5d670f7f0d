import { memoryStorage } from "scimkit/storage";
import { beforeEach, describe, expect, it } from "vitest";
import { USER } from "../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory, sendTo, type TestClock } from "../helpers/source-app.ts";

const MINUTE = 60_000;

describe("the health of a source", () => {
  let clock: TestClock;
  beforeEach(() => {
    clock = createTestClock();
  });

  it("is never before the first request, and ok after it", async () => {
    const { source, send } = await createSourceApp({ storage: memoryStorage(), now: clock.now });
    expect(await source.health()).toMatchObject({ state: "never", lastRequest: undefined, lastSuccess: undefined });
    await send("GET", "/Users");
    expect(await source.health()).toMatchObject({
      state: "ok",
      reasons: [],
      lastRequest: { method: "GET", route: "/Users", status: 200 },
      lastSuccess: "2026-01-01T00:00:00.000Z",
    });
  });

  it("is not changed by requests of strangers without a token", async () => {
    const { source } = await createSourceApp({ storage: memoryStorage(), now: clock.now });
    await sendTo(source, undefined, { method: "GET", path: "/ServiceProviderConfig" });
    expect((await source.health()).state).toBe("never");
  });

  it("is failing while the identity provider uses a token that is revoked, and says so", async () => {
    const { source, send } = await createSourceApp({ storage: memoryStorage(), now: clock.now });
    await send("GET", "/Users");
    const [token] = await source.tokens.list();
    await source.tokens.revoke(token?.id ?? "");
    clock.advance(MINUTE);
    await send("GET", "/Users");
    expect(await source.health()).toMatchObject({
      state: "failing",
      lastSuccess: "2026-01-01T00:00:00.000Z",
      reasons: [expect.stringContaining("401")],
    });
  });

  it("is not failing because one object was rejected", async () => {
    const { source, send } = await createSourceApp({ storage: memoryStorage(), now: clock.now });
    await send("GET", "/Users/unknown");
    expect((await source.health()).state).toBe("ok");
  });

  it("is late when Entra ID is silent for more than two of its cycles, and never for Okta", async () => {
    const storage = memoryStorage();
    const entra = await createSourceApp({ storage, now: clock.now, slug: "entra", identityProvider: "entra" });
    const okta = await createSourceApp({ storage, now: clock.now, slug: "okta", identityProvider: "okta" });
    await entra.send("GET", "/Users");
    await okta.send("GET", "/Users");
    clock.advance(90 * MINUTE);
    expect((await entra.source.health()).state).toBe("ok");
    clock.advance(15 * MINUTE);
    expect(await entra.source.health()).toMatchObject({ state: "late", lateAfterMs: 100 * MINUTE });
    clock.advance(10_000 * MINUTE);
    expect(await okta.source.health()).toMatchObject({ state: "ok", lateAfterMs: undefined });
  });

  it("is stuck when a change waits longer for the directory than a delivery may take", async () => {
    const directory = new RecordingDirectory();
    const options = { storage: memoryStorage(), now: clock.now, directory, timer: false as const };
    const { source, send } = await createSourceApp(options);
    directory.before = () => {
      throw new Error("away");
    };
    await send("POST", "/Users", { schemas: [USER], userName: "ada" });
    await send("GET", "/Users");
    expect(await source.health()).toMatchObject({ state: "failing", waiting: 1 });
    directory.before = () => {};
    clock.advance(3 * MINUTE);
    await send("GET", "/Users?count=1");
    expect(await source.health()).toMatchObject({ state: "stuck", oldestWaiting: "2026-01-01T00:00:00.000Z" });
    await source.settle();
    expect(await source.health()).toMatchObject({ state: "ok", waiting: 0 });
  });

  it("names tokens that expire within 30 days", async () => {
    const { source, send } = await createSourceApp({ storage: memoryStorage(), now: clock.now });
    await source.tokens.issue({ name: "Okta", expiresAt: new Date(clock.now() + 3 * 86_400_000) });
    await source.tokens.issue({ name: "later", expiresAt: new Date(clock.now() + 90 * 86_400_000) });
    await send("GET", "/Users");
    const { state, expiring, reasons } = await source.health();
    expect([state, expiring.map(({ name, daysLeft }) => [name, daysLeft])]).toEqual(["ok", [["Okta", 3]]]);
    expect(reasons).toEqual(['The credential "Okta" expires at 2026-01-04T00:00:00.000Z']);
  });
});
