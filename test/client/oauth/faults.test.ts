import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from "jose";
import { OAuth2Server } from "oauth2-mock-server";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type OAuthClientCredentialsOptions, oauthClientCredentials } from "../../../src/entries/client.ts";
import { isTokenRequestError } from "../../../src/errors/token-request-error.ts";

interface Answer {
  body: Record<string, unknown> | "" | null;
  statusCode: number;
}

const server = new OAuth2Server();
/** What happens to the next responses of the token endpoint. */
let faults: ((answer: Answer) => void)[] = [];
let requests = 0;
let waits: number[] = [];

beforeAll(async () => {
  await server.issuer.keys.generate("RS256");
  await server.start(0, "127.0.0.1");
  server.service.on("beforeResponse", (answer: Answer) => {
    requests += 1;
    faults.shift()?.(answer);
  });
});
afterAll(() => server.stop());
beforeEach(() => {
  [faults, requests, waits] = [[], 0, []];
});

function credentials(options: Partial<OAuthClientCredentialsOptions> = {}) {
  const { port } = server.address();
  return oauthClientCredentials({
    ...{ tokenUrl: `http://127.0.0.1:${port}/token`, clientId: "app", clientSecret: "a secret of the client" },
    sleep: async (ms) => void waits.push(ms),
    ...options,
  });
}

const request = { method: "GET", url: "https://app.example/Users" };
const headersOf = (auth: ReturnType<typeof credentials>) => auth.authorize(request);

/** The error of a token request. */
async function failureOf(auth: ReturnType<typeof credentials>) {
  const error: unknown = await headersOf(auth).catch((thrown) => thrown);
  if (!isTokenRequestError(error)) throw error;
  return error;
}

describe("faults of a token endpoint", () => {
  it("[req C10] that are temporary are tried again, with growing waits", async () => {
    const busy = (answer: Answer): void => void Object.assign(answer, { statusCode: 503, body: "" });
    faults = [busy, busy];
    expect(await headersOf(credentials())).toMatchObject({ Authorization: expect.stringMatching(/^Bearer ey/) });
    expect([requests, waits]).toEqual([3, [500, 1000]]);
  });
  it("end after three attempts, and are not asked about again for some seconds", async () => {
    let time = Date.now();
    faults = Array.from({ length: 3 }, () => (answer: Answer) => {
      Object.assign(answer, { statusCode: 500, body: { error: "server_error", error_description: "Try later" } });
    });
    const auth = credentials({ now: () => time });
    expect(await failureOf(auth)).toMatchObject({ isTemporary: true, error: "server_error", status: 500 });
    expect((await failureOf(auth)).message).toContain("server_error: Try later");
    expect(requests).toBe(3);
    time += 5001;
    expect(await headersOf(auth)).toHaveProperty("Authorization");
  });
  it("keep the words of the server, without the secret", async () => {
    faults = [
      (answer) => {
        const description = "The secret a secret of the client is\n wrong";
        Object.assign(answer, { statusCode: 400, body: { error: "invalid_client", error_description: description } });
      },
    ];
    const error = await failureOf(credentials());
    expect(error.message).toBe(
      "The authorization server issued no token (status 400): invalid_client: The secret … is wrong. Check the client id and its secret or key",
    );
    expect([error.isTemporary, error.cause]).toEqual([false, undefined]);
  });
  it("are a refusal if a success has no token, or tokens of another type", async () => {
    faults = [(answer) => void Object.assign(answer, { body: { token_type: "Bearer" } })];
    expect((await failureOf(credentials())).message).toContain("no access token");
    faults = [(answer) => void Object.assign(answer, { body: { access_token: "a", token_type: "mac" } })];
    expect((await failureOf(credentials())).message).toContain("not bearer tokens");
    faults = [(answer) => void Object.assign(answer, { body: { access_token: "a\nb", token_type: "Bearer" } })];
    expect((await failureOf(credentials())).message).toContain("no access token");
  });
  it("[req C5] do not matter if only the form is odd: lifetimes as text, no type", async () => {
    let time = 1_000_000;
    faults = [(answer) => void Object.assign(answer, { body: { access_token: "first", expires_in: "100" } })];
    const auth = credentials({ now: () => time });
    expect(await headersOf(auth)).toEqual({ Authorization: "Bearer first" });
    time += 89_000;
    expect(await headersOf(auth)).toEqual({ Authorization: "Bearer first" });
    time += 2000;
    expect(await headersOf(auth)).not.toEqual({ Authorization: "Bearer first" });
    expect(requests).toBe(2);
  });
  it("leave a token in use that is still valid", async () => {
    let time = 1_000_000;
    faults = [(answer) => void Object.assign(answer, { body: { access_token: "first", expires_in: 100 } })];
    const auth = credentials({ now: () => time });
    await headersOf(auth);
    time += 95_000;
    faults = Array.from({ length: 3 }, () => (answer: Answer) => void Object.assign(answer, { statusCode: 502 }));
    expect(await headersOf(auth)).toEqual({ Authorization: "Bearer first" });
    time += 6000;
    expect(await headersOf(auth)).not.toEqual({ Authorization: "Bearer first" });
  });
});

describe("answers that do not come from a token endpoint", () => {
  const answering = (answer: (sent: Request) => Response | Promise<Response>, options = {}) =>
    credentials({ tokenUrl: "https://login.example/token", fetch: async (sent) => answer(sent), ...options });

  it("are named: a page, a redirect, too many bytes, nothing at all", async () => {
    const page = await failureOf(answering(() => new Response("<title>Sign in</title>")));
    expect(page.message).toContain("the response is not JSON");
    const location = "https://evil.example/token";
    const redirect = await failureOf(answering(() => new Response(null, { status: 307, headers: { location } })));
    expect(redirect).toMatchObject({ status: 307, isTemporary: false });
    const large = await failureOf(answering(() => new Response("x".repeat(1_048_577))));
    expect(large.message).toContain("larger than 1048576 bytes");
    const silent = await failureOf(answering(() => new Promise<Response>(() => {}), { timeoutMs: 20 }));
    expect(silent).toMatchObject({ isTemporary: true, message: expect.stringContaining("within 20 ms") });
  });
  it("are waited for as the server says, unless that is long", async () => {
    const headers = { "retry-after": "3" };
    let count = 0;
    const auth = answering(() => {
      count += 1;
      return count === 1 ? new Response("", { status: 429, headers }) : Response.json({ access_token: "late" });
    });
    expect(await headersOf(auth)).toEqual({ Authorization: "Bearer late" });
    expect(waits).toEqual([3000]);
    const long = answering(() => new Response("", { status: 429, headers: { "retry-after": "600" } }));
    expect(await failureOf(long)).toMatchObject({ isTemporary: true, retryAfterMs: 600_000 });
    expect(waits).toEqual([3000]);
  });
  it("[req C80] show the time of the server, if ours makes the signature invalid", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const keySet = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), alg: "ES256" }] });
    const theirs = Date.now() + 3_600_000;
    let count = 0;
    const auth = answering(
      async (sent) => {
        count += 1;
        const headers = { date: new Date(theirs).toUTCString() };
        try {
          const assertion = String((await sent.formData()).get("client_assertion"));
          await jwtVerify(assertion, keySet, { currentDate: new Date(theirs), maxTokenAge: "1 min" });
        } catch {
          return Response.json({ error: "invalid_client" }, { status: 401, headers });
        }
        return Response.json({ access_token: "signed" }, { headers });
      },
      { clientSecret: undefined, clientKey: { key: privateKey } },
    );
    expect(await headersOf(auth)).toEqual({ Authorization: "Bearer signed" });
    expect(count).toBe(2);
  });
});
