import { createHmac, createPublicKey } from "node:crypto";
import { createSource, memoryStorage, type Source } from "scimkit";
import { describe, expect, it } from "vitest";
import { ASSERTION_TYPE, askToken, createSigner, KeyServer, type Signer, seconds } from "../../helpers/oauth.ts";
import { createTestClock } from "../../helpers/source-app.ts";

const COUNT = 10_000;
const ISSUER = "https://login.example/tenant-a/v2.0";
const JWKS = "https://login.example/keys";
const AUDIENCE = "api://app";

/** A generator of numbers with a seed (mulberry32), so that a failure can be repeated. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const encode = (text: string): string => Buffer.from(text).toString("base64url");

interface Scene {
  readonly source: Source;
  readonly clientId: string;
  readonly clock: ReturnType<typeof createTestClock>;
  /** The key of the client with keys, and that of the trusted issuer. */
  readonly own: Signer;
  readonly trusted: Signer;
  /** Keys of nobody, with the same names. */
  readonly strangers: readonly Signer[];
  /** Assertions that were used before. */
  readonly used: readonly string[];
}

async function open(): Promise<Scene> {
  const clock = createTestClock();
  const keys = new KeyServer();
  const [own, trusted, strange1, strange2] = [
    await createSigner("own", "EdDSA"),
    await createSigner("k1"),
    await createSigner("k1", "EdDSA"),
    await createSigner("own", "ES256"),
  ];
  keys.documents.set(JWKS, { keys: [trusted.jwk] });
  const source = createSource({
    ...{ slug: "people", baseUrl: "https://app.example", storage: memoryStorage(), now: clock.now },
    federation: { issuer: ISSUER, audience: AUDIENCE, subjects: ["sync"], jwksUri: JWKS },
    fetchKeys: keys.fetchKeys,
  });
  const { clientId } = await source.oauthClients.issue({ name: "signs", publicKeys: [own.jwk] });
  const scene = { source, clientId, clock, own, trusted, strangers: [strange1, strange2], used: [] };
  const used: string[] = [];
  for (let n = 0; n < 20; n += 1) {
    const assertion =
      n % 2 === 0 ? await own.sign(ownClaims(scene, `u${n}`)) : await trusted.sign(theirClaims(scene, `u${n}`));
    expect((await ask(scene, assertion)).status).toBe(200);
    used.push(assertion);
  }
  return { ...scene, used };
}

type Claims = Record<string, unknown>;

const ownClaims = ({ clientId, source, clock }: Scene, jti: string): Claims => ({
  ...{ iss: clientId, sub: clientId, aud: source.tokenUrl, jti, exp: seconds(clock) + 300 },
});
const theirClaims = ({ clock }: Scene, jti: string): Claims => ({
  ...{ iss: ISSUER, sub: "sync", aud: AUDIENCE, jti, exp: seconds(clock) + 300 },
});

const ask = ({ source }: Scene, assertion: string): ReturnType<typeof askToken> => {
  const form = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
  return askToken(source, { grant_type: "client_credentials", ...form });
};

/** Values that a claim does not have. */
const ODD: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, "", "\u0000", " ", "__proto__", [], {}, [[]], { toString: 1 }, "a".repeat(3000)],
  ...["none", "https://login.example/tenant-b/v2.0", `${ISSUER}/`, ISSUER.toUpperCase(), "sync ", "Sync", ["sync"]],
];

type Pick = <T>(list: readonly T[]) => T;
type Attack = (scene: Scene, pick: Pick, n: number) => Promise<string> | string;

const good = (scene: Scene, pick: Pick, n: number): { claims: Claims; signer: Signer } =>
  pick([
    { claims: ownClaims(scene, `h${n}`), signer: scene.own },
    { claims: theirClaims(scene, `h${n}`), signer: scene.trusted },
  ]);

const ATTACKS: readonly Attack[] = [
  ({ used }, pick) => pick(used),
  // A claim that is wrong, in an assertion that is signed with the right key.
  (scene, pick, n) => {
    const { claims, signer } = good(scene, pick, n);
    const name = pick(["iss", "sub", "aud", "exp"]);
    const value =
      name === "exp" ? pick<unknown>([...ODD.filter((odd) => odd !== 1e308), seconds(scene.clock) - 61]) : pick(ODD);
    return signer.sign({ ...claims, [name]: value });
  },
  (scene, pick, n) => {
    const { claims, signer } = good(scene, pick, n);
    const now = seconds(scene.clock);
    const wrong = pick<Claims>([
      { nbf: now + 62 },
      { iat: now + 62 },
      { exp: now + 90_000 },
      { iat: "x" },
      { jti: 7 },
      { jti: "" },
    ]);
    return signer.sign({ ...claims, ...wrong });
  },
  // The right claims, signed by nobody who may.
  (scene, pick, n) => pick(scene.strangers).sign(good(scene, pick, n).claims),
  (scene, pick, n) => {
    const { claims, signer } = good(scene, pick, n);
    return (signer === scene.own ? scene.trusted : scene.own).sign(claims, { kid: pick(["own", "k1"]) });
  },
  (scene, pick, n) => {
    const alg = pick(["none", "None", "NONE", "nOnE", "", "HS256", "RS256", "dir"]);
    const { claims } = good(scene, pick, n);
    return `${encode(JSON.stringify({ alg, kid: "k1" }))}.${encode(JSON.stringify(claims))}.${pick(["", "AA", "e30"])}`;
  },
  // A shared secret that everybody knows: the public key.
  (scene, pick, n) => {
    const { claims, signer } = good(scene, pick, n);
    const pem = createPublicKey({ key: signer.jwk as never, format: "jwk" }).export({ type: "spki", format: "pem" });
    const secret = pick([String(pem), JSON.stringify(signer.jwk), String(signer.jwk.x)]);
    const input = `${encode(JSON.stringify({ alg: "HS256", kid: signer.jwk.kid }))}.${encode(JSON.stringify(claims))}`;
    return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
  },
  // A key that the assertion brings along.
  (scene, pick, n) => {
    const signer = pick(scene.strangers);
    const header = pick([{ jwk: signer.jwk }, { jku: "https://evil.example/keys" }, { x5u: "https://evil.example" }]);
    return signer.sign(good(scene, pick, n).claims, header as never);
  },
  // A good one, changed.
  async (scene, pick, n) => {
    const { claims, signer } = good(scene, pick, n);
    const [header = "", payload = "", signature = ""] = (await signer.sign(claims)).split(".");
    const other = encode(JSON.stringify({ ...claims, jti: "other" }));
    return pick([
      `${header}.${other}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `.${payload}.${signature}`,
      `${header}..${signature}`,
      `${header}.${payload}.${signature}.${signature}.${signature}`,
      `${header}.${payload}.${signature}=`,
      `${header}.${payload} .${signature}`,
    ]);
  },
  // A header that asks for what is not there.
  (scene, pick, n) => {
    const { claims, signer } = good(scene, pick, n);
    const header = pick([
      { crit: ["x"], x: 1 },
      { typ: "dpop+jwt" },
      { typ: "secevent+jwt" },
      { kid: "../../etc/passwd" },
    ]);
    const kid = "kid" in header ? header.kid : signer.jwk.kid;
    const text = `${encode(JSON.stringify({ alg: signer.alg, ...header, kid }))}.${encode(JSON.stringify(claims))}`;
    return "typ" in header ? signer.sign(claims, header) : `${text}.${encode(`${n}`)}`;
  },
  // No JSON, or odd JSON.
  ({ clientId }, pick) => {
    const payload = pick([
      ...["", "null", "[]", "7", '"x"', "{", "{}", "[".repeat(3000), `{"iss":"${clientId}","iss":"${ISSUER}"}`],
      ...[`{"__proto__":{"iss":"${ISSUER}"}}`, `{"iss":${"9".repeat(2000)}}`, "\u0000", "\ud800", `{"exp":1e999}`],
    ]);
    const header = pick([
      "{}",
      '{"alg":"ES256"}',
      '{"alg":["ES256"]}',
      '{"alg":null}',
      "",
      "[]",
      '{"alg":"ES256","kid":{}}',
    ]);
    return `${encode(header)}.${encode(payload)}.${encode(pick(["", "x".repeat(64)]))}`;
  },
  (_, pick) =>
    pick([
      "x",
      ".",
      "..",
      "a.b.c",
      "%",
      "e30.e30.e30",
      "\u{1f600}",
      "a".repeat(20_000),
      ".".repeat(5000),
      "0".repeat(64),
    ]),
];

describe("ten thousand hostile assertions", () => {
  it("give no access token, and harm nobody else [req 9]", async () => {
    const scene = await open();
    const random = seeded(20_261_201);
    const pick: Pick = (list) => list[Math.floor(random() * list.length)] as (typeof list)[number];
    const stored = async (): Promise<number> => {
      const records = await scene.source.storage.state.due("oauth", Number.MAX_SAFE_INTEGER, 100);
      return records.length;
    };
    const before = await stored();
    for (let n = 0; n < COUNT; n += 1) {
      const attack = pick(ATTACKS);
      const assertion = await attack(scene, pick, n);
      const { status, body } = await ask(scene, assertion);
      const isRefused = (status === 401 || status === 400) && body.access_token === undefined;
      if (!isRefused)
        expect.fail(`${status} for number ${n}, attack ${ATTACKS.indexOf(attack)}: ${assertion.slice(0, 2000)}`);
    }
    expect([before, await stored()]).toEqual([20, 20]);
    expect((await ask(scene, await scene.own.sign(ownClaims(scene, "last")))).status).toBe(200);
    expect((await ask(scene, await scene.trusted.sign(theirClaims(scene, "last")))).status).toBe(200);
  }, 60_000);
});
