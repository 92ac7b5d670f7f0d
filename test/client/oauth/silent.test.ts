import { beforeAll, describe, expect, it } from "vitest";
import { createScimClient, oauthClientCredentials, oauthGrant, oauthJwtBearer } from "../../../src/entries/client.ts";
import { isTransportError } from "../../../src/errors/transport-error.ts";
import { type OAuthServers, startOAuthServers } from "./authorization-server.ts";

const SECRET = "correct horse battery";

let servers: OAuthServers;
beforeAll(async () => {
  servers = await startOAuthServers();
});

describe("silent OAuth against a real authorization server", () => {
  it("[req C10] requests one token for a hundred requests at once, with the secret as Basic", async () => {
    const { issuer, scimUrl, tokenRequests } = servers;
    const auth = oauthClientCredentials({ issuer, clientId: "basic", clientSecret: SECRET, scope: "scim" });
    expect(await auth.status()).toMatchObject({ state: "unauthenticated" });
    const client = createScimClient({ baseUrl: scimUrl, auth });
    const before = tokenRequests.length;
    const users = await Promise.all(Array.from({ length: 100 }, () => client.users.get("1")));
    expect(users.every(({ userName }) => userName === "anna")).toBe(true);
    expect(tokenRequests.slice(before)).toEqual(["client_credentials"]);
    expect(await auth.status()).toMatchObject({ state: "authenticated", scope: "scim", expiresAt: expect.any(Date) });
  });
  it("[req C10] sends the secret in the body, or a signed JWT", async () => {
    const { tokenUrl, issuer, scimUrl, privateKey } = servers;
    const common = { clientId: "post", clientSecret: SECRET, clientAuthentication: "post" } as const;
    const post = oauthClientCredentials({ tokenUrl, ...common });
    const clientKey = { key: privateKey, kid: "key-1" };
    const signing = oauthClientCredentials({ issuer, clientId: "signing", clientKey });
    for (const auth of [post, signing]) {
      expect(await createScimClient({ baseUrl: scimUrl, auth }).users.get("1")).toMatchObject({ userName: "anna" });
    }
  });
  it("[req C10] uses a grant of the application's own, such as Zoom's", async () => {
    const { tokenUrl, scimUrl } = servers;
    const grantType = "account_credentials";
    const parameters = { account_id: "account-1" };
    const auth = oauthGrant({ tokenUrl, clientId: "basic", clientSecret: SECRET, grantType, parameters });
    expect(await createScimClient({ baseUrl: scimUrl, auth }).users.get("1")).toMatchObject({ userName: "anna" });
  });
  it("[req C10] signs a JWT bearer assertion, and shows it nowhere when it is refused", async () => {
    const { issuer, scimUrl, privateKey, tokenUrl } = servers;
    const assertion = { key: privateKey, issuer: "asserting", subject: "admin@example.com", audience: issuer };
    const auth = oauthJwtBearer({ tokenUrl, clientId: "asserting", assertion });
    expect(await createScimClient({ baseUrl: scimUrl, auth }).users.get("1")).toMatchObject({ userName: "anna" });
    const wrong = oauthJwtBearer({ tokenUrl, clientId: "asserting", assertion: { ...assertion, subject: "other" } });
    const error = await createScimClient({ baseUrl: scimUrl, auth: wrong })
      .users.get("1")
      .catch((thrown) => thrown);
    expect(error.message).toMatch(/invalid_grant: the assertion … is not valid/);
    expect(JSON.stringify([error.message, error.stack, error.cause?.message])).not.toMatch(/eyJ/);
  });
  it("[req C10] renews the token once after a 401, and sends the request again", async () => {
    const { issuer, scimUrl, tokenRequests, usedTokens, revoke } = servers;
    let time = Date.now();
    const options = { issuer, clientId: "basic", clientSecret: SECRET, now: () => time };
    const client = createScimClient({ baseUrl: scimUrl, auth: oauthClientCredentials(options) });
    await client.users.get("1");
    await revoke(usedTokens.at(-1) ?? "");
    time += 60_000;
    const before = tokenRequests.length;
    await Promise.all(Array.from({ length: 20 }, () => client.users.get("1")));
    expect(tokenRequests.length - before).toBe(1);
  });
  it("says what is wrong with a secret, asks once a minute, and sends nothing to the application", async () => {
    const { issuer, scimUrl, tokenRequests, usedTokens } = servers;
    let time = Date.now();
    const clientSecret = "a wrong secret";
    const auth = oauthClientCredentials({ issuer, clientId: "basic", clientSecret, now: () => time });
    const client = createScimClient({ baseUrl: scimUrl, auth });
    const [before, used] = [tokenRequests.length, usedTokens.length];
    for (let count = 0; count < 10; count += 1) {
      const error = await client.users.get("1").catch((thrown) => thrown);
      expect(isTransportError(error)).toBe(true);
      expect(error).toMatchObject({ reason: "credentials", outcome: "not-sent", cause: { error: "invalid_client" } });
      expect(error.message).toMatch(/invalid_client.*Check the client id and its secret or key/);
      expect(error.message).not.toContain(clientSecret);
    }
    expect(tokenRequests.length - before).toBe(1);
    expect(usedTokens.length).toBe(used);
    expect(await auth.status()).toMatchObject({ state: "failed", todo: "Correct the credentials of the client" });
    time += 60_001;
    await client.users.get("1").catch(() => undefined);
    expect(tokenRequests.length - before).toBe(2);
  });
});
