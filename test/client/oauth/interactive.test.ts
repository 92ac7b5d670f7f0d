import { beforeAll, describe, expect, it } from "vitest";
import { createScimClient, type OAuthInteractiveOptions, oauthInteractive } from "../../../src/entries/client.ts";
import { memoryStorage } from "../../../src/storage/memory/storage.ts";
import { type OAuthServers, REDIRECT_URI, startOAuthServers } from "./authorization-server.ts";

const keys = [{ id: "1", key: new Uint8Array(32).fill(7) }];
const personOf = (request: Request): string | undefined => request.headers.get("x-person") ?? undefined;

/** A request of a person's browser. */
function by(person: string, url: string | URL = REDIRECT_URI): Request {
  return new Request(url, { headers: { "x-person": person } });
}

let servers: OAuthServers;
beforeAll(async () => {
  servers = await startOAuthServers();
});

/** Credentials that are kept in a storage of their own. */
function connection(options: Partial<OAuthInteractiveOptions> = {}) {
  const storage = memoryStorage();
  const { issuer, scimUrl } = servers;
  const all: OAuthInteractiveOptions = {
    ...{ name: "app", issuer, clientId: "browser", clientSecret: "correct horse battery", redirectUri: REDIRECT_URI },
    ...{ scope: "openid offline_access", authorizationParameters: { prompt: "consent" }, storage, keys },
    authorize: personOf,
    ...options,
  };
  const oauth = oauthInteractive(all);
  return { oauth, all, storage: all.storage, client: createScimClient({ baseUrl: scimUrl, auth: oauth }) };
}

describe("interactive OAuth against a real authorization server", () => {
  it("asks a person to authorize, and says by whom it was done", async () => {
    const { oauth, client } = connection();
    const todo = "Authorize the client: open the redirectUri, or the URL of start(), in a browser";
    expect(await oauth.status()).toEqual({ state: "unauthenticated", todo });
    await expect(client.users.get("1")).rejects.toMatchObject({
      reason: "credentials",
      message: expect.stringContaining("Nobody has authorized app yet"),
    });
    expect(await oauth.status()).toEqual({ state: "unauthenticated", todo });
    const url = await oauth.start(by("anna"));
    expect(url.searchParams.get("code_challenge_method")).toBe("S256");
    const back = await servers.authorizeInBrowser(url);
    const status = await oauth.finish(by("anna", back));
    expect(status).toMatchObject({ state: "authenticated", by: "anna", since: expect.any(Date) });
    expect(await client.users.get("1")).toMatchObject({ userName: "anna" });
  });
  it("works as a handler: a GET starts, the callback finishes, and both are for the same person only", async () => {
    const { oauth, client } = connection({ doneUrl: "/connections" });
    expect((await oauth.fetch(new Request(REDIRECT_URI))).status).toBe(403);
    expect((await oauth.fetch(new Request(REDIRECT_URI, { method: "POST" }))).status).toBe(405);
    const started = await oauth.fetch(by("anna"));
    expect([started.status, started.headers.get("cache-control")]).toEqual([302, "no-store"]);
    const back = await servers.authorizeInBrowser(new URL(started.headers.get("location") ?? ""));
    expect((await oauth.fetch(new Request(back))).status).toBe(403);
    expect((await oauth.fetch(by("mallory", back))).status).toBe(403);
    const forged = new URL(back);
    forged.searchParams.set("state", "forged");
    expect((await oauth.fetch(by("anna", forged))).status).toBe(403);
    const finished = await oauth.fetch(by("anna", back));
    expect([finished.status, finished.headers.get("location")]).toEqual([303, "/connections"]);
    expect((await oauth.fetch(by("anna", back))).status).toBe(403);
    expect(await client.users.get("1")).toMatchObject({ userName: "anna" });
  });
  it("does not finish an authorization after ten minutes, nor one that was refused", async () => {
    let time = Date.now();
    const { oauth } = connection({ now: () => time });
    const back = await servers.authorizeInBrowser(await oauth.start(by("anna")));
    time += 600_001;
    await expect(oauth.finish(by("anna", back))).rejects.toMatchObject({ status: 403 });
    const again = await oauth.start(by("anna"));
    const refused = new URL(`${REDIRECT_URI}?error=access_denied`);
    refused.searchParams.set("state", again.searchParams.get("state") ?? "");
    refused.searchParams.set("iss", servers.issuer);
    const response = await oauth.fetch(by("anna", refused));
    expect([response.status, await response.text()]).toEqual([400, "The authorization was refused: access_denied"]);
    const problem = "The authorization was refused: access_denied";
    expect(await oauth.status()).toMatchObject({ state: "failed", problem });
  });
  it("rejects the code of another authorization server", async () => {
    const { oauth } = connection();
    const back = await servers.authorizeInBrowser(await oauth.start(by("anna")));
    expect(back.searchParams.get("iss")).toBe(servers.issuer);
    back.searchParams.set("iss", "https://evil.example");
    await expect(oauth.finish(by("anna", back))).rejects.toThrow(/invalid response/);
  });
});

describe("tokens that a person has authorized", () => {
  it("are renewed with a refresh token that changes each time, also after a restart", async () => {
    let time = Date.now();
    const { oauth, client, all } = connection({ now: () => time });
    await oauth.finish(by("anna", await servers.authorizeInBrowser(await oauth.start(by("anna")))));
    for (let hours = 0; hours < 3; hours += 1) {
      time += 3_600_000;
      const before = servers.tokenRequests.length;
      const restarted = createScimClient({ baseUrl: servers.scimUrl, auth: oauthInteractive(all) });
      await Promise.all([client.users.get("1"), restarted.users.get("1")]);
      expect(servers.tokenRequests.slice(before)).toEqual(["refresh_token"]);
    }
    expect(await oauth.status()).toMatchObject({ state: "authenticated", by: "anna" });
  });
  it("are encrypted in the storage", async () => {
    const { oauth, storage, client } = connection();
    await oauth.finish(by("anna", await servers.authorizeInBrowser(await oauth.start(by("anna")))));
    await client.users.get("1");
    const stored = await storage.state.scan("client-tokens", { take: 10 });
    expect(stored).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain(servers.usedTokens.at(-1));
  });
  it("are revoked at the authorization server, and forgotten", async () => {
    const { oauth, client, storage } = connection();
    await oauth.finish(by("anna", await servers.authorizeInBrowser(await oauth.start(by("anna")))));
    await client.users.get("1");
    expect(await oauth.revoke()).toEqual({ confirmed: true });
    expect(await storage.state.scan("client-tokens", { take: 10 })).toEqual([]);
    expect(await oauth.status()).toMatchObject({ state: "unauthenticated" });
    await expect(client.users.get("1")).rejects.toMatchObject({ reason: "credentials" });
  });
  it("end when the authorization server has revoked them, and a person is asked to authorize again", async () => {
    let time = Date.now();
    const { oauth, client, all } = connection({ now: () => time });
    await oauth.finish(by("anna", await servers.authorizeInBrowser(await oauth.start(by("anna")))));
    await client.users.get("1");
    // Somebody else uses the refresh token, so that the server ends the whole authorization.
    const { storage } = all;
    const [record] = await storage.state.scan("client-tokens", { take: 1 });
    time += 3_600_000;
    await client.users.get("1");
    await storage.state.put("client-tokens", record?.key ?? "", record?.value ?? {}, { expected: undefined });
    const restarted = oauthInteractive(all);
    const other = createScimClient({ baseUrl: servers.scimUrl, auth: restarted });
    await expect(other.users.get("1")).rejects.toThrow(/invalid_grant.*authorize again/);
    expect(await restarted.status()).toMatchObject({
      state: "failed",
      by: "anna",
      todo: "Authorize again: open the redirectUri, or the URL of start(), in a browser",
    });
    await restarted.finish(by("anna", await servers.authorizeInBrowser(await restarted.start(by("anna")))));
    expect(await other.users.get("1")).toMatchObject({ userName: "anna" });
    expect(await restarted.status()).toMatchObject({ state: "authenticated" });
  });
});
