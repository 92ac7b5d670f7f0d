import { createSource, memoryStorage, type Source, type SourceOptions, UnauthorizedError } from "scimkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { accessTokenOf, createSigner, KeyServer, type Signer, seconds, statusWith } from "../../helpers/oauth.ts";
import { createTestClock, sendTo, type TestClock } from "../../helpers/source-app.ts";

const ISSUER = "https://login.example";
const JWKS = "https://login.example/keys";
const JWT = { issuer: ISSUER, audience: ["scim", "other"], jwksUri: JWKS };

let clock: TestClock;
let key: Signer;
let keys: KeyServer;
beforeEach(async () => {
  clock = createTestClock();
  key = await createSigner("k1");
  keys = new KeyServer();
  keys.documents.set(JWKS, { keys: [key.jwk] });
});

const open = (options: Partial<SourceOptions>): Source =>
  createSource({
    ...{ slug: "people", baseUrl: "https://app.example", storage: memoryStorage(), now: clock.now },
    ...{ fetchKeys: keys.fetchKeys, ...options },
  });
const jwt = (more: Record<string, unknown> = {}, header = {}): Promise<string> =>
  key.sign({ iss: ISSUER, sub: "sync", aud: "scim", exp: seconds(clock) + 300, ...more }, header);
const bearer = async (source: Source, token: Promise<string>): Promise<number> =>
  statusWith(source, `Bearer ${await token}`);

describe("a JWT of an issuer as a bearer token", () => {
  const verify = vi.spyOn(crypto.subtle, "verify");
  afterEach(() => verify.mockClear());

  it("is accepted for its subject, many times, until it expires", async () => {
    const source = open({ jwt: { ...JWT, subjects: ["sync"] } });
    const token = await jwt({}, { typ: "at+jwt" });
    verify.mockClear();
    for (let n = 0; n < 5; n += 1) expect(await statusWith(source, `bearer ${token}`)).toBe(200);
    expect(verify).toHaveBeenCalledTimes(1);
    clock.advance(59_999);
    expect(await statusWith(source, `bearer ${token}`)).toBe(200);
    clock.advance(300_000 + 60_000);
    expect(await statusWith(source, `bearer ${token}`)).toBe(401);
    for (const other of [
      { sub: "other" },
      { aud: "x" },
      { iss: "https://x.example" },
      { exp: undefined },
      { nbf: 1e10 },
    ]) {
      expect(await bearer(source, jwt(other)), JSON.stringify(other)).toBe(401);
    }
    expect(
      await bearer(source, (await createSigner("k1")).sign({ iss: ISSUER, sub: "sync", aud: "scim", exp: 1e10 })),
    ).toBe(401);
  });

  it("is accepted for its claims, with its rights", async () => {
    const source = open({
      jwt: { ...JWT, claims: { tid: "tenant-a", roles: ["scim.write", "admin"] }, rights: "read" },
    });
    const right = { tid: "tenant-a", roles: ["x", "admin"] };
    expect(await bearer(source, jwt(right))).toBe(200);
    expect((await sendTo(source, await jwt(right), { method: "POST", path: "/Users", body: {} })).status).toBe(403);
    for (const wrong of [
      { ...right, tid: "b" },
      { ...right, roles: "adm" },
      { tid: "tenant-a" },
      { ...right, roles: [["admin"]] },
    ]) {
      expect(await bearer(source, jwt(wrong)), JSON.stringify(wrong)).toBe(401);
    }
  });

  it("is a 503 as long as the keys cannot be fetched, and other tokens still work", async () => {
    const source = open({ jwt: { ...JWT, subjects: ["sync"] } });
    const { token } = await source.tokens.issue({ name: "static" });
    const client = await source.oauthClients.issue({ name: "client" });
    keys.isDown = true;
    expect(await bearer(source, jwt())).toBe(503);
    expect(await statusWith(source, `Bearer ${token}`)).toBe(200);
    expect(await bearer(source, accessTokenOf(source, client))).toBe(200);
    keys.isDown = false;
    clock.advance(10_000);
    expect(await bearer(source, jwt())).toBe(200);
  });
});

describe("the application's own authenticate", () => {
  it("comes first, decides, and never chooses another tenant [req 8]", async () => {
    const storage = memoryStorage();
    const source = open({
      storage,
      authenticate: (request) => {
        const header = request.headers.get("x-session");
        if (header === "closed") throw new UnauthorizedError("The session has ended");
        return header === null ? undefined : { id: "session", tenant: "another tenant", rights: "write" };
      },
    });
    const { token } = await source.tokens.issue({ name: "t" });
    const send = (headers: Record<string, string>, method = "GET", body?: object): ReturnType<typeof sendTo> =>
      sendTo(source, undefined, { method, path: "/Users", body, headers });
    expect((await send({ "x-session": "open" }, "POST", { userName: "ada" })).status).toBe(201);
    const { status, body } = await send({ authorization: `Bearer ${token}` });
    expect([status, body.totalResults]).toEqual([200, 1]);
    expect((await send({ "x-session": "closed", authorization: `Bearer ${token}` })).body.detail).toBe(
      "The session has ended",
    );
    expect((await send({})).status).toBe(401);
  });
});

describe("options about credentials", () => {
  it("are refused when they would trust too much", () => {
    const federation = { issuer: ISSUER, audience: "a", subjects: ["s"] };
    const wrong: [Partial<Record<keyof SourceOptions, unknown>>, RegExp][] = [
      [{ federation: { ...federation, subjects: [] } }, /federation.subjects/],
      [{ federation: { ...federation, subjects: undefined } }, /federation.subjects/],
      [{ federation: { ...federation, audience: undefined } }, /federation.audience/],
      [{ federation: { ...federation, issuer: "http://login.example" } }, /federation.jwksUri: is required/],
      [{ federation: { ...federation, jwksUri: "http://login.example" } }, /federation.jwksUri: must be an https/],
      [{ federation: { ...federation, jwksUri: "https://a:b@login.example" } }, /without user name/],
      [{ jwt: JWT }, /jwt.subjects: is required if there are no claims/],
      [{ jwt: { ...JWT, claims: {} } }, /jwt.subjects/],
      [{ accessTokenMs: 7 * 3_600_000 }, /accessTokenMs: must be at most 21600000/],
      [{ requestsPerSecond: 0 }, /requestsPerSecond/],
    ];
    for (const [options, message] of wrong) expect(() => open(options as never)).toThrow(message);
  });
});
