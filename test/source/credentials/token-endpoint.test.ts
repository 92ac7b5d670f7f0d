import { createSource, memoryStorage, type Source } from "scimkit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { accessTokenOf, askToken, basic, statusWith } from "../../helpers/oauth.ts";
import { createSourceApp, createTestClock, type SourceApp, sendTo, type TestClock } from "../../helpers/source-app.ts";

const GRANT = { grant_type: "client_credentials" } as const;
type Client = Awaited<ReturnType<Source["oauthClients"]["issue"]>> & { readonly clientSecret: string };

let clock: TestClock;
let app: SourceApp;
let client: Client;
beforeEach(async () => {
  clock = createTestClock();
  app = await createSourceApp({ storage: memoryStorage(), now: clock.now });
  client = await app.source.oauthClients.issue({ name: "Entra ID" });
});

/** The secret in the body, as Entra sends it if the administrator chooses so. */
const post = (): Record<string, string> => ({ client_id: client.clientId, client_secret: client.clientSecret });

describe("the token endpoint", () => {
  it("is beside the SCIM endpoints", () => {
    expect(app.source.tokenUrl).toBe("https://app.example/source/scim/people/oauth/token");
  });

  it("gives an access token for a secret in the header and in the body, in Entra's forms", async () => {
    const { clientId, clientSecret } = client;
    const header = basic(encodeURIComponent(clientId), encodeURIComponent(clientSecret));
    const requests = [
      await askToken(app.source, GRANT, header),
      await askToken(
        app.source,
        { ...GRANT, scope: "scim" },
        { authorization: header.authorization.replace("Basic", "basic") },
      ),
      await askToken(app.source, { ...GRANT, client_id: clientId, scope: "" }, header),
      await askToken(app.source, { ...GRANT, ...post() }),
      await askToken(app.source, { ...GRANT, ...post(), scope: "scim.readwrite" }),
      await askToken(app.source, { ...GRANT, ...post() }, header),
      await askToken(app.source, { ...GRANT, ...post(), resource: "https://app.example", unknown: "x" }),
    ];
    for (const { status, headers, body } of requests) {
      expect([status, headers.get("cache-control"), headers.get("pragma")]).toEqual([200, "no-store", "no-cache"]);
      expect(headers.get("content-type")).toBe("application/json");
      expect(body).toMatchObject({ token_type: "Bearer", expires_in: 3600 });
      expect(await statusWith(app.source, `Bearer ${body.access_token}`)).toBe(200);
    }
    expect(requests.map(({ body }) => body.scope)).toEqual([
      "scim",
      "scim",
      "scim",
      "scim",
      "scim.readwrite",
      "scim",
      "scim",
    ]);
  });

  it("refuses in the form of RFC 6749", async () => {
    const { clientId, clientSecret } = client;
    const header = basic(clientId, clientSecret);
    const wrong = `${clientSecret.slice(0, -1)}${clientSecret.endsWith("a") ? "b" : "a"}`;
    const cases: [Record<string, string>, Record<string, string>, number, string][] = [
      [{}, header, 400, "invalid_request"],
      [{ grant_type: "password", username: "a", password: "b" }, header, 400, "unsupported_grant_type"],
      [{ ...GRANT, scope: "admin" }, header, 400, "invalid_scope"],
      [{ ...GRANT, scope: "scim admin" }, header, 400, "invalid_scope"],
      [GRANT, {}, 401, "invalid_client"],
      [GRANT, basic(clientId, wrong), 401, "invalid_client"],
      [GRANT, basic("0".repeat(24), clientSecret), 401, "invalid_client"],
      [GRANT, basic(clientId, ""), 401, "invalid_client"],
      [GRANT, { authorization: "Basic !" }, 401, "invalid_client"],
      [GRANT, { authorization: `Basic ${btoa("%zz:a")}` }, 401, "invalid_client"],
      [GRANT, { authorization: `Bearer ${app.token}` }, 401, "invalid_client"],
      [{ ...GRANT, client_id: clientId }, {}, 401, "invalid_client"],
      [{ ...GRANT, client_id: "0".repeat(24) }, header, 400, "invalid_request"],
      [{ ...GRANT, client_secret: wrong }, header, 401, "invalid_client"],
      [{ ...GRANT, ...post(), client_assertion: "x" }, {}, 400, "invalid_request"],
      [{ ...GRANT, client_assertion: "x", client_assertion_type: "urn:x" }, {}, 400, "invalid_request"],
    ];
    for (const [form, headers, status, error] of cases) {
      const answer = await askToken(app.source, form, headers);
      expect([answer.status, answer.body.error], JSON.stringify(form)).toEqual([status, error]);
      expect(answer.headers.get("www-authenticate")).toBe(status === 401 ? 'Basic realm="SCIM"' : null);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(JSON.stringify(answer.body)).not.toContain(clientSecret);
    }
  });

  it("reads forms only, and not endless ones", async () => {
    const send = async (init: RequestInit): Promise<number> =>
      (await app.source.fetch(new Request(app.source.tokenUrl, { method: "POST", ...init }))).status;
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect(await send({ body: "{}", headers: { "content-type": "application/json" } })).toBe(400);
    expect(await send({ body: "grant_type=client_credentials&grant_type=client_credentials", headers: form })).toBe(
      400,
    );
    expect(await send({ body: "a=1&".repeat(60), headers: form })).toBe(400);
    expect(await send({ body: "a".repeat(65_537), headers: form })).toBe(413);
    expect(await send({ body: new Uint8Array([0xff, 0xfe]), headers: form })).toBe(400);
    expect(await send({ method: "GET" })).toBe(405);
    expect(await send({ method: "OPTIONS" })).toBe(204);
  });
});

describe("the OAuth server of a source", () => {
  it("describes itself, where RFC 8414 says and below the source", async () => {
    const places = [
      "https://app.example/.well-known/oauth-authorization-server/source/scim/people",
      "https://app.example/source/scim/people/.well-known/oauth-authorization-server",
    ];
    for (const place of places) {
      expect(await (await app.source.fetch(new Request(place))).json()).toMatchObject({
        issuer: "https://app.example/source/scim/people",
        token_endpoint: app.source.tokenUrl,
        grant_types_supported: ["client_credentials"],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
      });
    }
  });

  it("gives a client that may only read no right to write, nor for a narrower scope", async () => {
    const reader = await app.source.oauthClients.issue({ name: "reader", rights: "read" });
    const create = { method: "POST", path: "/Users", body: { userName: "a" } };
    const refused = await askToken(
      app.source,
      { ...GRANT, scope: "scim.write" },
      basic(reader.clientId, reader.clientSecret),
    );
    expect(refused.body.error).toBe("invalid_scope");
    expect((await sendTo(app.source, await accessTokenOf(app.source, reader), create)).status).toBe(403);
    const narrow = await askToken(app.source, { ...GRANT, ...post(), scope: "scim.read" });
    expect((await sendTo(app.source, String(narrow.body.access_token), create)).status).toBe(403);
    expect((await sendTo(app.source, await accessTokenOf(app.source, client), create)).status).toBe(201);
  });

  it("gives one client at most a hundred tokens at once", async () => {
    for (let n = 0; n < 100; n += 1) expect((await askToken(app.source, { ...GRANT, ...post() })).status).toBe(200);
    const { status, headers, body } = await askToken(app.source, { ...GRANT, ...post() });
    expect([status, headers.get("retry-after"), body.error]).toEqual([429, "1", "temporarily_unavailable"]);
    const other = await app.source.oauthClients.issue({ name: "other" });
    expect(await accessTokenOf(app.source, other)).toMatch(/^scimkit_at_/);
    clock.advance(1000);
    expect((await askToken(app.source, { ...GRANT, ...post() })).status).toBe(200);
  });

  it("tells the observer what it did, and of an outage, of which the client learns nothing", async () => {
    const get = vi.spyOn(app.source.storage.state, "get").mockRejectedValueOnce(new Error("disk full"));
    const { status, body } = await askToken(app.source, { ...GRANT, ...post() });
    get.mockRestore();
    expect([status, body]).toEqual([500, { error: "server_error", error_description: "Internal error" }]);
    const told = app.events.find((event) => event.type === "server.error");
    expect(told).toMatchObject({ route: "/oauth/token", error: { message: "disk full" } });
    await askToken(app.source, GRANT);
    const tenant = (await app.source.identity()).id;
    const detail = "The request has no client credentials";
    expect(app.events.at(-1)).toMatchObject({
      type: "server.response",
      route: "/oauth/token",
      status: 401,
      tenant,
      detail,
    });
  });
});

describe("a disabled source", () => {
  it("gives no tokens, and takes none [req 6]", async () => {
    let enabled = true;
    const source = createSource({
      ...{ slug: "people", baseUrl: "https://app.example", storage: memoryStorage() },
      enabled: () => enabled,
    });
    const client = await source.oauthClients.issue({ name: "Entra ID" });
    const token = await accessTokenOf(source, client);
    enabled = false;
    expect(await statusWith(source, `Bearer ${token}`)).toBe(403);
    const { status, body } = await askToken(source, GRANT, basic(client.clientId, client.clientSecret));
    expect([status, body.error]).toEqual([400, "unauthorized_client"]);
  });
});

describe("the paths of the token endpoint", () => {
  it("follow the mount path, and no request for SCIM is taken for one", async () => {
    const source = createSource({
      ...{ slug: "people", baseUrl: "https://app.example/hr", storage: memoryStorage(), mountPath: "/v2" },
    });
    const { clientId, clientSecret } = await source.oauthClients.issue({ name: "Entra ID" });
    expect(source.tokenUrl).toBe("https://app.example/hr/source/scim/people/oauth/token");
    const body = new URLSearchParams(GRANT);
    const init = { method: "POST", body, headers: basic(clientId, clientSecret) };
    expect((await source.fetch(new Request("https://inside/oauth/token", init))).status).toBe(200);
    const { token } = await source.tokens.issue({ name: "t" });
    const headers = { authorization: `Bearer ${token}` };
    const filter = encodeURIComponent('userName eq "/oauth/token"');
    const scim = await source.fetch(
      new Request(`https://inside/v2/Users?filter=${filter}&x=/oauth/token`, { headers }),
    );
    expect([scim.status, scim.headers.get("content-type")]).toEqual([200, "application/scim+json"]);
  });
});
