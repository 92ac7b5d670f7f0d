import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type App,
  BASE_URL,
  createApp,
  createGroup,
  createUser,
  ENTERPRISE,
  patch,
  STORAGES,
  USER,
} from "../helpers/scim-app.ts";

const filterOf = (filter: string): string => `filter=${encodeURIComponent(filter)}`;

let app: App;

const names = async (query: string, as: Pick<App, "send"> = app): Promise<string[]> => {
  const { status, body, text } = await as.send("GET", `/Users?${query}`);
  expect(status, text).toBe(200);
  return (body.Resources as { userName: string }[]).map(({ userName }) => userName);
};

/** Each test has a server of its own over this storage. */
function setUp(storageName: string): void {
  beforeEach(() => {
    app = createApp({ storage: STORAGES[storageName]?.() });
  });
  afterEach(() => app.storage.close());
}

describe.each(Object.keys(STORAGES))("lists over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 85, 86] shows each resource that was there once while others come, in one order", async () => {
    const first = Array.from({ length: 25 }, (_, index) => `first${index}`);
    for (const name of first) await createUser(app, name);
    const seen: string[] = [];
    for (let start = 1; start <= 25; start += 4) {
      const page = await names(`startIndex=${start}&count=4&${filterOf('userName sw "first"')}`);
      expect(page.length).toBeLessThanOrEqual(4);
      seen.push(...page);
      await createUser(app, `later${start}`);
      await createUser(app, `firs${start}`);
    }
    expect(seen).toEqual(first);
    expect(await names("count=25")).toEqual(await names("count=25"));
  });

  it("[req 85] returns at most as many as the limit allows, whatever is requested", async () => {
    const few = createApp({ storage: STORAGES[storageName]?.(), limits: { maxPageSize: 3, defaultPageSize: 2 } });
    for (let index = 0; index < 5; index += 1) await createUser(few, `user${index}`);
    const page = async (query: string) => (await few.send("GET", `/Users?${query}`)).body;
    expect(await page("count=1000000")).toMatchObject({ totalResults: 5, itemsPerPage: 3 });
    expect(await page("")).toMatchObject({ totalResults: 5, itemsPerPage: 2 });
    expect((await few.send("GET", "/ServiceProviderConfig")).body.filter).toEqual({ supported: true, maxResults: 3 });
    await few.storage.close();
  });

  it("[req 83, 84] counts all matches on a page without any, and rejects invalid numbers", async () => {
    for (let index = 0; index < 3; index += 1) await createUser(app, `user${index}`);
    for (const query of ["count=0", "count=-3", "startIndex=4", "startIndex=100000000000000"]) {
      const { body } = await app.send("GET", `/Users?${query}`);
      expect(body, query).toMatchObject({ totalResults: 3, Resources: [], itemsPerPage: 0 });
    }
    for (const query of ["count=x", "count=1.5", "startIndex=1e3", "startIndex=NaN", "count=9999999999999999999"]) {
      const answer = await app.send("GET", `/Users?${query}`);
      expect([answer.status, answer.body.scimType], query).toEqual([400, "invalidValue"]);
    }
  });

  it("[req 89, 90, 91] projects by URN, extension, sub-attribute and in any case, and lets attributes win", async () => {
    const id = await createUser(app, "a", {
      title: "t",
      name: { givenName: "g", familyName: "f" },
      emails: [{ value: "a@x.example", type: "work" }],
      [ENTERPRISE]: { department: "d", costCenter: "c" },
    });
    const shown = async (query: string): Promise<Record<string, unknown>> => {
      const { schemas, id: _, ...rest } = (await app.send("GET", `/Users/${id}?${query}`)).body;
      expect(schemas).toContain(USER);
      return rest;
    };
    expect(await shown(`attributes=${USER}:NAME.givenname, emails.type`)).toEqual({
      name: { givenName: "g" },
      emails: [{ type: "work" }],
    });
    expect(await shown(`attributes=${ENTERPRISE.toLowerCase()}`)).toEqual({
      [ENTERPRISE]: { department: "d", costCenter: "c" },
    });
    expect(await shown(`attributes=${ENTERPRISE}:department`)).toEqual({ [ENTERPRISE]: { department: "d" } });
    expect(await shown("attributes=name")).toEqual({ name: { givenName: "g", familyName: "f" } });
    expect(await shown("attributes=title&excludedAttributes=title")).toEqual({ title: "t" });
    expect(await shown(`excludedAttributes=${ENTERPRISE},emails,meta,userName,name.familyName`)).toEqual({
      title: "t",
      name: { givenName: "g" },
    });
    expect(await shown("attributes=unknown,also.unknown")).toEqual({});
  });

  it("[req 107, 118] refuses a filter by what no schema knows", async () => {
    for (const filter of ['nonsense eq "x"', "name.nonsense pr", 'emails[nonsense eq "x"]', "urn:x:y pr"]) {
      const answer = await app.send("GET", `/Users?${filterOf(filter)}`);
      expect([answer.status, answer.body.scimType], filter).toEqual([400, "invalidFilter"]);
    }
  });

  it("[req 108, 109] matches one element against a filter in brackets, and any otherwise", async () => {
    await createUser(app, "one", { emails: [{ type: "work", value: "a@x.example" }] });
    await createUser(app, "two", {
      emails: [
        { type: "work", value: "b@y.example" },
        { type: "home", value: "b@x.example" },
      ],
    });
    expect(await names(filterOf('emails[type eq "work" and value co "@x"]'))).toEqual(["one"]);
    expect(await names(filterOf('emails.type eq "work" and emails.value co "@x"'))).toEqual(["one", "two"]);
    expect(await names(filterOf('emails eq "b@x.example"'))).toEqual(["two"]);
  });
});

describe.each(Object.keys(STORAGES))("the values in filters of lists over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 111, 112] takes ne for the opposite of eq, and null for no value", async () => {
    await createUser(app, "with", { title: "t", name: { givenName: "g" } });
    await createUser(app, "without");
    expect(await names(filterOf('title ne "x"'))).toEqual(["with", "without"]);
    expect(await names(filterOf('title ne "t"'))).toEqual(["without"]);
    expect(await names(filterOf("title eq null"))).toEqual(await names(filterOf("not (title pr)")));
    expect(await names(filterOf("title ne null"))).toEqual(["with"]);
    expect(await names(filterOf("name pr"))).toEqual(["with"]);
    expect(await names(filterOf("name.familyName pr"))).toEqual([]);
  });

  it("[req 114] takes a word without quotes for a text, but not under strict", async () => {
    await createUser(app, "a", { externalId: "jyoung" });
    expect(await names(filterOf("externalId eq jyoung"))).toEqual(["a"]);
    const strict = createApp({ storage: app.storage, dialect: "strict" });
    const answer = await strict.send("GET", `/Users?${filterOf("externalId eq jyoung")}`);
    expect([answer.status, answer.body.scimType]).toEqual([400, "invalidFilter"]);
  });

  it.each([
    ["length", `userName eq "${"a".repeat(10_001)}"`],
    ["parentheses", `${"(".repeat(4_000)}userName pr${")".repeat(4_000)}`],
    ["negations", `${"not (".repeat(1_500)}userName pr${")".repeat(1_500)}`],
    ["terms", Array.from({ length: 600 }, () => "title pr").join(" or ")],
  ])("[req 115] refuses a filter with too much %s", async (_, filter) => {
    const answer = await app.send("GET", `/Users?${filterOf(filter)}`);
    expect([answer.status, answer.body.scimType]).toEqual([400, "invalidFilter"]);
  });

  it("[req 8, 116] keeps a filter's text out of the storage's language, and the tenant outside of the filter", async () => {
    await createUser(app, "mine", { title: "'; DROP TABLE resources; --" });
    const stranger = app.as("other");
    for (const filter of [
      "userName pr",
      'userName pr or userName eq "x"',
      'not (userName eq "x")',
      'userName eq "x" or not (title eq "x")',
      'title eq "\' OR 1=1 --"',
      "meta.created pr",
      "schemas pr or id pr",
    ]) {
      expect(await names(filterOf(filter), stranger), filter).toEqual([]);
    }
    expect(await names(filterOf('title co "\'; DROP TABLE"'))).toEqual(["mine"]);
    expect(await names(filterOf('userName eq "mine%" or userName sw "m_ne" or userName co "%"'))).toEqual([]);
  });

  it("[req 102] reads the values of a filter as JSON, escapes and all", async () => {
    await createUser(app, 'O"Brien \\ é😀', { title: "tab\there", active: true });
    for (const filter of [
      String.raw`userName eq "O\"Brien \\ \u00e9\ud83d\ude00"`,
      String.raw`userName eq "o\u0022brien \u005C É😀"`,
      String.raw`title eq "tab\there"`,
      "active eq true",
    ]) {
      expect(await names(filterOf(filter)), filter).toHaveLength(1);
    }
    for (const filter of ['title eq "tab\there"', String.raw`title eq "\x"`, "active eq TRUEISH", 'title eq "']) {
      const answer = await app.send("GET", `/Users?${filterOf(filter)}`);
      expect([answer.status, answer.body.scimType], filter).toEqual([400, "invalidFilter"]);
    }
  });

  it("[req 117] decodes a filter once", async () => {
    for (const name of ["a+b", "a b", "a%2Bb", "a&b"]) await createUser(app, name);
    for (const name of ["a+b", "a b", "a%2Bb", "a&b"]) {
      expect(await names(filterOf(`userName eq "${name}"`))).toEqual([name]);
    }
    expect(await names("filter=userName+eq+%22a+b%22")).toEqual(["a b"]);
    expect(await names("filter=userName%20eq%20%22a+b%22")).toEqual(["a+b"]);
  });
});

describe.each(Object.keys(STORAGES))("lists by id, location and version over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 119] finds resources by id, moments, members and groups", async () => {
    const id = await createUser(app, "a");
    const group = await createGroup(app, "g", [id]);
    const { meta } = (await app.send("GET", `/Users/${id}`)).body as { meta: Record<string, string> };
    for (const filter of [
      `id eq "${id}"`,
      `meta.lastModified ge "${meta.lastModified}"`,
      `meta.created le "${meta.created}"`,
      `groups.value eq "${group}"`,
      `groups[value eq "${group}"]`,
    ]) {
      expect(await names(filterOf(filter)), filter).toEqual(["a"]);
    }
    expect(await names(filterOf(`meta.lastModified gt "${meta.lastModified}"`))).toEqual([]);
    const found = await app.send("GET", `/Groups?${filterOf('displayName eq "G"')}`);
    expect((found.body.Resources as { id: string }[]).map((resource) => resource.id)).toEqual([group]);
  });

  it("[req 119] finds a resource by its location, and refuses what it cannot find out rather than find nothing", async () => {
    const id = await createUser(app, "a");
    await createUser(app, "b");
    const group = await createGroup(app, "g", [id]);
    const location = `${BASE_URL}/Users/${id}`;
    expect(await names(filterOf(`meta.location eq "${location}"`))).toEqual(["a"]);
    expect(await names(filterOf(`meta.location ne "${location}"`))).toEqual(["b"]);
    expect(await names(filterOf("meta.location pr"))).toEqual(["a", "b"]);
    for (const other of [
      `${BASE_URL}/Groups/${id}`,
      `${location}/`,
      `https://elsewhere.example/Users/${id}`,
      id,
      "%",
    ]) {
      expect(await names(filterOf(`meta.location eq "${other}"`)), other).toEqual([]);
    }
    const root = await app.send("GET", `/?${filterOf(`meta.location eq "${BASE_URL}/Groups/${group}"`)}`);
    expect(root.body).toMatchObject({ totalResults: 1, Resources: [{ id: group }] });
    for (const [path, filter] of [
      ["/Users", 'meta.location sw "https"'],
      ["/Users", "groups.$ref pr"],
      ["/Groups", 'members[$ref eq "x"]'],
    ]) {
      const answer = await app.send("GET", `${path}?${filterOf(String(filter))}`);
      expect([answer.status, answer.body.scimType], filter).toEqual([400, "invalidFilter"]);
    }
  });

  it("[req 119] finds a resource by the version that it shows, with brackets or without", async () => {
    const id = await createUser(app, "a");
    await createUser(app, "b");
    const { meta } = (await app.send("GET", `/Users/${id}`)).body as { meta: { version: string; location: string } };
    const version = JSON.stringify(meta.version);
    for (const filter of [
      `meta.version eq ${version}`,
      `meta[version eq ${version}]`,
      `meta[location eq "${meta.location}"]`,
      `meta[resourceType eq "User" and not (version ne ${version})]`,
    ]) {
      expect(await names(filterOf(filter)), filter).toEqual(["a"]);
    }
    expect(await names(filterOf(`meta.version ne ${version}`))).toEqual(["b"]);
    expect(await names(filterOf("meta[version pr]"))).toEqual(["a", "b"]);
    for (const other of ["x", meta.version.slice(2), "%"]) {
      const found = await names(filterOf(`meta.version eq ${JSON.stringify(other)}`));
      expect(found, other).toEqual(other.startsWith('"') ? ["a"] : []);
      expect(await names(filterOf(`meta.version ne ${JSON.stringify(other)}`)), other).toHaveLength(2 - found.length);
    }
    const prefix = await app.send("GET", `/Users?${filterOf('meta.version sw "W/"')}`);
    expect([prefix.status, prefix.body.scimType]).toEqual([400, "invalidFilter"]);
  });

  it("[req 92, 150] projects the response to a PATCH, which always has a body then", async () => {
    const group = await createGroup(app, "g");
    for (const query of ["attributes=displayName", "excludedAttributes=members", "attributes=displayName,members"]) {
      const operations = patch({ op: "replace", path: "displayName", value: query });
      const answer = await app.send("PATCH", `/Groups/${group}?${query}`, operations);
      expect([answer.status, answer.body.displayName, answer.body.members]).toEqual([200, query, undefined]);
    }
  });
});
