import fc from "fast-check";
import { createSources, memoryStorage, type Source, type Sources } from "scimkit";
import type { ScimEvent } from "scimkit/server";
import { beforeEach, describe, expect, it } from "vitest";
import { accessTokenOf, createSigner, type Signer } from "../helpers/oauth.ts";
import { USER } from "../helpers/scim-app.ts";
import { runs } from "../helpers/soak.ts";
import { createTestClock } from "../helpers/source-app.ts";

const BASE_URL = "https://app.example";
const FEDERATION = { issuer: "https://idp.example", audience: "scim", subjects: ["provisioning"] };

/** The tenants that exist. */
const TENANTS = /^(?:acme|globex|third|closing|moving|moved-[0-9]+|new-[0-9])$/;

/** Sources of many tenants, one of which has users, credentials and trust in an issuer. */
class Scene {
  readonly events: ScimEvent[] = [];
  readonly sources: Sources;
  /** Credentials that were valid once, or are valid for a tenant to which no hostile request is sent. */
  readonly misused: string[] = [];
  private readonly clock = createTestClock();
  private fetched = 0;

  constructor(signer: Signer) {
    const fetchKeys = async (): Promise<Response> => {
      this.fetched += 1;
      return Response.json({ keys: [signer.jwk] });
    };
    const federation = { ...FEDERATION, jwksUri: "https://idp.example/keys" };
    this.sources = createSources({
      ...{ storage: memoryStorage(), baseUrl: BASE_URL, now: this.clock.now, timer: false },
      observe: (event) => void this.events.push(event),
      resolve: (slug) => {
        if (!TENANTS.test(slug)) return undefined;
        const observe = (event: ScimEvent): void => void this.events.push(event);
        return { federation, fetchKeys, observe, wait: async () => {}, requestLog: { entries: 10 } };
      },
    });
  }

  async source(slug: string): Promise<Source> {
    const source = await this.sources.get(slug);
    if (source === undefined) throw new TypeError(`no source ${slug}`);
    return source;
  }

  /** Renames or removes a source whose token is known to the attacker. Its old slug starts anew with the next request. */
  async change(change: Change): Promise<void> {
    if (change === "none") return;
    const slug = change === "remove" ? "closing" : "moving";
    this.misused.push((await (await this.source(slug)).tokens.issue({ name: "known" })).token);
    if (change === "remove") await this.sources.remove(slug, { objects: "keep" });
    else await this.sources.rename(slug, `moved-${this.misused.length}`);
  }

  /** What an attacker may have got: a revoked token, a token with a mistake, and all credentials of another tenant. */
  async leak(source: Source, signer: Signer): Promise<void> {
    const revoked = await source.tokens.issue({ name: "revoked" });
    await source.tokens.revoke(revoked.id);
    const third = await this.source("third");
    const { token } = await third.tokens.issue({ name: "third" });
    const client = await third.oauthClients.issue({ name: "third" });
    const claims = { iss: FEDERATION.issuer, aud: FEDERATION.audience, sub: "provisioning" };
    const seconds = this.clock.now() / 1000;
    const times = { iat: seconds, exp: seconds + 300 };
    this.misused.push(
      ...[revoked.token, token, token.slice(0, -1), client.clientId, client.clientSecret],
      btoa(`${client.clientId}:${client.clientSecret}`),
      await accessTokenOf(third, client),
      await signer.sign({ ...claims, ...times, aud: "somebody else", jti: "1" }),
      await signer.sign({ ...claims, ...times, sub: "somebody else", jti: "2" }),
      await signer.sign({ ...claims, iat: seconds - 900, exp: seconds - 600, jti: "3" }),
    );
  }

  /** How often keys were fetched. */
  get fetches(): number {
    return this.fetched;
  }
}

/** What happens to a source before a request. */
type Change = "none" | "rename" | "remove";

/** What a stranger sends: to a path, as a form, as an assertion, as a token. */
interface Hostile {
  readonly change: Change;
  readonly slug: string;
  readonly path: string;
  readonly method: string;
  readonly authorization: string | undefined;
  readonly form: readonly (readonly [string, string])[];
  readonly isForm: boolean;
}

const junk = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    "",
    "null",
    "undefined",
    "__proto__",
    "constructor",
    "%00",
    "../acme",
    "a".repeat(5000),
    "ü€😀",
    "' OR 1=1",
  ),
);
const slug = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("acme", "globex") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...["new-1", "new-2", "closing", "moving", "nobody", "ACME", "acme%2F", "..", "__proto__", "constructor"],
    ),
  },
  { weight: 1, arbitrary: junk.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 200)) },
);
const path = fc.constantFrom(
  ...["/v2/Users", "/v2/Groups", "/v2/ServiceProviderConfig", "/oauth/token", "/oauth/token/", "/v2/oauth/token"],
  ...["/.well-known/oauth-authorization-server", "", "/v2/", "/v2/Users/%2e%2e/Groups"],
);
const jwt = fc
  .tuple(
    fc.constantFrom({ alg: "none" }, { alg: "HS256" }, { alg: "ES256", kid: "k" }, { alg: "ES256", jwk: {} }, {}),
    fc.record({ iss: junk, sub: junk, aud: junk, exp: fc.oneof(fc.integer(), junk), jti: junk }, { requiredKeys: [] }),
    junk,
  )
  .map(([header, claims, signature]) => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part(header)}.${part(claims)}.${Buffer.from(signature).toString("base64url")}`;
  });
/** Stands for one of `Scene.misused`. */
const misused = fc.nat({ max: 1_000_000 }).map((n) => `{misused:${n}}`);
const credential = fc.oneof(
  junk,
  { weight: 4, arbitrary: misused },
  jwt,
  fc.stringMatching(/^scimkit_[0-9a-f]{24}_[0-9A-Za-z]{50}$/),
  junk.map((text) => Buffer.from(text).toString("base64")),
);
const authorization = fc.oneof(
  fc.constant(undefined),
  fc
    .tuple(fc.constantFrom("Bearer ", "Bearer ", "bearer ", "Basic ", "", "Negotiate "), credential)
    .map(([scheme, text]) => {
      return (scheme + text).replaceAll(/[^\x20-\x7e]/g, "?");
    }),
);
const field = fc.tuple(
  fc.constantFrom(
    ...["grant_type", "client_id", "client_secret", "scope", "client_assertion", "client_assertion_type", "assertion"],
    ...["__proto__", "grant_type", "resource"],
  ),
  fc.oneof(
    credential,
    fc.constantFrom("client_credentials", "password", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
    fc.constantFrom("urn:ietf:params:oauth:grant-type:jwt-bearer", "scim", "read write admin"),
  ),
);
const hostile: fc.Arbitrary<Hostile> = fc.record({
  ...{ slug, path, authorization },
  change: fc.oneof(
    { weight: 30, arbitrary: fc.constant<Change>("none") },
    { weight: 1, arbitrary: fc.constantFrom<Change>("rename", "remove") },
  ),
  method: fc.constantFrom("GET", "POST", "POST", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"),
  form: fc.array(field, { maxLength: 8 }),
  isForm: fc.boolean(),
});

/** The hostile request with the credentials for which it has placeholders. */
function withMisused(sent: Hostile, credentials: readonly string[]): Hostile {
  const put = (text: string): string =>
    text.replace(/\{misused:(\d+)\}/, (_, n: string) => credentials[Number(n) % credentials.length] ?? "");
  return {
    ...sent,
    authorization: sent.authorization && put(sent.authorization),
    form: sent.form.map(([key, value]) => [key, put(value)]),
  };
}

function requestOf({ slug: name, path: rest, method, authorization: given, form, isForm }: Hostile): Request {
  const headers = new Headers({
    "content-type": isForm ? "application/x-www-form-urlencoded" : "application/scim+json",
  });
  if (given !== undefined) headers.set("authorization", given);
  const pairs = form.map(([key, value]) => [key, value.toWellFormed()] as [string, string]);
  const body = isForm
    ? new URLSearchParams(pairs).toString()
    : JSON.stringify({ schemas: [USER], ...Object.fromEntries(pairs) });
  const url = `${BASE_URL}/source/scim/${name}${rest}`;
  return new Request(url, ["GET", "HEAD"].includes(method) ? { method, headers } : { method, headers, body });
}

describe("hostile requests to the sources of many tenants", () => {
  let signer: Signer;
  beforeEach(async () => {
    signer = await createSigner("k");
  });

  it("get in nowhere, break nothing, and leave the tenants as they are [req 5, 8, 9, 187]", async () => {
    const scene = new Scene(signer);
    const acme = await scene.source("acme");
    const { token } = await acme.tokens.issue({ name: "good" });
    const good = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
    const body = JSON.stringify({ schemas: [USER], userName: "zoe-hidden" });
    await scene.sources.fetch(new Request(`${acme.baseUrl}/Users`, { method: "POST", headers: good, body }));
    await (await scene.source("globex")).oauthClients.issue({ name: "globex" });
    await scene.leak(acme, signer);
    let triedMisused = 0;
    await fc.assert(
      fc.asyncProperty(hostile, async (sent) => {
        await scene.change(sent.change);
        const response = await scene.sources.fetch(requestOf(withMisused(sent, scene.misused)));
        if (response.status === 401 && /^Bearer \{/i.test(sent.authorization ?? "")) triedMisused += 1;
        const text = await response.text();
        // What anybody may read: how to authenticate, and where the token endpoint is.
        const isPublic = /ServiceProviderConfig|well-known/.test(sent.path);
        const isRefused = (response.status >= 400 && response.status < 500) || response.status === 503;
        expect(isRefused || isPublic || sent.method === "OPTIONS", `${response.status} ${text}`).toBe(true);
        expect(text.length).toBeLessThan(20_000);
        expect(text).not.toContain("access_token");
        expect(text).not.toContain("zoe-hidden");
      }),
      runs({ seed: 12, numRuns: 2000 }),
    );
    expect(triedMisused).toBeGreaterThan(50);
    expect(scene.events.filter((event) => event.type === "server.error")).toEqual([]);
    const users = await scene.sources.fetch(new Request(`${acme.baseUrl}/Users`, { headers: good }));
    expect(((await users.json()) as { totalResults: number }).totalResults).toBe(1);
    expect(scene.fetches).toBeLessThanOrEqual(10);
    const listed = [];
    for await (const each of scene.sources.list()) listed.push(each.slug);
    expect(listed.filter((each) => !TENANTS.test(each))).toEqual([]);
  });
});
