import { createSource, type Source } from "scimkit";
import type { Storage } from "scimkit/storage";
import { type GalleryName, type GalleryTarget, galleryTests, runContract, simulateOkta } from "scimkit/testing";
import { afterAll, describe, expect, it } from "vitest";
import { createSigner, KeyServer } from "../../helpers/oauth.ts";
import { EVERY_STORAGE } from "../../helpers/scim-app.ts";

const ISSUER = "https://login.example/tenant/v2.0";
const JWKS = "https://login.example/tenant/keys";
const AUDIENCE = "api://people";

/** Credentials of a source, as each kind of application gets them. */
const CREDENTIALS: Readonly<Record<string, (source: Source, keys: KeyServer) => Promise<Partial<GalleryTarget>>>> = {
  "a token": async (source) => ({ token: (await source.tokens.issue({ name: "gallery" })).token }),
  "an OAuth client": async (source) => {
    const client = await source.oauthClients.issue({ name: "gallery" });
    return { oauth: { tokenUrl: source.tokenUrl, ...client } };
  },
  "an OAuth client with its secret in the body": async (source) => {
    const client = await source.oauthClients.issue({ name: "gallery" });
    return { oauth: { tokenUrl: source.tokenUrl, ...client, secretIn: "body" } };
  },
  federation: async (source, keys) => {
    const key = await createSigner("entra");
    keys.documents.set(JWKS, { keys: [key.jwk] });
    const assertion = async (): Promise<string> => {
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: ISSUER, sub: "sync-fabric", aud: AUDIENCE, jti: crypto.randomUUID() };
      return key.sign({ ...claims, iat: now, exp: now + 300 });
    };
    return { oauth: { tokenUrl: source.tokenUrl, assertion } };
  },
};

const RUNS: readonly (readonly [GalleryName, string])[] = [
  ...Object.keys(CREDENTIALS).map((credentials) => ["entra", credentials] as const),
  ["okta", "a token"],
  ["okta", "an OAuth client"],
];

for (const [storageName, makeStorage] of Object.entries(EVERY_STORAGE)) {
  for (const [gallery, credentials] of RUNS) {
    let opened: Promise<{ storage: Storage; target: GalleryTarget }> | undefined;
    const open = async () => {
      const storage = makeStorage();
      const keys = new KeyServer();
      const federation = { issuer: ISSUER, audience: AUDIENCE, subjects: ["sync-fabric"], jwksUri: JWKS };
      const source = createSource({
        ...{ slug: "people", baseUrl: "https://app.example", storage, identityProvider: gallery },
        ...{ federation, fetchKeys: keys.fetchKeys },
      });
      const given = await CREDENTIALS[credentials]?.(source, keys);
      return { storage, target: { fetch: source.fetch, baseUrl: source.baseUrl, ...given } };
    };
    const target = async (): Promise<GalleryTarget> => {
      opened ??= open();
      return (await opened).target;
    };
    const name = `the tests of the gallery of ${gallery}, with ${credentials}, over ${storageName} storage`;
    runContract({ describe, it }, name, galleryTests(gallery, { create: target }));

    describe(`${name}, afterwards`, () => {
      afterAll(async () => (await opened)?.storage.close());

      it("leave no user and no group behind", async () => {
        const { fetch, ...options } = await target();
        const okta = simulateOkta(fetch, options);
        await okta.testConnection();
        expect(await okta.listUsers()).toEqual([]);
        const [, groups] = okta.exchanges;
        expect(groups).toMatchObject({ path: expect.stringContaining("/Groups"), body: { totalResults: 0 } });
      });
    });
  }
}
