import { describe, expect, it } from "vitest";
import { UnauthorizedError } from "../../src/errors/request-errors.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import type { ScimHandlerOptions } from "../../src/server/handler-options.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import providerSchemas from "../conformance/rfc/rfc7643-8.7.2-service-provider-schemas.json" with { type: "json" };
import { BASE_URL, createApp, createUser, patch, USER } from "../helpers/scim-app.ts";

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

interface Described {
  readonly name: string;
  readonly type: string;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly subAttributes?: readonly Described[];
}

/** Members of a document that a schema does not describe, and those that it requires and that are not there. */
function undescribed(document: object, attributes: readonly Described[], path = ""): string[] {
  const unknown = Object.entries(document).flatMap(([name, value]) => {
    const attribute = attributes.find((each) => each.name === name);
    if (attribute === undefined || Array.isArray(value) !== attribute.multiValued) return [`${path}${name}`];
    if (attribute.subAttributes === undefined) return [];
    const inside = attribute.subAttributes;
    return [value].flat().flatMap((element) => undescribed(element as object, inside, `${path}${name}.`));
  });
  const missed = attributes.filter(({ name, required }) => required && !(name in document));
  return [...unknown, ...missed.map(({ name }) => `no ${path}${name}`)];
}

/** Of these the figure says that there is one value, and shows a list where it uses them. */
const LISTS_IN_USE = ["schemaExtensions", "referenceTypes"];

/** Attributes of a figure that ours does not have, or has of another type. */
function missing(figure: readonly Described[], attributes: readonly Described[], path = ""): string[] {
  return figure.flatMap(({ name, type, multiValued, subAttributes = [] }) => {
    const ours = attributes.find((each) => each.name === name);
    const isList = multiValued || LISTS_IN_USE.includes(name);
    if (ours?.type !== type || ours.multiValued !== isList) return [path + name];
    return missing(subAttributes, ours.subAttributes ?? [], `${path}${name}.`);
  });
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
    const ofDiscovery = providerSchemas.map(({ id }) => id);
    expect(new Set(schemas.map(({ id }) => id))).toEqual(new Set([...named, ...ofDiscovery]));
    for (const { required } of types.flatMap((type) => type.schemaExtensions)) expect(typeof required).toBe("boolean");
  });

  it("[req 20, 25, 31] describes its own documents as RFC 7643 does, and every member of them", async () => {
    const app = createApp({ documentationUri: "https://app.example/docs" });
    for (const [path, figure] of [
      ["/ServiceProviderConfig", providerSchemas[0]],
      ["/ResourceTypes/User", providerSchemas[1]],
      [`/Schemas/${USER}`, providerSchemas[2]],
    ] as const) {
      const { schemas, meta: _, ...document } = (await app.send("GET", path)).body;
      expect(schemas).toEqual([figure?.id]);
      const described = (await app.send("GET", `/Schemas/${figure?.id}`)).body.attributes as Described[];
      expect([path, undescribed(document, described)]).toEqual([path, []]);
      expect([path, missing(figure?.attributes as Described[], described)]).toEqual([path, []]);
    }
  });
});

describe("the documents of discovery", () => {
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

  it("[req 35] can be kept by clients, and asked for again by its entity tag", async () => {
    const app = createApp();
    const tags = new Set<string>();
    for (const path of DOCUMENTS) {
      const first = await app.send("GET", path);
      const etag = first.headers.get("etag") ?? "";
      expect([etag, first.headers.get("cache-control")]).toEqual([
        expect.stringMatching(/^W\/"\w+"$/),
        "private, max-age=300",
      ]);
      tags.add(etag);
      const same = await app.send("GET", path, undefined, { "if-none-match": `"x", ${etag}` });
      expect([same.status, same.text, same.headers.get("etag")]).toEqual([304, "", etag]);
      expect((await app.send("GET", path, undefined, { "if-none-match": '"x"' })).status).toBe(200);
      expect((await createApp().send("GET", path)).headers.get("etag")).toBe(etag);
    }
    expect(tags.size).toBe(DOCUMENTS.length);
    const changed = createApp({ limits: { maxPageSize: 7 } });
    expect(tags).not.toContain((await changed.send("GET", "/ServiceProviderConfig")).headers.get("etag"));
    for (const path of ["/Users", "/Users/unknown", "/Schemas/unknown"]) {
      expect((await app.send("GET", path)).headers.get("cache-control"), path).toBe("no-store");
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

/** The configurations that differ in what they say they can do. */
const CONFIGURATIONS: readonly (Omit<Partial<ScimHandlerOptions>, "storage"> & { plainStorage?: boolean })[] = [
  {},
  { plainStorage: true },
  { bulk: false },
  { passwords: "deliver" },
  { limits: { maxPageSize: 2, maxBulkOperations: 1 } },
  { limits: { defaultPageSize: 3, maxPageSize: 4, maxBulkBytes: 400 } },
];

/** A storage as one over tables of an application's own might be: what it need not do it does not do. */
function plainStorage(): ResourceStorage {
  const { resources } = memoryStorage();
  const no = (): boolean => false;
  return {
    capabilities: {
      ...resources.capabilities,
      filter: no,
      sort: no,
      cursor: false,
      idOrder: false,
      members: false,
      transactions: false,
    },
    insert: (...call) => resources.insert(...call),
    find: (...call) => resources.find(...call),
    replace: (...call) => resources.replace(...call),
    remove: (...call) => resources.remove(...call),
    list: (...call) => resources.list(...call),
  };
}

describe.each(CONFIGURATIONS)("[req 22, 122] what %j says that it can do", ({ plainStorage: isPlain, ...options }) => {
  it("is what it does", async () => {
    const passwords: unknown[] = [];
    const app = createApp({
      ...options,
      ...(isPlain === true ? { storage: plainStorage() as unknown as Storage } : {}),
      commit: (write, apply) => {
        passwords.push(write.secrets.password);
        return apply();
      },
    });
    const config = (await app.send("GET", "/ServiceProviderConfig")).body as unknown as Config;
    const names = ["b", "a", "d", "c", "e"];
    for (const userName of names) await createUser(app, userName, { password: "t0p" });
    const list = async (query: string) => (await app.send("GET", `/Users?${query}`)).body as unknown as Listed;

    expect(passwords.some((password) => password === "t0p")).toBe(config.changePassword.supported);
    const filtered = await list(`filter=${encodeURIComponent('userName eq "c"')}`);
    expect(filtered.totalResults === 1).toBe(config.filter.supported);
    expect((await list("count=1000")).itemsPerPage).toBe(Math.min(names.length, config.filter.maxResults));
    const sorted = (await list("sortBy=userName")).Resources.map(({ userName }) => userName);
    expect(sorted.join() === sorted.toSorted().join()).toBe(config.sort.supported);

    const id = sorted.length === 0 ? "" : String((await list("count=1")).Resources[0]?.id);
    const patched = await app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "title", value: "t" }));
    expect(patched.status === 200).toBe(config.patch.supported);
    const etag = patched.headers.get("etag");
    expect(etag !== null).toBe(config.etag.supported);
    const known = await app.send("GET", `/Users/${id}`, undefined, { "if-none-match": String(etag) });
    expect(known.status === 304).toBe(config.etag.supported);

    const { pagination } = config;
    expect((await list("")).itemsPerPage).toBe(Math.min(names.length, pagination.defaultPageSize));
    expect((await list("count=1000")).itemsPerPage).toBe(Math.min(names.length, pagination.maxPageSize));
    expect((await list("cursor&count=1")).nextCursor !== undefined).toBe(pagination.cursor);
    expect((await list("startIndex=2&count=1")).startIndex === 2).toBe(pagination.index);
    expect(pagination.defaultPaginationMethod).toBe("index");
  });

  it("is what it does with bulk requests, at and beyond their limits", async () => {
    const app = createApp(options);
    const { bulk } = (await app.send("GET", "/ServiceProviderConfig")).body as unknown as Config;
    const remove = { method: "DELETE", path: "/Users/unknown" };
    const send = (Operations: object[], padding = "") =>
      app.send("POST", "/Bulk", {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        Operations,
        padding,
      });
    if (!bulk.supported) {
      expect([(await send([remove])).status, bulk.maxOperations, bulk.maxPayloadSize]).toEqual([501, 0, 0]);
      return;
    }
    const most = Math.min(
      bulk.maxOperations,
      Math.floor((bulk.maxPayloadSize - 120) / JSON.stringify(remove).length) - 1,
    );
    expect((await send(Array.from({ length: most }, () => remove))).status).toBe(200);
    const tooMany = await send(Array.from({ length: bulk.maxOperations + 1 }, () => remove));
    const tooLarge = await send([remove], "x".repeat(bulk.maxPayloadSize));
    expect([tooMany.status, tooLarge.status]).toEqual([413, 413]);
    expect(tooLarge.body.detail).toContain(String(bulk.maxPayloadSize));
  });
});

interface Config {
  readonly patch: { readonly supported: boolean };
  readonly bulk: { readonly supported: boolean; readonly maxOperations: number; readonly maxPayloadSize: number };
  readonly filter: { readonly supported: boolean; readonly maxResults: number };
  readonly changePassword: { readonly supported: boolean };
  readonly sort: { readonly supported: boolean };
  readonly etag: { readonly supported: boolean };
  readonly pagination: {
    readonly cursor: boolean;
    readonly index: boolean;
    readonly defaultPaginationMethod: string;
    readonly defaultPageSize: number;
    readonly maxPageSize: number;
  };
}

interface Listed {
  readonly totalResults: number;
  readonly itemsPerPage: number;
  readonly startIndex?: number;
  readonly nextCursor?: string;
  readonly Resources: readonly { readonly id: string; readonly userName: string }[];
}

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
