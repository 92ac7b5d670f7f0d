import { crc32 } from "node:zlib";
import { memoryStorage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSourceApp, createTestClock, type SourceApp, sendTo, type TestClock } from "../helpers/source-app.ts";

/** A wrong token with a right checksum; with a wrong one no digest would be computed at all. */
const withChecksum = (text: string): string => text + crc32(text).toString(36).padStart(7, "0");

describe("the digest of a token", () => {
  let clock: TestClock;
  let app: SourceApp;
  const digest = vi.spyOn(crypto.subtle, "digest");
  beforeEach(async () => {
    clock = createTestClock();
    app = await createSourceApp({ storage: memoryStorage(), now: clock.now });
    digest.mockClear();
  });
  afterEach(() => digest.mockClear());

  const statusOf = async (token: string): Promise<number> =>
    (await sendTo(app.source, token, { method: "GET", path: "/Users" })).status;
  const digestsOf = async (use: () => Promise<unknown>): Promise<number> => {
    const before = digest.mock.calls.length;
    await use();
    return digest.mock.calls.length - before;
  };

  it("is computed once a minute, also after a clock went back", async () => {
    expect(await digestsOf(() => statusOf(app.token))).toBe(1);
    expect(await digestsOf(() => statusOf(app.token))).toBe(0);
    clock.advance(59_999);
    expect(await digestsOf(() => statusOf(app.token))).toBe(0);
    clock.advance(1);
    expect(await digestsOf(() => statusOf(app.token))).toBe(1);
    clock.advance(-86_400_000);
    expect(await digestsOf(() => statusOf(app.token))).toBe(1);
    expect(await digestsOf(() => statusOf(app.token))).toBe(0);
  });

  it("does not keep a token valid that is revoked or has expired", async () => {
    const expiresAt = new Date(clock.now() + 1000);
    const [short, revoked] = [
      await app.source.tokens.issue({ name: "short", expiresAt }),
      await app.source.tokens.issue({ name: "revoked" }),
    ];
    expect([await statusOf(short.token), await statusOf(revoked.token)]).toEqual([200, 200]);
    await app.source.tokens.revoke(revoked.id);
    clock.advance(1001);
    expect([await statusOf(short.token), await statusOf(revoked.token)]).toEqual([401, 401]);
  });

  it("is not remembered of a wrong token, so wrong ones do not displace others", async () => {
    await statusOf(app.token);
    const wrong = (n: number): string => withChecksum(`${app.token.slice(0, -12)}${String(n).padStart(5, "0")}`);
    for (let n = 0; n < 1100; n += 1) expect(await statusOf(wrong(n))).toBe(401);
    expect(await digestsOf(() => statusOf(wrong(0)))).toBe(1);
    expect(await digestsOf(() => statusOf(app.token))).toBe(0);
  });

  it("is not computed of a token with a mistake in it", async () => {
    expect(await digestsOf(() => statusOf(`${app.token.slice(0, -1)}~`))).toBe(0);
    expect(await digestsOf(() => statusOf(`${app.token.slice(0, -7)}0000000`))).toBe(0);
    expect(await statusOf(app.token)).toBe(200);
    expect(await statusOf(`${app.token.slice(0, -7)}0000000`)).toBe(401);
  });

  it("is remembered of a thousand tokens", async () => {
    const tokens: string[] = [];
    for (let n = 0; n < 1001; n += 1) tokens.push((await app.source.tokens.issue({ name: `t${n}` })).token);
    for (const token of tokens) await statusOf(token);
    expect(await digestsOf(() => statusOf(tokens[1000] ?? ""))).toBe(0);
    expect(await digestsOf(() => statusOf(tokens[1] ?? ""))).toBe(0);
    expect(await digestsOf(() => statusOf(tokens[0] ?? ""))).toBe(1);
  });
});
