import { createSource, memoryStorage, type Source } from "scimkit";
import type { Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ASSERTION_TYPE,
  askToken,
  createSigner,
  KeyServer,
  type Signer,
  seconds,
  statusWith,
  type TokenAnswer,
} from "../../helpers/oauth.ts";
import { EVERY_STORAGE } from "../../helpers/scim-app.ts";
import { createTestClock, type TestClock } from "../../helpers/source-app.ts";

const ISSUER = "https://login.example/tenant-a/v2.0";
const JWKS = "https://login.example/tenant-a/discovery/v2.0/keys";
const AUDIENCE = "api://b5ba7a93-4452-4522-aeb4-a2b5da870c16";
const FEDERATION = { issuer: ISSUER, audience: AUDIENCE, subjects: ["sync-fabric"], jwksUri: JWKS };

const ask = (source: Source, assertion: string, more: Record<string, string> = {}): Promise<TokenAnswer> =>
  askToken(source, {
    grant_type: "client_credentials",
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: assertion,
    ...more,
  });

describe.each(Object.keys(EVERY_STORAGE))("assertions over %s storage", (name) => {
  let storage: Storage;
  let clock: TestClock;
  let source: Source;
  let key: Signer;
  let clientId: string;
  const keys = new KeyServer();
  const open = (): Source =>
    createSource({
      ...{ slug: "people", baseUrl: "https://app.example", storage, now: clock.now, federation: FEDERATION },
      fetchKeys: keys.fetchKeys,
    });
  beforeEach(async () => {
    storage = EVERY_STORAGE[name]?.() as Storage;
    clock = createTestClock();
    key = await createSigner("own");
    source = open();
    ({ clientId } = await source.oauthClients.issue({ name: "signs", publicKeys: [key.jwk] }));
  });
  afterEach(() => storage.close());

  const claims = (jti: string): Record<string, unknown> => ({
    ...{ iss: clientId, sub: clientId, aud: source.tokenUrl, jti },
    ...{ iat: seconds(clock), exp: seconds(clock) + 300 },
  });

  it("of a client with keys work once, also if another process is asked", async () => {
    const assertion = await key.sign(claims("a"));
    const other = open();
    const answers = await Promise.all([ask(source, assertion), ask(other, assertion), ask(source, assertion)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    const again = await ask(open(), assertion);
    expect(again.body).toMatchObject({
      error: "invalid_client",
      error_description: expect.stringMatching(/used before/),
    });
    const { status, body } = await ask(other, await key.sign(claims("b")), { client_id: clientId });
    expect([status, await statusWith(source, `Bearer ${body.access_token}`)]).toEqual([200, 200]);
    await source.oauthClients.revoke(clientId);
    expect(await statusWith(source, `Bearer ${body.access_token}`)).toBe(401);
    expect((await ask(source, await key.sign(claims("c")))).status).toBe(401);
  });

  it("are forgotten when they can be used no more, and not before", async () => {
    const assertion = await key.sign(claims("a"));
    expect((await ask(source, assertion)).status).toBe(200);
    const statuses: number[] = [];
    for (let minute = 0; minute < 12; minute += 1) {
      clock.advance(60_000);
      await open().task.run(new AbortController().signal);
      statuses.push((await ask(source, assertion)).status);
    }
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(await storage.state.due("assertions", Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  });
});

/** Changes to a good assertion that make it a bad one. */
const BAD: Readonly<
  Record<string, (now: number) => { claims?: Record<string, unknown>; header?: Record<string, unknown> }>
> = {
  "has expired": (now) => ({ claims: { exp: now - 61 } }),
  "never expires": () => ({ claims: { exp: undefined } }),
  "expires in a year": (now) => ({ claims: { exp: now + 31_536_000 } }),
  "expires as a text": (now) => ({ claims: { exp: String(now + 60) } }),
  "is not yet valid": (now) => ({ claims: { nbf: now + 61 } }),
  "was issued in the future": (now) => ({ claims: { iat: now + 61 } }),
  "is for another audience": () => ({ claims: { aud: "https://other.example/oauth/token" } }),
  "has no audience": () => ({ claims: { aud: undefined } }),
  "has a list of other audiences": () => ({ claims: { aud: ["https://other.example", "x"] } }),
  "is of another subject": () => ({ claims: { sub: "somebody-else" } }),
  "has no subject": () => ({ claims: { sub: undefined } }),
  "has a subject that is a list": () => ({ claims: { sub: ["sync-fabric"] } }),
  "is of another tenant of the issuer": () => ({ claims: { iss: "https://login.example/tenant-b/v2.0" } }),
  "has no issuer": () => ({ claims: { iss: undefined } }),
  "has a jti that is no text": () => ({ claims: { jti: 7 } }),
  "has an endless jti": () => ({ claims: { jti: "j".repeat(1000) } }),
  "is a proof of possession": () => ({ header: { typ: "dpop+jwt" } }),
  "is a security event": () => ({ header: { typ: "secevent+jwt" } }),
  "names an unknown key": () => ({ header: { kid: "unknown" } }),
};

describe("an assertion of a trusted issuer", () => {
  let clock: TestClock;
  let source: Source;
  let key: Signer;
  let keys: KeyServer;
  beforeEach(async () => {
    clock = createTestClock();
    key = await createSigner("k1", "RS256");
    keys = new KeyServer();
    keys.documents.set(JWKS, { keys: [key.jwk] });
    source = createSource({
      ...{ slug: "people", baseUrl: "https://app.example", storage: memoryStorage(), now: clock.now },
      ...{ federation: FEDERATION, fetchKeys: keys.fetchKeys },
    });
  });

  /** As Entra ID issues them: without `jti`, for 65 minutes. */
  const claims = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
    ...{ iss: ISSUER, sub: "sync-fabric", aud: AUDIENCE, appidacr: "2", ver: "2.0" },
    ...{ iat: seconds(clock), nbf: seconds(clock), exp: seconds(clock) + 3900, ...more },
  });

  it("gives an access token without a secret, as Entra ID asks for it", async () => {
    const assertion = await key.sign(claims());
    const { status, body } = await ask(source, assertion, { client_id: "people", scope: "scim" });
    expect([status, body.scope]).toEqual([200, "scim"]);
    expect(await statusWith(source, `Bearer ${body.access_token}`)).toBe(200);
    // Entra ID sends the same one until it expires.
    expect((await ask(source, assertion)).status).toBe(200);
    const once = await key.sign(claims({ jti: "a" }));
    expect([(await ask(source, once)).status, (await ask(source, once)).status]).toEqual([200, 401]);
  });

  it.each(Object.entries(BAD))("is refused if it %s", async (_, change) => {
    const { claims: changed = {}, header = {} } = change(seconds(clock));
    const { status, body } = await ask(source, await key.sign(claims(changed), header));
    expect([status, body.error, body.access_token]).toEqual([401, "invalid_client", undefined]);
    expect((await ask(source, await key.sign(claims()))).status).toBe(200);
  });

  it("is refused if somebody else signed it with the same kid, or nobody did", async () => {
    const stranger = await createSigner("k1", "RS256");
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const [, payload = "", signature = ""] = (await key.sign(claims())).split(".");
    const forged = [
      await stranger.sign(claims()),
      await stranger.sign(claims(), { jwk: stranger.jwk }),
      `${encode({ alg: "none", kid: "k1" })}.${payload}.`,
      `${encode({ alg: "none" })}.${payload}.${signature}`,
      `${encode({ alg: "RS256", kid: "k1" })}.${encode(claims({ sub: "sync-fabric" }))}.${signature}`,
    ];
    for (const assertion of forged) expect((await ask(source, assertion)).status, assertion).toBe(401);
  });

  it("ends with the trust in its issuer or subject, and its access tokens too", async () => {
    const storage = memoryStorage();
    const options = { slug: "a", baseUrl: "https://app.example", storage, now: clock.now, fetchKeys: keys.fetchKeys };
    const before = createSource({ ...options, federation: FEDERATION });
    const { body } = await ask(before, await key.sign(claims()));
    const bearer = `Bearer ${body.access_token}`;
    expect(await statusWith(before, bearer)).toBe(200);
    const subjects = ["another"];
    for (const federation of [undefined, { ...FEDERATION, subjects }, { ...FEDERATION, issuer: "https://x.example" }]) {
      const after = createSource({ ...options, federation });
      expect(await statusWith(after, bearer)).toBe(401);
      expect((await ask(after, await key.sign(claims()))).status).toBe(401);
    }
    const reader = createSource({ ...options, federation: { ...FEDERATION, rights: "read" } });
    expect(await statusWith(reader, bearer)).toBe(200);
    const init = { method: "POST", body: "{}", headers: { authorization: bearer } };
    expect((await reader.fetch(new Request(`${reader.baseUrl}/Users`, init))).status).toBe(403);
  });
});

/** An issuer with two keys, of which it publishes the first. */
interface Issuer {
  readonly clock: TestClock;
  readonly keys: KeyServer;
  readonly first: Signer;
  readonly second: Signer;
  open(jwksUri?: string): Source;
  statusFor(source: Source, key: Signer, header?: object): Promise<number>;
}

async function createIssuer(): Promise<Issuer> {
  const [clock, keys] = [createTestClock(), new KeyServer()];
  const [first, second] = [await createSigner("k1"), await createSigner("k2")];
  keys.documents.set(JWKS, { keys: [first.jwk] });
  return {
    ...{ clock, keys, first, second },
    open: (jwksUri) =>
      createSource({
        ...{ slug: "people", baseUrl: "https://app.example", storage: memoryStorage(), now: clock.now },
        ...{ federation: { ...FEDERATION, jwksUri }, fetchKeys: keys.fetchKeys },
      }),
    statusFor: async (source, key, header = {}) => {
      const claims = { iss: ISSUER, sub: "sync-fabric", aud: AUDIENCE, exp: seconds(clock) + 60 };
      return (await ask(source, await key.sign(claims, header))).status;
    },
  };
}

describe("the keys of an issuer", () => {
  it("are fetched again for an unknown key, at most once a minute", async () => {
    const { clock, keys, first, second, open, statusFor } = await createIssuer();
    const source = open(JWKS);
    expect(await statusFor(source, first)).toBe(200);
    for (let n = 0; n < 20; n += 1) expect(await statusFor(source, second)).toBe(401);
    expect(keys.fetched).toHaveLength(1);
    keys.documents.set(JWKS, { keys: [first.jwk, second.jwk] });
    clock.advance(60_000);
    expect(await Promise.all([statusFor(source, second), statusFor(source, second)])).toEqual([200, 200]);
    expect(keys.fetched).toHaveLength(2);
    keys.documents.set(JWKS, { keys: [second.jwk] });
    clock.advance(600_000);
    expect([await statusFor(source, first), await statusFor(source, second)]).toEqual([401, 200]);
  });

  it("are used for a day during an outage of the issuer, which is a 503 without them", async () => {
    const { clock, keys, first, open, statusFor } = await createIssuer();
    const source = open(JWKS);
    expect(await statusFor(source, first)).toBe(200);
    keys.isDown = true;
    clock.advance(3_600_000);
    expect(await statusFor(source, first)).toBe(200);
    clock.advance(86_400_000);
    expect(await statusFor(source, first)).toBe(503);
    keys.isDown = false;
    clock.advance(10_000);
    expect(await statusFor(source, first)).toBe(200);
  });
});

describe("the documents with keys of an issuer", () => {
  it("are found by discovery at the issuer's own origin only", async () => {
    const { keys, first, second, open, statusFor } = await createIssuer();
    const config = `${ISSUER}/.well-known/openid-configuration`;
    keys.documents.set(config, { issuer: ISSUER, jwks_uri: JWKS });
    expect(await statusFor(open(), first)).toBe(200);
    keys.documents.set("https://evil.example/keys", { keys: [second.jwk] });
    for (const other of [
      { issuer: ISSUER, jwks_uri: "https://evil.example/keys" },
      { issuer: "https://evil.example", jwks_uri: JWKS },
      { issuer: ISSUER },
      [],
    ]) {
      keys.documents.set(config, other);
      expect(await statusFor(open(), second)).toBe(503);
    }
    expect(keys.fetched).not.toContain("https://evil.example/keys");
  });

  it("of a client are where it publishes them, and their rotation ends the old ones", async () => {
    const { clock, keys, first, second, open } = await createIssuer();
    const url = "https://client.example/keys";
    const source = open(JWKS);
    const { clientId } = await source.oauthClients.issue({ name: "signs", jwksUri: url });
    const ownStatus = async (key: Signer, more: Record<string, unknown> = {}): Promise<number> => {
      const claims = { iss: clientId, sub: clientId, aud: source.tokenUrl, jti: crypto.randomUUID() };
      return (await ask(source, await key.sign({ ...claims, exp: seconds(clock) + 60, ...more }))).status;
    };
    expect(await ownStatus(first)).toBe(503);
    keys.documents.set(url, { keys: [first.jwk] });
    clock.advance(10_000);
    expect([await ownStatus(first), await ownStatus(second)]).toEqual([200, 401]);
    expect(await ownStatus(first, { jti: undefined })).toBe(401);
    keys.documents.set(url, { keys: [second.jwk] });
    clock.advance(600_000);
    expect([await ownStatus(first), await ownStatus(second)]).toEqual([401, 200]);
  });

  it("may be several without names, and are public keys for signatures", async () => {
    const { keys, first, second, open, statusFor } = await createIssuer();
    const { kid: _, ...unnamed } = first.jwk;
    const { kid: __, ...other } = second.jwk;
    const secret = { kty: "oct", k: Buffer.from("secret").toString("base64url"), kid: "k1" };
    keys.documents.set(JWKS, { keys: [secret, null, "x", { kty: "EC" }, other, unnamed] });
    expect(await statusFor(open(JWKS), first, { kid: undefined })).toBe(200);
    keys.documents.set(JWKS, { keys: [{ ...first.jwk, use: "enc" }] });
    expect(await statusFor(open(JWKS), first)).toBe(401);
  });

  it("are not read from a document without end, a redirect, or something else", async () => {
    const { clock, first, statusFor } = await createIssuer();
    const documents: (() => Response)[] = [
      () => new Response(JSON.stringify({ keys: [first.jwk], more: "x".repeat(300_000) })),
      () => new Response(null, { status: 302, headers: { location: JWKS } }),
      () => new Response("<html>"),
      () => Response.json({ keys: "none" }),
    ];
    for (const respond of documents) {
      const source = createSource({
        ...{ slug: "people", baseUrl: "https://app.example", storage: memoryStorage(), now: clock.now },
        ...{ federation: FEDERATION, fetchKeys: async () => respond() },
      });
      expect(await statusFor(source, first)).toBe(503);
    }
  });
});
