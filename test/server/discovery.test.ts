import { describe, expect, it } from "vitest";
import { UnauthorizedError } from "../../src/errors/request-errors.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import { memoryStorage } from "../../src/storage/memory-storage.ts";
import { BASE_URL, createApp, USER } from "../helpers/scim-app.ts";

const LISTS = ["/Schemas", "/ResourceTypes"];
const DOCUMENTS = ["/ServiceProviderConfig", ...LISTS, `/Schemas/${USER}`, "/ResourceTypes/User"];

/** Every member's name and value in a document, however deep. */
function everyValue(value: unknown, name = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key, inner] as [string, unknown],
    ...everyValue(inner, key),
  ]);
}

describe("discovery", () => {
  it("[req 21] lets anybody read how to authenticate, and nothing else", async () => {
    const handler = createScimHandler({
      storage: memoryStorage(),
      baseUrl: BASE_URL,
      authenticate: () => {
        throw new UnauthorizedError();
      },
    });
    const open = await handler(new Request(`${BASE_URL}/ServiceProviderConfig`));
    expect(open.status).toBe(200);
    expect((await open.json()).authenticationSchemes).toEqual([
      expect.objectContaining({ type: "oauthbearertoken", name: expect.any(String), description: expect.any(String) }),
    ]);
    for (const path of ["/Schemas", "/ResourceTypes", "/Users"]) {
      expect((await handler(new Request(`${BASE_URL}${path}`))).status).toBe(401);
    }
    // Credentials that are sent are checked, so that a client can try its own here.
    const wrong = new Request(`${BASE_URL}/ServiceProviderConfig`, { headers: { authorization: "Bearer x" } });
    expect((await handler(wrong)).status).toBe(401);
  });

  it("[req 19, 20] states every feature in one object, whether it is supported or not", async () => {
    const { body } = await createApp().send("GET", "/ServiceProviderConfig");
    expect(body.schemas).toEqual(["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"]);
    for (const feature of ["patch", "bulk", "filter", "changePassword", "sort", "etag"]) {
      expect(body[feature], feature).toMatchObject({ supported: expect.any(Boolean) });
    }
    expect(body.bulk).toMatchObject({ maxOperations: expect.any(Number), maxPayloadSize: expect.any(Number) });
    expect(body.filter).toMatchObject({ maxResults: expect.any(Number) });
  });

  it("[req 25, 27, 30] shows each schema and type that it lists, and no other", async () => {
    const app = createApp();
    for (const path of LISTS) {
      const list = (await app.send("GET", path)).body;
      const all = list.Resources as Record<string, unknown>[];
      expect([list.totalResults, all.length > 1]).toEqual([all.length, true]);
      for (const document of all) {
        const alone = await app.send("GET", `${path}/${document.id}`);
        expect([alone.status, alone.body]).toEqual([200, document]);
      }
      const unknown = await app.send("GET", `${path}/urn:example:unknown`);
      expect([unknown.status, unknown.body.status]).toEqual([404, "404"]);
    }
    expect((await app.send("GET", `/Schemas/${USER.toUpperCase()}`)).status).toBe(200);
    const schemas = (await app.send("GET", "/Schemas")).body.Resources as { id: string }[];
    const types = (await app.send("GET", "/ResourceTypes")).body.Resources as {
      schema: string;
      schemaExtensions: { schema: string; required: unknown }[];
    }[];
    const named = types.flatMap((type) => [type.schema, ...type.schemaExtensions.map(({ schema }) => schema)]);
    expect(new Set(schemas.map(({ id }) => id))).toEqual(new Set(named));
    for (const { required } of types.flatMap((type) => type.schemaExtensions)) expect(typeof required).toBe("boolean");
  });

  it("[req 26, 32, 33] lists no schemas of messages, holds no null, and says where each document is", async () => {
    const app = createApp();
    for (const path of DOCUMENTS) {
      const { body } = await app.send("GET", path);
      expect(everyValue(body).filter(([, value]) => value === null)).toEqual([]);
      for (const document of (body.Resources ?? [body]) as { id?: string; meta: object }[]) {
        expect(document.id ?? "").not.toContain("api:messages");
        expect(document.meta).toMatchObject({
          resourceType: expect.stringMatching(/^(ServiceProviderConfig|Schema|ResourceType)$/),
          location: expect.stringContaining(`${BASE_URL}/`),
        });
      }
    }
  });

  it("[req 28] ignores sorting, paging and projection, and refuses a filter with 403", async () => {
    const app = createApp();
    for (const path of DOCUMENTS) {
      const { body } = await app.send("GET", path);
      const asked = await app.send("GET", `${path}?sortBy=id&startIndex=2&count=1&attributes=id`);
      expect([asked.status, asked.body]).toEqual([200, body]);
      const filtered = await app.send("GET", `${path}?filter=${encodeURIComponent('name eq "User"')}`);
      expect([filtered.status, filtered.body.status]).toEqual([403, "403"]);
    }
  });

  it("[req 29] can only be read", async () => {
    const app = createApp();
    for (const path of DOCUMENTS) {
      for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
        const answer = await app.send(method, path, method === "DELETE" ? undefined : {});
        expect([answer.status, answer.body.status]).toEqual([405, "405"]);
      }
    }
  });

  it("[req 34] publishes what it accepts: every attribute of a schema that is not read-only can be written", async () => {
    const app = createApp();
    const { body } = await app.send("GET", `/Schemas/${USER}`);
    const attributes = (body.attributes as Published[]).filter(({ mutability }) => mutability !== "readOnly");
    expect(attributes.length).toBeGreaterThan(15);
    const user = Object.fromEntries(attributes.map((attribute) => [attribute.name, sampleOf(attribute)]));
    const created = await app.send("POST", "/Users", { schemas: [USER], ...user });
    expect(created.status, created.text).toBe(201);
    const shown = attributes.filter(({ returned }) => returned !== "never").map(({ name }) => name);
    expect(Object.keys(created.body)).toEqual(expect.arrayContaining(shown));
  });
});

interface Published {
  readonly name: string;
  readonly type: string;
  readonly multiValued: boolean;
  readonly mutability: string;
  readonly returned: string;
  readonly subAttributes?: readonly Published[];
}

function sampleOf({ type, multiValued, subAttributes = [] }: Published): unknown {
  const writable = subAttributes.filter(({ mutability }) => mutability !== "readOnly");
  const samples: Readonly<Record<string, unknown>> = {
    boolean: true,
    integer: 1,
    decimal: 1.5,
    dateTime: "2026-01-01T00:00:00Z",
    binary: "AAAA",
    reference: "https://example.com/x",
    complex: Object.fromEntries(writable.map((sub) => [sub.name, sampleOf(sub)])),
  };
  const value = samples[type] ?? "text";
  return multiValued ? [value] : value;
}
