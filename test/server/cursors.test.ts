import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createScimHandler } from "../../src/server/create-handler.ts";
import type { ScimHandlerOptions } from "../../src/server/handler-options.ts";
import type { ListQuery } from "../../src/storage/list-query.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import {
  type Answered,
  type App,
  BASE_URL,
  createApp,
  createGroup,
  createUser,
  STORAGES,
} from "../helpers/scim-app.ts";
import { runs } from "../helpers/soak.ts";

const KEY = { id: "one", key: new Uint8Array(32).fill(7) };
const OTHER_KEY = { id: "two", key: new Uint8Array(32).fill(9) };

/** Every page of a listing by cursor, from the first to the last. */
async function allPages(app: Pick<App, "send">, path: string): Promise<Answered[]> {
  const pages: Answered[] = [];
  let cursor: unknown = "";
  while (cursor !== undefined) {
    const page = await app.send("GET", `${path}${path.includes("?") ? "&" : "?"}cursor=${cursor}`);
    expect(page.status).toBe(200);
    pages.push(page);
    cursor = page.body.nextCursor;
  }
  return pages;
}

function namesOn(page: Answered): unknown[] {
  return (page.body.Resources as { userName?: string; displayName?: string }[]).map(
    (each) => each.userName ?? each.displayName,
  );
}

async function appWith(count: number, options: Partial<ScimHandlerOptions> & { storage?: Storage } = {}): Promise<App> {
  const app = createApp(options);
  for (let index = 0; index < count; index += 1) await createUser(app, `user-${index}`);
  return app;
}

async function firstCursor(app: Pick<App, "send">, path = "/Users?count=2"): Promise<string> {
  const { body } = await app.send("GET", `${path}&cursor`);
  expect(body.nextCursor).toBeTypeOf("string");
  return String(body.nextCursor);
}

/** The status and the detail word of the page behind a cursor. */
async function outcome(app: Pick<App, "send">, path: string): Promise<unknown[]> {
  const { status, body } = await app.send("GET", path);
  return status === 200 ? [200] : [status, body.scimType];
}

describe.each(Object.entries(STORAGES))("listing by cursor over %s", (_, storageOf) => {
  it("[req 123] shows each resource once, and nextCursor on all pages but the last", async () => {
    const app = await appWith(7, { storage: storageOf() });
    for (const [count, sizes] of [
      [3, [3, 3, 1]],
      [7, [7]],
      [1, [1, 1, 1, 1, 1, 1, 1]],
      [100, [7]],
    ] as const) {
      const pages = await allPages(app, `/Users?count=${count}`);
      expect(pages.map((page) => page.body.itemsPerPage)).toEqual(sizes);
      expect(pages.flatMap(namesOn)).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => `user-${index}`));
      expect(pages.map((page) => page.body.totalResults)).toEqual(sizes.map(() => 7));
      expect(pages.every((page) => !("startIndex" in page.body) && !("previousCursor" in page.body))).toBe(true);
    }
  });

  it("[req 123] shows one page without cursor where there is nothing", async () => {
    const { body } = await createApp({ storage: storageOf() }).send("GET", "/Users?cursor");
    expect(body).toEqual({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
      totalResults: 0,
      itemsPerPage: 0,
      Resources: [],
    });
  });

  it("[req 123] pages through what a filter finds, whether the storage or the library filters", async () => {
    const app = createApp({ storage: storageOf() });
    for (let index = 0; index < 9; index += 1) {
      await createUser(app, `user-${index}`, { nickName: index % 3 === 0 ? "Third" : "other", userType: "staff" });
    }
    for (const filter of ['nickName eq "third"', 'nickName co "HIR" and userType pr', 'not (nickName sw "o")']) {
      const pages = await allPages(app, `/Users?count=2&filter=${encodeURIComponent(filter)}`);
      expect(pages.flatMap(namesOn)).toEqual(["user-0", "user-3", "user-6"]);
      expect(pages.map((page) => page.body.totalResults)).toEqual([3, 3]);
    }
  });

  it("[req 86, 123] neither repeats nor leaves out what is there throughout, while others come and go", async () => {
    const app = createApp({ storage: storageOf() });
    const ids: string[] = [];
    for (let index = 0; index < 10; index += 1) ids.push(await createUser(app, `user-${index}`));
    const first = await app.send("GET", "/Users?count=4&cursor");
    await app.send("DELETE", `/Users/${ids[1]}`);
    await app.send("DELETE", `/Users/${ids[3]}`);
    await app.send("DELETE", `/Users/${ids[5]}`);
    await createUser(app, "user-10");
    const seen = namesOn(first);
    let cursor = first.body.nextCursor;
    while (cursor !== undefined) {
      const page = await app.send("GET", `/Users?count=4&cursor=${cursor}`);
      seen.push(...namesOn(page));
      cursor = page.body.nextCursor;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10].map((index) => `user-${index}`));
  });

  it("[req 84, 85] shows nothing but the number for a count of 0 or less, and never more than the limit", async () => {
    const app = await appWith(5, { storage: storageOf(), limits: { maxPageSize: 2 } });
    for (const count of [0, -3]) {
      const { body } = await app.send("GET", `/Users?cursor=&count=${count}`);
      expect([body.totalResults, body.Resources, body.nextCursor]).toEqual([5, [], undefined]);
    }
    const pages = await allPages(app, "/Users?count=50");
    expect(pages.map((page) => page.body.itemsPerPage)).toEqual([2, 2, 1]);
  });

  it("[req 8, 125] reaches nothing of another tenant, whatever the cursor", async () => {
    const app = await appWith(5, { storage: storageOf() });
    const other = app.as("other");
    await createUser(other, "stranger");
    const cursor = await firstCursor(app);
    expect(await outcome(other, `/Users?count=2&cursor=${cursor}`)).toEqual([400, "invalidCursor"]);
    expect((await allPages(other, "/Users?count=2")).flatMap(namesOn)).toEqual(["stranger"]);
  });
});

describe("a cursor", () => {
  it("[req 124] is of unreserved characters only, and says nothing of what it holds", async () => {
    const app = await appWith(3);
    const cursor = await firstCursor(app);
    expect(cursor).toMatch(/^[A-Za-z0-9._~-]+$/);
    const text = Buffer.from(cursor, "base64url").toString("latin1");
    expect(text).not.toContain("2026-");
    expect(await firstCursor(app)).not.toBe(cursor);
  });

  it.each([
    ["another filter", `/Users?count=2&filter=${encodeURIComponent("title pr")}`],
    ["no filter", "/Users?count=2"],
    ["another type", `/Groups?count=2&filter=${encodeURIComponent('displayName sw "u"')}`],
    ["all types", `/?count=2&filter=${encodeURIComponent('displayName sw "u"')}`],
  ])("[req 124] is not good for %s", async (_, path) => {
    const app = createApp();
    for (let index = 0; index < 3; index += 1) {
      await createUser(app, `user-${index}`, { displayName: `u${index}` });
      await createGroup(app, `u${index}`);
    }
    const cursor = await firstCursor(app, `/Users?count=2&filter=${encodeURIComponent('displayName sw "u"')}`);
    expect(await outcome(app, `${path}&cursor=${cursor}`)).toEqual([400, "invalidCursor"]);
  });

  it("[req 124, 125] is not good for another principal of the same tenant", async () => {
    const storage = memoryStorage();
    const people = { alice: "alice", bob: "bob" };
    const handler = createScimHandler({
      storage,
      baseUrl: BASE_URL,
      cursorKeys: [KEY],
      authenticate: (request) => ({
        id: request.headers.get("x-who") ?? people.alice,
        tenant: "acme",
        rights: "write",
      }),
    });
    await appWith(3, { storage });
    const ask = async (who: string, cursor: string): Promise<Record<string, unknown>> => {
      const url = `${BASE_URL}/Users?count=2&cursor=${cursor}`;
      return (await handler(new Request(url, { headers: { "x-who": who } }))).json();
    };
    const { nextCursor } = await ask("alice", "");
    expect((await ask("bob", String(nextCursor))).scimType).toBe("invalidCursor");
    expect((await ask("alice", String(nextCursor))).itemsPerPage).toBe(1);
  });

  it("[req 46, 123] is good for the same query in another spelling, and for another projection", async () => {
    const app = await appWith(3);
    const filter = (text: string): string => `/Users?count=2&filter=${encodeURIComponent(text)}`;
    const cursor = await firstCursor(app, filter('userName sw "user"'));
    for (const path of [
      filter('USERNAME  SW "user"'),
      `${filter('(userName sw "user")')}&attributes=userName`,
      `${filter('userName sw "user"')}&x=1`,
    ]) {
      expect(await outcome(app, `${path}&cursor=${cursor}`)).toEqual([200]);
    }
    expect(await outcome(app, `${filter('userName sw "USER"')}&cursor=${cursor}`)).toEqual([400, "invalidCursor"]);
  });
});

describe("a cursor that is old, changed or misused", () => {
  it("[req 124] of another count is refused with invalidCount", async () => {
    const app = await appWith(5, { limits: { defaultPageSize: 3 } });
    const cursor = await firstCursor(app);
    for (const query of ["count=3", "count=0", "count=-1", "x=1"]) {
      expect(await outcome(app, `/Users?${query}&cursor=${cursor}`)).toEqual([400, "invalidCount"]);
    }
    const unsaid = await firstCursor(app, "/Users?x=1");
    expect(await outcome(app, `/Users?cursor=${unsaid}`)).toEqual([200]);
    expect(await outcome(app, `/Users?count=3&cursor=${unsaid}`)).toEqual([200]);
  });

  it("[req 124] expires by the handler's clock, a while after the page that showed it", async () => {
    const clock = { now: Date.parse("2026-01-01T00:00:00Z") };
    const app = await appWith(5, { now: () => clock.now, cursorTimeout: 60 });
    const cursor = await firstCursor(app);
    clock.now += 60_000;
    const { body } = await app.send("GET", `/Users?count=2&cursor=${cursor}`);
    clock.now += 1;
    expect(await outcome(app, `/Users?count=2&cursor=${cursor}`)).toEqual([400, "expiredCursor"]);
    expect(await outcome(app, `/Users?count=2&cursor=${body.nextCursor}`)).toEqual([200]);
  });

  it("[req 124] lives an hour unless the application says otherwise", async () => {
    const clock = { now: 0 };
    const app = await appWith(3, { now: () => clock.now });
    const cursor = await firstCursor(app);
    clock.now = 3_600_000;
    expect(await outcome(app, `/Users?count=2&cursor=${cursor}`)).toEqual([200]);
    clock.now += 1;
    expect(await outcome(app, `/Users?count=2&cursor=${cursor}`)).toEqual([400, "expiredCursor"]);
  });

  it("[req 126] and startIndex exclude each other, and neither means an index", async () => {
    const app = await appWith(3);
    expect(await outcome(app, "/Users?startIndex=1&cursor=")).toEqual([400, "invalidValue"]);
    const { body } = await app.send("GET", "/Users?count=2");
    expect([body.startIndex, body.nextCursor]).toEqual([1, undefined]);
  });

  it("[req 124] is refused when any part of it is changed, cut, doubled or invented", async () => {
    const app = await appWith(3);
    const cursor = await firstCursor(app);
    const forged = fc.oneof(
      fc.record({ at: fc.nat(cursor.length - 1), by: fc.constantFrom(..."ABCxyz019-_.~") }).map(({ at, by }) => {
        return cursor.slice(0, at) + by + cursor.slice(at + 1);
      }),
      fc.nat(cursor.length - 1).map((length) => cursor.slice(0, length)),
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom(cursor + cursor, `${cursor}=`, ` ${cursor}`, cursor.toLowerCase(), "A".repeat(10_000)),
    );
    await fc.assert(
      fc.asyncProperty(forged, async (text) => {
        fc.pre(text !== cursor && text !== "");
        const path = `/Users?count=2&cursor=${encodeURIComponent(text.toWellFormed())}`;
        expect(await outcome(app, path)).toEqual([400, "invalidCursor"]);
      }),
      runs({ seed: 9865, numRuns: 60 }),
    );
  });

  it("[req 124] is refused in the same words, whatever is wrong with it", async () => {
    const app = await appWith(3);
    const cursor = await firstCursor(app);
    const forged = await app.send("GET", "/Users?count=2&cursor=forged");
    const stolen = await app.as("other").send("GET", `/Users?count=2&cursor=${cursor}`);
    expect(stolen.text).toBe(forged.text);
  });
});

describe("keys of cursors", () => {
  it("[req 124] given by the application make cursors good in every process and after a restart", async () => {
    const storage = memoryStorage();
    const one = await appWith(3, { storage, cursorKeys: [KEY] });
    const cursor = await firstCursor(one);
    const path = `/Users?count=2&cursor=${cursor}`;
    expect(await outcome(createApp({ storage, cursorKeys: [KEY] }), path)).toEqual([200]);
    expect(await outcome(createApp({ storage, cursorKeys: [OTHER_KEY, KEY] }), path)).toEqual([200]);
    expect(await outcome(createApp({ storage, cursorKeys: [OTHER_KEY] }), path)).toEqual([400, "invalidCursor"]);
    expect(await outcome(createApp({ storage }), path)).toEqual([400, "invalidCursor"]);
  });

  it("are a random one of each handler where none is given", async () => {
    const storage = memoryStorage();
    const cursor = await firstCursor(await appWith(3, { storage }));
    expect(await outcome(createApp({ storage }), `/Users?count=2&cursor=${cursor}`)).toEqual([400, "invalidCursor"]);
  });

  it.each([
    [[], "must contain a key"],
    [[{ id: "short", key: "abc" }], "32 random bytes"],
    [[KEY, KEY], "given twice"],
  ])("are refused where they are none, when the handler is made", (cursorKeys, message) => {
    expect(() => createApp({ cursorKeys })).toThrow(message);
    expect(() => createApp({ cursorKeys })).toThrow("cursorKeys");
    expect(() => createApp({ cursorTimeout: 0 })).toThrow("cursorTimeout");
  });
});

/** A storage that lets its queries be watched, and may deny having cursors. */
function watched(capabilities: Partial<ResourceStorage["capabilities"]> = {}): {
  storage: Storage;
  queries: ListQuery[];
} {
  const storage = memoryStorage();
  const queries: ListQuery[] = [];
  const resources: ResourceStorage = {
    ...storage.resources,
    capabilities: { ...storage.resources.capabilities, ...capabilities },
    insert: (...given) => storage.resources.insert(...given),
    find: (...given) => storage.resources.find(...given),
    list: async (partition, query) => {
      queries.push(query);
      const page = await storage.resources.list(partition, query);
      if (capabilities.cursor !== false) return page;
      const { next: _next, ...rest } = page;
      return rest;
    },
  };
  return { storage: { ...storage, resources }, queries };
}

describe("the storage behind cursors", () => {
  it("[req 128] counts the matches once, on the first page", async () => {
    const { storage, queries } = watched();
    await allPages(await appWith(5, { storage }), "/Users?count=2");
    expect(queries.map(({ count }) => count ?? false)).toEqual([true, false, false]);
    expect(queries.every(({ skip }) => skip === undefined)).toBe(true);
    expect(queries.map(({ take }) => take)).toEqual([2, 2, 2]);
  });

  it("[req 22, 23] without cursors is declared to have none, and gets no request for one", async () => {
    const app = await appWith(3, { storage: watched({ cursor: false }).storage });
    const { body } = await app.send("GET", "/ServiceProviderConfig");
    expect(body.pagination).toMatchObject({ cursor: false, index: true });
    expect(body.pagination).not.toHaveProperty("cursorTimeout");
    const refused = await app.send("GET", "/Users?cursor=");
    expect([refused.status, refused.body.detail]).toEqual([501, expect.stringContaining("startIndex")]);
    expect((await app.send("GET", "/Users?count=2&startIndex=2")).body.itemsPerPage).toBe(2);
  });

  it("[req 22, 23] with cursors is declared to have them, with what a client must know", async () => {
    const app = createApp({ limits: { maxPageSize: 50 }, cursorTimeout: 90 });
    expect((await app.send("GET", "/ServiceProviderConfig")).body.pagination).toEqual({
      cursor: true,
      index: true,
      defaultPaginationMethod: "index",
      defaultPageSize: 50,
      maxPageSize: 50,
      cursorTimeout: 90,
    });
  });

  it("[req 187] that is away is a 500 and not a cursor that is wrong", async () => {
    const { storage } = watched();
    const app = await appWith(3, { storage });
    const cursor = await firstCursor(app);
    Object.assign(storage.resources, { list: () => Promise.reject(new Error("connection lost")) });
    expect(await outcome(app, `/Users?count=2&cursor=${cursor}`)).toEqual([500, undefined]);
  });
});
