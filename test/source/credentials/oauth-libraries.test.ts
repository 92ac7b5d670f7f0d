import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { createSource, memoryStorage, type Source } from "scimkit";
import { toNodeListener } from "scimkit/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSigner, type Signer } from "../../helpers/oauth.ts";

const insecure = { [oauth.allowInsecureRequests]: true };

let server: Server;
let source: Source;
let key: Signer;
beforeAll(async () => {
  // The port is known only after listening, and the source needs it.
  let listener: RequestListener = (_req, res) => void res.end();
  server = createServer((req, res) => listener(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  source = createSource({ slug: "people", baseUrl, storage: memoryStorage() });
  listener = toNodeListener(source.fetch) as RequestListener;
  key = await createSigner("own");
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const usersWith = async (token: string): Promise<number> =>
  (await fetch(`${source.baseUrl}/Users`, { headers: { authorization: `Bearer ${token}` } })).status;
const issuer = (): URL => new URL(source.tokenUrl.replace("/oauth/token", ""));

describe("oauth4webapi", () => {
  const discovered = async (): Promise<oauth.AuthorizationServer> => {
    const response = await oauth.discoveryRequest(issuer(), { algorithm: "oauth2", ...insecure });
    return oauth.processDiscoveryResponse(issuer(), response);
  };

  it("finds the source by RFC 8414, and gets tokens by Basic and in the body", async () => {
    const server = await discovered();
    const { clientId, clientSecret } = await source.oauthClients.issue({ name: "Entra ID" });
    const client = { client_id: clientId };
    for (const method of [oauth.ClientSecretBasic(clientSecret), oauth.ClientSecretPost(clientSecret)]) {
      const parameters = new URLSearchParams({ scope: "scim" });
      const response = await oauth.clientCredentialsGrantRequest(server, client, method, parameters, insecure);
      const token = await oauth.processClientCredentialsResponse(server, client, response);
      expect([token.token_type, token.expires_in, await usersWith(token.access_token)]).toEqual(["bearer", 3600, 200]);
    }
    const wrong = oauth.ClientSecretBasic("wrong");
    const refused = await oauth.clientCredentialsGrantRequest(server, client, wrong, {}, insecure);
    await expect(oauth.processClientCredentialsResponse(server, client, refused)).rejects.toThrow(
      oauth.WWWAuthenticateChallengeError,
    );
  });

  it("gets a token by private_key_jwt, with the algorithms that the metadata name", async () => {
    const server = await discovered();
    for (const alg of ["RS256", "PS256", "ES256", "ES384", "EdDSA"]) {
      const signer = await createSigner("k", alg);
      const { clientId } = await source.oauthClients.issue({ name: "signs", publicKeys: [signer.jwk] });
      const method = oauth.PrivateKeyJwt({ key: signer.privateKey, kid: "k" });
      const client = { client_id: clientId };
      const response = await oauth.clientCredentialsGrantRequest(server, client, method, {}, insecure);
      const token = await oauth.processClientCredentialsResponse(server, client, response);
      expect(await usersWith(token.access_token), alg).toBe(200);
      expect(server.token_endpoint_auth_signing_alg_values_supported).toContain(alg);
    }
  });
});

describe("openid-client", () => {
  const configured = async (clientId: string, method: openid.ClientAuth): Promise<openid.Configuration> =>
    openid.discovery(issuer(), clientId, undefined, method, {
      algorithm: "oauth2",
      execute: [openid.allowInsecureRequests],
    });

  it("gets tokens by every method", async () => {
    const { clientId, clientSecret } = await source.oauthClients.issue({ name: "Okta" });
    const signs = await source.oauthClients.issue({ name: "signs", publicKeys: [key.jwk] });
    const ways: [string, openid.ClientAuth][] = [
      [clientId, openid.ClientSecretBasic(clientSecret)],
      [clientId, openid.ClientSecretPost(clientSecret)],
      [signs.clientId, openid.PrivateKeyJwt({ key: key.privateKey, kid: "own" })],
    ];
    for (const [id, method] of ways) {
      const token = await openid.clientCredentialsGrant(await configured(id, method), { scope: "scim.read" });
      expect([token.scope, await usersWith(token.access_token)]).toEqual(["scim.read", 200]);
    }
  });

  it("is told why it gets none", async () => {
    const { clientId, clientSecret } = await source.oauthClients.issue({ name: "Okta" });
    const config = await configured(clientId, openid.ClientSecretPost(clientSecret));
    await expect(openid.clientCredentialsGrant(config, { scope: "admin" })).rejects.toMatchObject({
      error: "invalid_scope",
      error_description: "The scopes are scim, scim.read, scim.write, scim.readwrite",
      status: 400,
    });
    await source.oauthClients.revoke(clientId);
    await expect(openid.clientCredentialsGrant(config)).rejects.toThrow(openid.WWWAuthenticateChallengeError);
  });
});
