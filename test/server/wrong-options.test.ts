import { describe, expect, it } from "vitest";
import { toExpress } from "../../src/entries/express.ts";
import { toFastify } from "../../src/entries/fastify.ts";
import { toHono } from "../../src/entries/hono.ts";
import {
  bearerToken,
  createProvider,
  createProvisioning,
  createScimClient,
  createScimHandler,
  createSource,
  defineMapping,
  memoryStorage,
} from "../../src/entries/index.ts";
import { toKoa } from "../../src/entries/koa.ts";
import {
  defineProviderUserMapping,
  defineSourceGroupMapping,
  providerUserMappings,
  sourceUserMappings,
} from "../../src/entries/mapping.ts";
import { toNodeListener } from "../../src/entries/node.ts";
import { postgresStorage } from "../../src/entries/storage/postgres.ts";
import { sqliteStorage } from "../../src/entries/storage/sqlite.ts";
import { sealedCredentials } from "../../src/entries/storage.ts";

const SECRET = "open-sesame";

/** What the error says; options are given as plain JavaScript could. */
function refusalOf(make: (options: never) => unknown, options: unknown): string {
  try {
    make(options as never);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return String(error);
  }
  return "not refused";
}

const source = (options: object): string =>
  refusalOf(createSource, { slug: "okta", baseUrl: "https://app.example", storage: memoryStorage(), ...options });

describe("options that are wrong", () => {
  it("are named with what they must be, all at once", () => {
    expect(source({ bulk: "yes", cursorTimeout: "9", passwords: true, enabled: 1, resourceTypes: {}, id: "" })).toBe(
      "TypeError: createSource: id: must not be empty; enabled: must be true, false or a function that returns one of them; " +
        'resourceTypes: must be a list; passwords: must be "discard", "deliver" or { hash }; cursorTimeout: must be a number; ' +
        "bulk: must be true or false",
    );
    expect(refusalOf(createScimHandler, undefined)).toBe(
      "TypeError: createScimHandler: storage: must be a storage such as memoryStorage(), or a ResourceStorage over " +
        "tables of your own; authenticate: must be a function; baseUrl: is missing: must be a text",
    );
  });

  it("say every form that an option of several forms may have, and every limit of a number", () => {
    const provider = (options: object): string => refusalOf(createProvider, options);
    expect(provider({ guard: { percent: 200 } })).toContain("guard.percent: must be at most 100");
    expect(provider({ guard: true })).toContain("guard: must be false, or must be an object");
    expect(provider({ scope: { groups: 1 } })).toContain("scope.groups: must be a list, or must be a function");
    expect(provider({ scope: { memberOf: [] } })).toContain("scope.memberOf: must name a group");
    expect(provider({ pageSize: 1.5, concurrency: 101 })).toMatch(
      /pageSize: must be a whole number; concurrency: must be at most 100/,
    );
  });

  it("of a source are named as its own, also those that it passes on", () => {
    expect(source({ limits: { maxPageSize: 0 } })).toBe(
      "TypeError: createSource.limits: maxPageSize: must be more than 0",
    );
    expect(source({ cursorKeys: [] })).toMatch(/^TypeError: createSource: cursorKeys: /);
    expect(source({ sensitiveFilters: ["mails"] })).toMatch(/^TypeError: createSource: sensitiveFilters: .*mails/);
    expect(source({ resourceTypes: [] })).toBe("TypeError: createSource: resourceTypes: must not be empty");
  });

  it("are refused where a mapping is of the other side", () => {
    const provider = (options: object): string => refusalOf(createProvider, options);
    const toProvider = defineProviderUserMapping({ name: "title", expression: () => ({ title: "x" }) });
    const toSource = defineSourceGroupMapping({ name: "owner", expression: () => ({ owner: "x" }) });
    const either = defineMapping({ name: "either", expression: () => ({}) });
    expect(source({ mappings: [either, toProvider] })).toBe(
      'TypeError: createSource: mappings.1: "title" is a mapping of a provider; ' +
        "define it with defineSourceUserMapping or defineSourceGroupMapping, or with defineMapping",
    );
    expect(provider({ mappings: [either, toSource] })).toContain(
      'mappings.1: "owner" is a mapping of a source; ' +
        "define it with defineProviderUserMapping or defineProviderGroupMapping, or with defineMapping",
    );
    for (const mapping of sourceUserMappings) expect(provider({ mappings: [mapping] })).toContain("of a source");
    for (const mapping of providerUserMappings) expect(source({ mappings: [mapping] })).toContain("of a provider");
    expect(source({ mappings: [either, toSource] })).toBe("not refused");
    expect(provider({ mappings: [either, toProvider] })).not.toContain("mappings");
    expect(source({ mappings: [5] })).toBe(
      "TypeError: createSource: mappings.0: must be a mapping made by defineMapping",
    );
  });

  it("that do not exist are told apart from the one that was meant, or from all there are", () => {
    expect(source({ limits: { maxPagesize: 5 } })).toContain(
      "there is no option maxPagesize, did you mean maxPageSize?",
    );
    expect(source({ baseURL: "https://app.example" })).toContain("no option baseURL, did you mean baseUrl?");
    expect(source({ secretary: () => undefined })).toMatch(/no option secretary; options are slug, baseUrl, /);
    expect(refusalOf(sqliteStorage, { filename: "a.db" })).toContain("no option filename, did you mean file?");
  });

  it("are refused when two limits contradict each other", () => {
    const tooLarge = "TypeError: createSource.limits: defaultPageSize: must be at most maxPageSize, which is ";
    expect(source({ limits: { defaultPageSize: 600 } })).toBe(`${tooLarge}500`);
    expect(source({ limits: { defaultPageSize: 60, maxPageSize: 50 } })).toBe(`${tooLarge}50`);
    expect(source({ limits: { maxPageSize: 50 } })).toBe("not refused");
    expect(source({ limits: { defaultPageSize: 50, maxPageSize: 50 } })).toBe("not refused");
  });

  it("are rejected when made: an unknown profile, with the list of profiles, and a schedule that is not a cron expression", () => {
    const client = (profile: unknown): string =>
      refusalOf(createScimClient, { baseUrl: "https://app.example", auth: bearerToken("x"), profile });
    for (const profile of ["slak", 5, {}, null]) {
      expect(client(profile)).toBe(
        "TypeError: createScimClient: profile: must be one of generic, aws, slack, salesforce, github, webex, vcenter, " +
          "gitlab, or a profile with a name",
      );
    }
    for (const schedule of ["hourly", "@hourly", "0 0 * * * *", "61 * * * *", true]) {
      expect(refusalOf(createProvisioning, { providers: [], schedule })).toBe(
        "TypeError: createProvisioning: schedule: must be a cron expression of five fields, or false",
      );
    }
  });

  it("are shown without their values", () => {
    const url = `postgres://app:${SECRET}@db.example/app`;
    for (const options of [url.replace("postgres", "mysql"), { url }, { connectionstring: url }, { pool: url }]) {
      expect(refusalOf(postgresStorage, options)).toMatch(/^TypeError: postgresStorage: (?!.*open-sesame)/);
    }
    expect(source({ cursorKeys: [{ id: "a", key: SECRET }] })).toMatch(
      /the key a must be 32 random bytes(?!.*open-sesame)/,
    );
  });
});

describe("arguments that are wrong", () => {
  it("of an adapter are refused at once, when it is given a source in the place of its fetch", () => {
    for (const adapter of [toNodeListener, toExpress, toKoa, toFastify, toHono]) {
      const whole = createSource({ slug: "okta", baseUrl: "https://app.example", storage: memoryStorage() });
      expect(refusalOf(adapter, whole)).toBe(
        `TypeError: ${adapter.name}: handler: must be a function, such as source.fetch or what createScimHandler returns`,
      );
    }
  });

  it("of sealedCredentials are refused with its name", () => {
    const { state } = memoryStorage();
    const seal = (first: unknown, options: unknown): string =>
      refusalOf(() => sealedCredentials(first as typeof state, options as never), undefined);
    expect(seal(memoryStorage(), { keys: [] })).toBe(
      "TypeError: sealedCredentials: the first argument must be the state of a storage: storage.state",
    );
    for (const options of [undefined, {}, { keys: [] }, { keys: ["abc"] }]) {
      expect(seal(state, options)).toMatch(/^TypeError: sealedCredentials: keys: must contain a key, as { id, key }/);
    }
    expect(seal(state, { keys: [{ id: "a", key: SECRET }] })).toMatch(
      /: the key a must be 32 random bytes(?!.*open-sesame)/,
    );
  });

  it("of within are refused", () => {
    const storage = postgresStorage("postgres://db.example/app");
    for (const wrong of [undefined, {}, "x", memoryStorage(), { isTransaction: true }]) {
      expect(refusalOf(storage.within, wrong)).toBe(
        "TypeError: within: needs a client of pg, or a transaction of Kysely",
      );
    }
  });

  it("of notify are refused, since nothing would come of them", async () => {
    const provisioning = createProvisioning({ providers: [] });
    const notify = (event: object): Promise<void> => provisioning.notify(event as never);
    await expect(notify({ type: "user.change", id: "1" })).rejects.toThrow(/^DirectoryChange: type: .*user\.change$/);
    await expect(notify({ type: "user.changed" })).rejects.toThrow(/^DirectoryChange: id: must be a text$/);
    await expect(notify({ type: "membership.changed", groupId: "g" })).rejects.toThrow(/^DirectoryChange: userId: /);
  });
});
