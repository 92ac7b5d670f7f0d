import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { type App, createApp, createGroup, createUser, ENTERPRISE, STORAGES } from "../helpers/scim-app.ts";
import { runs } from "../helpers/soak.ts";

/** A storage that lists in no order but its own, as one of five methods may. */
function unsorted(): Storage {
  const storage = memoryStorage();
  const { members: _members, ...own } = storage.resources;
  const resources: ResourceStorage = {
    ...own,
    capabilities: {
      ...own.capabilities,
      members: false,
      sort: () => false,
      filter: (filter) => filter.type === "comparison" && filter.path.attribute?.name === "userName",
    },
    insert: (...given) => storage.resources.insert(...given),
    find: (...given) => storage.resources.find(...given),
    list: (...given) => storage.resources.list(...given),
  };
  return { ...storage, resources };
}

const DRIVERS = { ...STORAGES, "a storage without orders": unsorted };

function query(path: string, parameters: Record<string, string | number>): string {
  return `${path}?${new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]))}`;
}

interface Shown {
  readonly userName?: string;
  readonly displayName?: string;
}

async function names(app: Pick<App, "send">, path: string, parameters: Record<string, string | number>) {
  const { status, body, text } = await app.send("GET", query(path, parameters));
  expect(status, text).toBe(200);
  return (body.Resources as Shown[]).map((each) => each.userName ?? each.displayName ?? "");
}

async function namesByCursor(app: App, path: string, parameters: Record<string, string | number>): Promise<string[]> {
  const seen: string[] = [];
  let cursor = "";
  for (;;) {
    const { status, body, text } = await app.send("GET", query(path, { ...parameters, cursor }));
    expect(status, text).toBe(200);
    seen.push(...(body.Resources as Shown[]).map((each) => each.userName ?? each.displayName ?? ""));
    if (body.nextCursor === undefined) return seen;
    expect(body.itemsPerPage).toBe(Number(parameters.count));
    cursor = String(body.nextCursor);
  }
}

async function namesByIndex(app: App, path: string, parameters: Record<string, string | number>): Promise<string[]> {
  const seen: string[] = [];
  for (;;) {
    const page = await names(app, path, { ...parameters, startIndex: seen.length + 1 });
    if (page.length === 0) return seen;
    seen.push(...page);
  }
}

async function expectOrder(app: App, path: string, sortBy: string, expected: readonly string[]): Promise<void> {
  for (const count of [1, 2, 3, 100]) {
    expect(await namesByIndex(app, path, { sortBy, count })).toEqual(expected);
    expect(await namesByCursor(app, path, { sortBy, count })).toEqual(expected);
  }
}

describe.each(Object.entries(DRIVERS))("lists in an order over %s", (_, storageOf) => {
  it("[req 121] are in that of the attribute's values, by its rule of case, and without a value last", async () => {
    const app = createApp({ storage: storageOf() });
    await createUser(app, "1", { title: "beta", externalId: "a" });
    await createUser(app, "2", { title: "Alpha" });
    await createUser(app, "3", { title: "alpha", externalId: "B" });
    await createUser(app, "4", { externalId: "A" });
    await createUser(app, "5", { title: "gamma", externalId: "b" });
    await expectOrder(app, "/Users", "title", ["2", "3", "1", "5", "4"].toSorted(byIdsOfEquals(await idsOf(app))));
    await expectOrder(app, "/Users", "externalId", ["4", "3", "1", "5", "2"]);
    expect(await names(app, "/Users", { sortBy: "externalId", sortOrder: "descending" })).toEqual([
      "2",
      "5",
      "1",
      "3",
      "4",
    ]);
    const byTitle = await namesByCursor(app, "/Users", { sortBy: "title", sortOrder: "Descending", count: 1 });
    expect([byTitle[0], byTitle[1], byTitle[2]]).toEqual(["4", "5", "1"]);
    expect(byTitle.slice(3).sort()).toEqual(["2", "3"]);
  });

  it("[req 121] take a multi-valued attribute by its primary value, else by its first", async () => {
    const app = createApp({ storage: storageOf() });
    const emails = (...values: [string, boolean?][]): object => ({
      emails: values.map(([value, primary], index) => ({
        value,
        type: `t${index}`,
        ...(primary === undefined ? {} : { primary }),
      })),
    });
    await createUser(app, "1", emails(["z@x"], ["a@x", true]));
    await createUser(app, "2", emails(["B@x"], ["a@a"]));
    await createUser(app, "3", emails(["c@x", false], ["0@x"]));
    await createUser(app, "4");
    await expectOrder(app, "/Users", "emails", ["1", "2", "3", "4"]);
    await expectOrder(app, "/Users", "EMAILS.value", ["1", "2", "3", "4"]);
  });

  it("[req 46, 121] know the attribute in every notation and case", async () => {
    const app = createApp({ storage: storageOf() });
    await createUser(app, "1", {
      name: { givenName: "Zoe" },
      [ENTERPRISE]: { department: "B", manager: { value: "9" } },
    });
    await createUser(app, "2", {
      name: { givenName: "ada" },
      [ENTERPRISE]: { department: "a", manager: { value: "3" } },
    });
    for (const sortBy of [
      "name.givenName",
      "NAME.GIVENNAME",
      "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName",
      `${ENTERPRISE}:department`,
      `${ENTERPRISE.toUpperCase()}:DEPARTMENT`,
      `${ENTERPRISE}:manager`,
      `${ENTERPRISE}:manager.value`,
    ]) {
      expect(await names(app, "/Users", { sortBy })).toEqual(["2", "1"]);
    }
  });

  it("[req 121] take dates as instants and truth as truth", async () => {
    const app = createApp({ storage: storageOf() });
    await createUser(app, "1", { active: true });
    await createUser(app, "2", { active: false });
    await createUser(app, "3");
    await expectOrder(app, "/Users", "active", ["2", "1", "3"]);
    await expectOrder(app, "/Users", "meta.created", ["1", "2", "3"]);
    const { body } = await app.send("GET", query("/Users", { filter: 'userName eq "1"' }));
    const [first] = body.Resources as { id: string }[];
    await app.send("PATCH", `/Users/${first?.id}`, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "add", path: "title", value: "x" }],
    });
    await expectOrder(app, "/Users", "meta.lastModified", ["2", "3", "1"]);
    expect((await names(app, "/Users", { sortBy: "id" })).length).toBe(3);
  });
});

describe.each(Object.entries(DRIVERS))("lists in an order over %s, page by page,", (_, storageOf) => {
  it("[req 121, 123] show under a filter each match once, in the order, by index and by cursor", async () => {
    const title = fc.constantFrom(undefined, "a", "B", "b", "é", "😀", "z z", "");
    await fc.assert(
      fc.asyncProperty(
        fc.array(title, { minLength: 1, maxLength: 9 }),
        fc.constantFrom("ascending", "descending"),
        fc.integer({ min: 1, max: 4 }),
        async (titles, sortOrder, count) => {
          const app = createApp({ storage: storageOf() });
          for (const [index, value] of titles.entries()) {
            await createUser(app, `u${index}`, { nickName: index % 4 === 3 ? "no" : "yes", title: value });
          }
          const parameters = { sortBy: "title", sortOrder, filter: 'nickName ew "ES"' };
          const whole = await names(app, "/Users", parameters);
          const matching = titles.map((value, index) => ({ value, index })).filter(({ index }) => index % 4 !== 3);
          const expected = matching.map(({ value }) => (value === undefined ? undefined : value.toLowerCase()));
          const keys = whole.map((name) => titles[Number(name.slice(1))]?.toLowerCase());
          expect(keys).toEqual(inOrder(expected, sortOrder));
          expect(new Set(whole).size).toBe(matching.length);
          expect(await namesByIndex(app, "/Users", { ...parameters, count })).toEqual(whole);
          expect(await namesByCursor(app, "/Users", { ...parameters, count })).toEqual(whole);
          await app.storage.close();
        },
      ),
      runs({ seed: 7644, numRuns: 15 }),
    );
  });

  it("[req 86, 123] neither repeat nor leave out what is there throughout, while others come, go and change", async () => {
    const app = createApp({ storage: storageOf() });
    const ids = new Map<string, string>();
    for (const letter of "cgkosw") ids.set(letter, await createUser(app, letter, { title: letter }));
    const path = (cursor: unknown): string => query("/Users", { sortBy: "title", count: 2, cursor: String(cursor) });
    const first = await app.send("GET", path(""));
    await app.send("DELETE", `/Users/${ids.get("g")}`);
    await createUser(app, "a", { title: "a" });
    await createUser(app, "p", { title: "p" });
    const second = await app.send("GET", path(first.body.nextCursor));
    const third = await app.send("GET", path(second.body.nextCursor));
    const seen = [first, second, third].map(({ body }) => (body.Resources as Shown[]).map(({ userName }) => userName));
    expect(seen).toEqual([
      ["c", "g"],
      ["k", "o"],
      ["p", "s"],
    ]);
    expect(third.body.nextCursor).toBeTypeOf("string");
  });

  it("[req 94, 121] merge the types of the root, one that has not the attribute behind the others", async () => {
    const app = createApp({ storage: storageOf() });
    for (const name of ["b", "d", "f", "h"]) await createUser(app, `user ${name}`, { displayName: name });
    for (const name of ["A", "c", "E", "i", "j"]) await createGroup(app, name);
    await createUser(app, "nobody");
    const merged = ["A", "user b", "c", "user d", "E", "user f", "user h", "i", "j", "nobody"];
    await expectOrder(app, "/", "displayName", merged);
    const down = { sortBy: "DisplayName", sortOrder: "descending", count: 3 };
    expect(await namesByIndex(app, "/", down)).toEqual(merged.toReversed());
    expect(await namesByCursor(app, "/", down)).toEqual(merged.toReversed());
    const groups = ["A", "c", "E", "i", "j"];
    const users = ["nobody", "user b", "user d", "user f", "user h"];
    await expectOrder(app, "/", "userName", [...users, ...groups]);
    expect(await namesByCursor(app, "/", { sortBy: "userName", sortOrder: "descending", count: 4 })).toEqual([
      ...groups,
      ...users.toReversed(),
    ]);
    const byCreation = await namesByCursor(app, "/", { sortBy: "meta.created", count: 4 });
    expect(byCreation).toEqual(["user b", "user d", "user f", "user h", ...groups, "nobody"]);
    const byType = await names(app, "/", { sortBy: "meta.resourceType" });
    expect(byType.slice(0, 5).sort()).toEqual([...groups].sort());
    const some = { sortBy: "displayName", filter: 'displayName gt "c" and displayName lt "i"', count: 2 };
    expect(await namesByCursor(app, "/", some)).toEqual(["user d", "E", "user f", "user h"]);
    expect(await namesByIndex(app, "/", some)).toEqual(["user d", "E", "user f", "user h"]);
    const { body } = await app.send("GET", query("/", { ...some, startIndex: 4 }));
    expect(body).toMatchObject({ totalResults: 4, startIndex: 4, itemsPerPage: 1 });
  });
});

/** Orders what is equal here as the storage does, by id. */
function byIdsOfEquals(ids: ReadonlyMap<string, string>): (left: string, right: string) => number {
  const equals = new Set(["2", "3"]);
  return (left, right) => {
    if (!equals.has(left) || !equals.has(right)) return 0;
    return (ids.get(left) ?? "") < (ids.get(right) ?? "") ? -1 : 1;
  };
}

async function idsOf(app: App): Promise<Map<string, string>> {
  const { body } = await app.send("GET", "/Users");
  return new Map((body.Resources as { id: string; userName: string }[]).map(({ id, userName }) => [userName, id]));
}

function inOrder(keys: readonly (string | undefined)[], order: string): (string | undefined)[] {
  const given = keys.filter((key) => key !== undefined);
  const without = keys.filter((key) => key === undefined);
  given.sort((left, right) => Buffer.compare(Buffer.from(left ?? ""), Buffer.from(right ?? "")));
  return order === "ascending" ? [...given, ...without] : [...without, ...given.toReversed()];
}

describe("an order", () => {
  it.each([
    ["frobnicate", "sortBy: no such attribute: frobnicate"],
    ["name.frobnicate", "sortBy: no such attribute: name.frobnicate"],
    ["user name", "must be the name"],
    ["emails[type eq", "must be the name"],
    ["name", "complex"],
    ["addresses", "complex"],
    ["meta", "complex"],
    ["password", "cannot be sorted"],
    ["groups", "cannot be sorted"],
    ["groups.value", "cannot be sorted"],
    ["meta.location", "cannot be sorted"],
    [ENTERPRISE, "schema"],
  ])("[req 121] that cannot be is refused with invalidValue: %s", async (sortBy, detail) => {
    const app = createApp();
    for (const answer of [
      await app.send("GET", query("/Users", { sortBy })),
      await app.send("POST", "/Users/.search", {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        sortBy,
      }),
    ]) {
      expect([answer.status, answer.body.scimType]).toEqual([400, "invalidValue"]);
      expect(answer.body.detail).toContain(detail);
    }
  });

  it("[req 121] of groups by their members, or of all types by what none has, is refused", async () => {
    const app = createApp();
    for (const path of [
      query("/Groups", { sortBy: "members" }),
      query("/Groups", { sortBy: "members.value" }),
      query("/Groups", { sortBy: "userName" }),
      query("/", { sortBy: "frobnicate" }),
      query("/", { sortBy: "password" }),
      query("/", { sortBy: "members" }),
    ]) {
      const { status, body } = await app.send("GET", path);
      expect([status, body.scimType]).toEqual([400, "invalidValue"]);
    }
  });

  it("[req 121] has one of two directions, in any case, and ascends where none is named", async () => {
    const app = createApp();
    for (const name of ["b", "a"]) await createUser(app, name);
    for (const sortOrder of ["ascending", "Ascending", ""]) {
      expect(await names(app, "/Users", { sortBy: "userName", sortOrder })).toEqual(["a", "b"]);
    }
    expect(await names(app, "/Users", { sortBy: "userName", sortOrder: "DESCENDING" })).toEqual(["b", "a"]);
    for (const parameters of ["sortBy=userName&sortOrder=down", "sortOrder=desc"]) {
      const { status, body } = await app.send("GET", `/Users?${parameters}`);
      expect([status, body.scimType]).toEqual([400, "invalidValue"]);
    }
    expect(await names(app, "/Users", { sortBy: "" })).toEqual(["b", "a"]);
  });

  it("[req 22, 121, 122] is advertised", async () => {
    expect((await createApp().send("GET", "/ServiceProviderConfig")).body.sort).toEqual({ supported: true });
  });
});

describe("an order over several pages", () => {
  it("[req 124] belongs to a cursor", async () => {
    const app = createApp();
    for (const name of ["b", "a", "c"]) await createUser(app, name);
    const { body } = await app.send("GET", query("/Users", { sortBy: "userName", count: 1, cursor: "" }));
    const cursor = String(body.nextCursor);
    const outcome = async (parameters: Record<string, string>): Promise<unknown> =>
      (await app.send("GET", query("/Users", { count: 1, cursor, ...parameters }))).body.scimType;
    expect(await outcome({})).toBe("invalidCursor");
    expect(await outcome({ sortBy: "title" })).toBe("invalidCursor");
    expect(await outcome({ sortBy: "userName", sortOrder: "descending" })).toBe("invalidCursor");
    expect(await outcome({ sortBy: "USERNAME", sortOrder: "ascending" })).toBe(undefined);
  });

  it("[req 95] of several types has an end by index, and none by cursor", async () => {
    const app = createApp();
    await createUser(app, "b", { displayName: "b" });
    await createGroup(app, "a");
    const far = await app.send("GET", query("/", { sortBy: "displayName", startIndex: 10_000, count: 2 }));
    expect([far.status, far.body.scimType]).toEqual([400, "tooMany"]);
    const last = await app.send("GET", query("/", { sortBy: "displayName", startIndex: 10_000, count: 1 }));
    expect(last.body).toMatchObject({ totalResults: 2, itemsPerPage: 0 });
    const counted = await app.send("GET", query("/", { sortBy: "displayName", startIndex: 10_000, count: 0 }));
    expect(counted.body).toMatchObject({ totalResults: 2, itemsPerPage: 0 });
    const one = { sortBy: "displayName", startIndex: 20_000, filter: 'meta.resourceType eq "User"' };
    expect((await app.send("GET", query("/", one))).body.totalResults).toBe(1);
  });

  it("[req 94, 123] of several types shows what its cursors say, whatever is written while a page is made", async () => {
    const storage = memoryStorage();
    const between = { calls: 0, write: async (): Promise<void> => {} };
    const resources: ResourceStorage = {
      ...storage.resources,
      capabilities: storage.resources.capabilities,
      insert: (...given) => storage.resources.insert(...given),
      find: (...given) => storage.resources.find(...given),
      remove: (...given) => storage.resources.remove(...given),
      list: async (...given) => {
        between.calls += 1;
        if (between.calls === 3) await between.write();
        return storage.resources.list(...given);
      },
    };
    const app = createApp({ storage: { ...storage, resources } });
    const ids: string[] = [];
    for (const name of ["a", "c", "e", "g", "i"]) ids.push(await createUser(app, name, { displayName: name }));
    for (const name of ["b", "d", "f", "h"]) await createGroup(app, name);
    // Behind the first look at both types, and before the page is read.
    between.write = async () => {
      await storage.resources.remove({ tenant: "acme", type: "User" }, ids[0] ?? "");
    };
    const seen = await namesOfPages(app);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.toSorted()).toEqual(["b", "c", "d", "e", "f", "g", "h", "i"]);
  });
});

async function namesOfPages(app: App): Promise<string[]> {
  const seen: string[] = [];
  let cursor: unknown = "";
  while (cursor !== undefined) {
    const { body } = await app.send("GET", query("/", { sortBy: "displayName", count: 4, cursor: String(cursor) }));
    seen.push(...(body.Resources as Shown[]).map((each) => each.displayName ?? ""));
    cursor = body.nextCursor;
  }
  return seen;
}
