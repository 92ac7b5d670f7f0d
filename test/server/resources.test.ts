import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type App, BASE_URL, createApp, createUser, ENTERPRISE, patch, STORAGES, USER } from "../helpers/scim-app.ts";

const filterOf = (filter: string): string => `filter=${encodeURIComponent(filter)}`;

let app: App;

/** Each test has a server of its own over this storage. */
function setUp(storageName: string): void {
  beforeEach(() => {
    app = createApp({ storage: STORAGES[storageName]?.() });
  });
  afterEach(() => app.storage.close());
}

describe.each(Object.keys(STORAGES))("users over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 36, 38, 40, 70] creates with 201, an id, meta and a Location that is meta.location", async () => {
    const answer = await app.send("POST", "/Users", {
      schemas: [USER],
      userName: "bjensen",
      name: { givenName: "Babs" },
    });
    expect(answer.status).toBe(201);
    const { id, meta } = answer.body as { id: string; meta: Record<string, string> };
    expect(id).toBeTruthy();
    expect(meta).toMatchObject({ resourceType: "User", location: `${BASE_URL}/Users/${id}` });
    expect(meta.created).toBe(meta.lastModified);
    expect(answer.headers.get("location")).toBe(meta.location);
    expect((await app.send("GET", `/Users/${id}`)).body).toEqual(answer.body);
  });

  it("[req 37, 38, 59, 64] ignores id, meta and groups that a client sends", async () => {
    const answer = await app.send("POST", "/Users", {
      schemas: [USER],
      id: "mine",
      meta: { created: "1999-01-01T00:00:00Z", location: "x" },
      groups: [{ value: "g" }],
      userName: "a",
    });
    expect(answer.status).toBe(201);
    expect(answer.body.id).not.toBe("mine");
    expect(answer.body.groups).toBeUndefined();
    expect((answer.body.meta as { created: string }).created).not.toMatch(/^1999/);
  });

  it("[req 44] names an extension in schemas exactly when its data is there", async () => {
    const bare = await createUser(app, "a", { schemas: [USER, ENTERPRISE] });
    expect((await app.send("GET", `/Users/${bare}`)).body.schemas).toEqual([USER]);
    const full = await createUser(app, "b", { schemas: [USER, ENTERPRISE], [ENTERPRISE]: { department: "x" } });
    expect((await app.send("GET", `/Users/${full}`)).body.schemas).toEqual([USER, ENTERPRISE]);
  });

  it("[req 46] reads names in any case and responds with the canonical ones", async () => {
    const id = await createUser(app, "a", {
      NAME: { GIVENNAME: "x" },
      [ENTERPRISE.toUpperCase()]: { DEPARTMENT: "d" },
    });
    expect((await app.send("GET", `/Users/${id}`)).body).toMatchObject({
      name: { givenName: "x" },
      [ENTERPRISE]: { department: "d" },
    });
  });

  it("[req 56, 71] refuses a userName that differs only in case or composition with 409 uniqueness", async () => {
    await createUser(app, "José");
    const answer = await app.send("POST", "/Users", { schemas: [USER], userName: "JOSE\u0301" });
    expect([answer.status, answer.body.scimType]).toEqual([409, "uniqueness"]);
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(1);
  });

  it("[req 72] finds by filter what a conflict is about", async () => {
    await createUser(app, "José");
    const found = await app.send("GET", `/Users?${filterOf('userName eq "JOSE\u0301"')}`);
    expect(found.body.totalResults).toBe(1);
  });

  it("[req 75] lets one of twenty parallel creates of a name through", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => app.send("POST", "/Users", { schemas: [USER], userName: "same" })),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(19);
  });

  it("[req 57, 66] never shows or stores a password", async () => {
    const id = await createUser(app, "a", { password: "t0p-secret" });
    await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", value: { password: "t0p-secret" } }));
    const shown = await app.send("GET", `/Users/${id}?attributes=password,userName`);
    expect(shown.text).not.toContain("t0p-secret");
    const stored = await app.storage.resources.find({ tenant: "acme", type: "User" }, id);
    expect(JSON.stringify(stored)).not.toContain("t0p-secret");
  });

  it("[req 78, 165] honours active: false and keeps the user readable", async () => {
    const id = await createUser(app, "a", { active: false });
    expect((await app.send("GET", `/Users/${id}`)).body.active).toBe(false);
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(1);
  });
});

describe.each(Object.keys(STORAGES))("reading users over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 80, 81, 82, 85, 87] pages by startIndex and count with numbers that are numbers", async () => {
    for (let index = 0; index < 7; index += 1) await createUser(app, `user${index}`);
    const page = await app.send("GET", "/Users?startIndex=3&count=2");
    expect(page.body).toMatchObject({ totalResults: 7, startIndex: 3, itemsPerPage: 2 });
    expect((page.body.Resources as { userName: string }[]).map((user) => user.userName)).toEqual(["user2", "user3"]);
    expect((await app.send("GET", "/Users?startIndex=99")).body).toMatchObject({ totalResults: 7, Resources: [] });
    expect((await app.send("GET", `/Users?${filterOf('userName eq "nobody"')}`)).body).toMatchObject({
      totalResults: 0,
      Resources: [],
    });
  });

  it("[req 83, 84] reads a startIndex below 1 as 1, a count below 0 as 0, and rejects what is not a number", async () => {
    await createUser(app, "a");
    expect((await app.send("GET", "/Users?startIndex=-5")).body).toMatchObject({ startIndex: 1, itemsPerPage: 1 });
    expect((await app.send("GET", "/Users?count=-1")).body).toMatchObject({ totalResults: 1, Resources: [] });
    expect((await app.send("GET", "/Users?count=0")).body).toMatchObject({ totalResults: 1, Resources: [] });
    const wrong = await app.send("GET", "/Users?startIndex=first");
    expect([wrong.status, wrong.body.scimType]).toEqual([400, "invalidValue"]);
  });

  it("[req 88, 89, 92] projects responses to GET, POST, PUT and PATCH alike", async () => {
    const body = { schemas: [USER], userName: "a", name: { givenName: "g", familyName: "f" }, title: "t" };
    const created = await app.send("POST", "/Users?attributes=name.givenName", body);
    expect(Object.keys(created.body).sort()).toEqual(["id", "name", "schemas"]);
    expect(created.body.name).toEqual({ givenName: "g" });
    const id = String(created.body.id);
    const replaced = await app.send("PUT", `/Users/${id}?excludedAttributes=title`, body);
    expect(replaced.body.title).toBeUndefined();
    const changed = await app.send(
      "PATCH",
      `/Users/${id}?attributes=title`,
      patch({ op: "add", path: "title", value: "u" }),
    );
    expect([changed.status, changed.body.title, changed.body.userName]).toEqual([200, "u", undefined]);
    expect((await app.send("GET", "/Users?attributes=USERNAME")).body.Resources).toEqual([
      { schemas: [USER], id, userName: "a" },
    ]);
  });

  it.each([
    ['meta.lastModified gt "2000-01-01T00:00:00Z"', 2],
    ['emails[type eq "work" and value co "@x"]', 1],
    ['name.familyName sw "o\'"', 1],
    ["title pr", 1],
    ["not (title pr)", 1],
    ['externalId eq "E1"', 1],
    ['externalId eq "e1"', 0],
    [`${ENTERPRISE}:department eq "sales"`, 1],
  ])("[req 100, 113, 119] filters by %s", async (filter, count) => {
    await createUser(app, "a", {
      externalId: "E1",
      title: "t",
      name: { familyName: "O'Brien" },
      emails: [{ type: "work", value: "a@x.example" }],
      [ENTERPRISE]: { department: "Sales" },
    });
    await createUser(app, "b", { emails: [{ type: "home", value: "b@x.example" }] });
    const answer = await app.send("GET", `/Users?${filterOf(filter)}`);
    expect(answer.body.totalResults, answer.text).toBe(count);
    expect(answer.body.Resources).toHaveLength(count);
  });

  it("[req 105, 106] rejects a filter that it cannot read with 400 invalidFilter and the position", async () => {
    for (const filter of ['userName eq "a" and', "userName is 1", "active gt true", "((userName pr)"]) {
      const answer = await app.send("GET", `/Users?${filterOf(filter)}`);
      expect([answer.status, answer.body.scimType], filter).toEqual([400, "invalidFilter"]);
      expect(answer.body.detail).toMatch(/\d/);
    }
  });

  it("[req 117] decodes a filter once: an encoded plus stays a plus", async () => {
    await createUser(app, "a+b@x.example");
    expect((await app.send("GET", "/Users?filter=userName+eq+%22a%2Bb@x.example%22")).body.totalResults).toBe(1);
  });

  it("[req 118] does not let a password be guessed by filter", async () => {
    await createUser(app, "a", { password: "t0p" });
    expect((await app.send("GET", `/Users?${filterOf('password sw "t"')}`)).status).toBe(400);
  });
});

describe.each(Object.keys(STORAGES))("changing users over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 129] responds to a PUT to an unknown id with 404 and creates nothing", async () => {
    expect((await app.send("PUT", "/Users/unknown", { schemas: [USER], userName: "a" })).status).toBe(404);
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(0);
  });

  it("[req 131, 132] clears what a PUT omits, but not active", async () => {
    const id = await createUser(app, "a", { title: "t", active: false });
    const answer = await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "a2" });
    expect([answer.status, answer.body.userName, answer.body.title, answer.body.active]).toEqual([
      200,
      "a2",
      undefined,
      false,
    ]);
    expect((await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "a2", active: true })).body.active).toBe(
      true,
    );
  });

  it("[req 134] enforces uniqueness on PUT and PATCH and leaves the resource as it was", async () => {
    await createUser(app, "taken");
    const id = await createUser(app, "mine", { title: "t" });
    const put = await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "TAKEN" });
    const patched = await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "userName", value: "Taken" }));
    for (const answer of [put, patched]) expect([answer.status, answer.body.scimType]).toEqual([409, "uniqueness"]);
    expect((await app.send("GET", `/Users/${id}`)).body).toMatchObject({ userName: "mine", title: "t" });
  });

  it("[req 137] does all operations of a PATCH or none", async () => {
    const id = await createUser(app, "a", { title: "t" });
    const before = (await app.send("GET", `/Users/${id}`)).text;
    const answer = await app.send(
      "PATCH",
      `/Users/${id}`,
      patch({ op: "replace", path: "title", value: "new" }, { op: "replace", path: "active", value: "maybe" }),
    );
    expect(answer.status).toBe(400);
    expect((await app.send("GET", `/Users/${id}`)).text).toBe(before);
  });

  it("[req 142, 177] leaves version and lastModified alone when nothing changes", async () => {
    const id = await createUser(app, "a", { title: "t" });
    const find = () => app.storage.resources.find({ tenant: "acme", type: "User" }, id);
    const before = await find();
    await app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "title", value: "t" }));
    await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "a", title: "t" });
    expect(await find()).toEqual(before);
    await app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "title", value: "u" }));
    expect((await find())?.version).not.toBe(before?.version);
  });

  it("[req 162, 163] deletes permanently: 404 for every method, and the userName is free again", async () => {
    const id = await createUser(app, "a");
    expect((await app.send("DELETE", `/Users/${id}`)).status).toBe(204);
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      const body =
        method === "PUT"
          ? { schemas: [USER], userName: "a" }
          : method === "PATCH"
            ? patch({ op: "remove", path: "title" })
            : undefined;
      expect((await app.send(method, `/Users/${id}`, body)).status, method).toBe(404);
    }
    expect(await createUser(app, "a")).not.toBe(id);
  });

  it("[req 176] loses none of fifty parallel PATCHes of different attributes and elements", async () => {
    const id = await createUser(app, "a");
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        app.send(
          "PATCH",
          `/Users/${id}`,
          patch({ op: "add", path: "emails", value: [{ value: `e${index}@x`, type: `t${index}` }] }),
        ),
      ),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect((await app.send("GET", `/Users/${id}`)).body.emails).toHaveLength(50);
  });
});
