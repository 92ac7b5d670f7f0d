import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import {
  type Answered,
  type App,
  createApp,
  createGroup,
  createUser,
  ENTERPRISE,
  STORAGES,
} from "../helpers/scim-app.ts";

const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

function search(app: Pick<App, "send">, members: object, path = "/Users/.search"): Promise<Answered> {
  return app.send("POST", path, { schemas: [SEARCH_REQUEST], ...members });
}

async function appWith(storage = memoryStorage()): Promise<App> {
  const app = createApp({ storage });
  for (const [index, name] of ["ada", "bob", "cleo", "dora", "emil"].entries()) {
    await createUser(app, name, { title: index % 2 === 0 ? "even" : "odd", name: { givenName: name.toUpperCase() } });
  }
  await createGroup(app, "guides");
  return app;
}

describe.each(Object.entries(STORAGES))("POST to .search over %s", (_, storageOf) => {
  it.each([
    [{}, ""],
    [{ filter: 'title eq "EVEN"' }, `filter=${encodeURIComponent('title eq "EVEN"')}`],
    [{ startIndex: 2, count: 2 }, "startIndex=2&count=2"],
    [{ startIndex: -4, count: -1 }, "startIndex=-4&count=-1"],
    [{ count: 0 }, "count=0"],
    [{ startIndex: 99 }, "startIndex=99"],
    [{ attributes: ["userName", "name.givenName"] }, "attributes=userName,name.givenName"],
    [{ excludedAttributes: ["title", "meta", `${ENTERPRISE}:department`] }, "excludedAttributes=title,meta"],
    [{ attributes: "title, userName" }, "attributes=title,userName"],
    [{ filter: null, count: null, sortBy: null, attributes: null, cursor: null }, ""],
    [{ FILTER: "title pr", StartIndex: 2, unknownMember: { deep: [1] } }, "filter=title%20pr&startIndex=2"],
  ])("[req 96] responds to %j as to GET ?%s", async (members, query) => {
    const app = await appWith(storageOf());
    const searched = await search(app, members);
    const got = await app.send("GET", `/Users?${query}`);
    expect(got.status).toBe(200);
    expect([searched.status, searched.text]).toEqual([200, got.text]);
    expect(searched.headers.get("content-type")).toBe("application/scim+json");
    expect(searched.headers.get("cache-control")).toBe("no-store");
  });

  it("[req 127] pages by the cursor in the body, as by the one in a query", async () => {
    const app = await appWith(storageOf());
    const seen: unknown[] = [];
    let cursor: unknown = "";
    while (cursor !== undefined) {
      const { body } = await search(app, { cursor, count: 2, attributes: ["userName"] });
      seen.push(...(body.Resources as { userName: string }[]).map((each) => each.userName));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(["ada", "bob", "cleo", "dora", "emil"]);
    const { body } = await search(app, { cursor: "", count: 2 });
    expect((await app.send("GET", `/Users?count=2&cursor=${body.nextCursor}`)).body.itemsPerPage).toBe(2);
    expect((await search(app, { cursor: body.nextCursor, count: 3 })).body.scimType).toBe("invalidCount");
    expect((await search(app, { cursor: "", startIndex: 1 })).body.scimType).toBe("invalidValue");
  });

  it("[req 8, 96] finds nothing of another tenant", async () => {
    const app = await appWith(storageOf());
    expect((await search(app.as("other"), {})).body.totalResults).toBe(0);
    expect((await search(app.as("other"), {}, "/.search")).body.totalResults).toBe(0);
  });
});

describe("a search", () => {
  it("[req 6, 96] is a read: read rights suffice, and nothing is written", async () => {
    const app = await appWith();
    const before = (await app.send("GET", "/Users")).text;
    expect((await search(app.as("acme", "read"), { filter: "title pr" })).body.totalResults).toBe(5);
    expect((await app.send("GET", "/Users")).text).toBe(before);
    expect((await app.send("POST", "/Users/.search", {}, { authorization: "Bearer nobody" })).status).toBe(401);
  });

  it.each([
    [{}],
    [{ schemas: [] }],
    [{ schemas: SEARCH_REQUEST }],
    [{ schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"] }],
    [{ schemas: [SEARCH_REQUEST], filter: "title pr", Filter: "title pr" }],
  ])("[req 4, 96] is refused with invalidSyntax where it is none: %j", async (body) => {
    const answer = await (await appWith()).send("POST", "/Users/.search", body);
    expect([answer.status, answer.body.scimType]).toEqual([400, "invalidSyntax"]);
  });

  it.each([
    ["startIndex", "1"],
    ["startIndex", 1.5],
    ["count", true],
    ["count", [1]],
    ["count", 1e300],
    ["filter", 7],
    ["sortBy", ["userName"]],
    ["sortOrder", 1],
    ["cursor", {}],
    ["attributes", [1]],
    ["attributes", { userName: true }],
    ["excludedAttributes", 5],
  ])("[req 49, 96] names the member whose value is of another type: %s %j", async (member, value) => {
    const answer = await search(await appWith(), { [member]: value });
    expect([answer.status, answer.body.scimType]).toEqual([400, "invalidValue"]);
    expect(answer.body.detail).toContain(member);
  });

  it("[req 106] has its filter refused as in a query", async () => {
    const app = await appWith();
    for (const filter of ["", "title", 'title eq "x', "nothing pr", 'password eq "x"', "active gt true"]) {
      const answer = await search(app, { filter });
      expect([answer.status, answer.body.scimType]).toEqual([400, "invalidFilter"]);
    }
  });

  it("[req 3, 15] has a body as any other: of a JSON type, and within the limit", async () => {
    const app = createApp({ limits: { maxBodyBytes: 500 } });
    expect((await search(app, { filter: `title eq "${"a".repeat(500)}"` })).status).toBe(413);
    const message = JSON.stringify({ schemas: [SEARCH_REQUEST] });
    const answer = await app.send("POST", "/Users/.search", message, { "content-type": "application/json" });
    expect(answer.status).toBe(200);
    const xml = await app.send("POST", "/Users/.search", message, { "content-type": "application/xml" });
    expect(xml.status).toBe(415);
  });

  it.each(["/.search", "/Users/.search", "/groups/.search/"])("[req 14] knows no method but POST: %s", async (path) => {
    const app = await appWith();
    for (const method of ["GET", "HEAD", "PUT", "PATCH", "DELETE"]) {
      const answer = await app.send(method, path, method === "PUT" || method === "PATCH" ? {} : undefined);
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    }
    expect((await search(app, {}, path)).status).toBe(200);
  });

  it("[req 77] is not found below a path that is not an endpoint", async () => {
    const app = await appWith();
    for (const path of ["/Robots/.search", "/Users/1/.search", "/Schemas/.search/x"]) {
      expect((await search(app, {}, path)).status).toBe(404);
    }
    expect((await search(app, {}, "/Schemas/.search")).status).toBe(405);
  });

  it("[req 18] is reported by its route, without the filter", async () => {
    const app = await appWith();
    await search(app, { filter: 'userName eq "a-secret-name"' });
    await search(app, {}, "/.search");
    const routes = app.events.filter((event) => event.type === "server.response").map((event) => event.route);
    expect(routes.slice(-2)).toEqual(["/Users/.search", "/.search"]);
    expect(JSON.stringify(app.events)).not.toContain("a-secret-name");
  });
});

describe("filters that must not be in a URI", () => {
  const sensitiveFilters = ["emails", "name.familyName", `${ENTERPRISE}:employeeNumber`];

  it.each([
    'emails.value eq "a@b"',
    'EMAILS[type eq "work"]',
    "title pr and not (emails pr)",
    'name.familyname sw "A"',
    `${ENTERPRISE.toLowerCase()}:EmployeeNumber eq "7"`,
  ])("[req 98] are rejected with sensitive in a query, and accepted in a search: %s", async (filter) => {
    const app = createApp({ sensitiveFilters });
    await createUser(app, "ada", { title: "x" });
    for (const path of ["/Users", "/", "/Users/1"]) {
      const answer = await app.send("GET", `${path}?filter=${encodeURIComponent(filter)}`);
      expect([answer.status, answer.body.scimType]).toEqual([403, "sensitive"]);
      expect(answer.body.detail).toContain(".search");
    }
    expect((await search(app, { filter })).status).toBe(200);
    expect((await search(app, { filter }, "/.search")).status).toBe(200);
  });

  it("[req 98] leave other attributes alone, and none are refused by default", async () => {
    const app = createApp({ sensitiveFilters });
    for (const filter of ['name.givenName eq "A"', 'userName eq "emails"', `${ENTERPRISE}:department pr`]) {
      expect((await app.send("GET", `/Users?filter=${encodeURIComponent(filter)}`)).status).toBe(200);
    }
    const usual = await createApp().send("GET", `/Users?filter=${encodeURIComponent('emails.value eq "a@b"')}`);
    expect(usual.status).toBe(200);
  });

  it("are known when the handler is made", () => {
    expect(() => createApp({ sensitiveFilters: ["emial"] })).toThrow("emial");
  });
});

describe("a query for one resource", () => {
  it.each(Object.entries(STORAGES))("[req 97] shows it where it matches its filter, over %s", async (_, storageOf) => {
    const app = createApp({ storage: storageOf() });
    const id = await createUser(app, "ada", { title: "x" });
    const group = await createGroup(app, "guides", [id]);
    const status = async (path: string, filter: string): Promise<number> =>
      (await app.send("GET", `${path}?filter=${encodeURIComponent(filter)}`)).status;
    for (const filter of [
      'userName eq "ADA"',
      "title pr",
      `groups.value eq "${group}"`,
      'meta.resourceType eq "User"',
    ]) {
      expect(await status(`/Users/${id}`, filter)).toBe(200);
    }
    for (const filter of ['userName eq "bob"', "nickName pr", 'groups.value eq "x"', 'meta.resourceType eq "Group"']) {
      expect(await status(`/Users/${id}`, filter)).toBe(404);
    }
    expect(await status(`/Groups/${group}`, `members.value eq "${id}"`)).toBe(200);
    expect(await status(`/Groups/${group}`, 'members.value eq "x"')).toBe(404);
    expect(await status(`/Users/${id}`, "userName")).toBe(400);
    expect(await status("/Users/unknown", "title pr")).toBe(404);
  });

  it("[req 97] gets the same response if nothing matches as if nothing exists", async () => {
    const app = createApp();
    const id = await createUser(app, "ada");
    const unmatched = await app.send("GET", `/Users/${id}?filter=title%20pr`);
    expect(unmatched.text).toBe((await app.send("GET", "/Users/unknown")).text);
  });
});
