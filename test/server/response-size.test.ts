import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createScimHandler } from "../../src/server/create-handler.ts";
import type { ServerLimits } from "../../src/server/requests/limits.ts";
import type { MemberStorage } from "../../src/storage/member-storage.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { type App, BASE_URL, createApp, createGroup, createUser, GROUP, patch, STORAGES } from "../helpers/scim-app.ts";

type Listed = { readonly id: string; readonly userName: string };

const listed = ({ body }: { readonly body: Record<string, unknown> }): Listed[] => body.Resources as Listed[];
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** All pages of a listing by cursor. */
async function pagesOf(app: App, path: string): Promise<{ readonly users: Listed[]; readonly bytes: number }[]> {
  const pages: { users: Listed[]; bytes: number }[] = [];
  let cursor: unknown = "";
  while (cursor !== undefined) {
    const answer = await app.send("GET", `${path}&cursor=${cursor}`);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body.itemsPerPage).toBe(listed(answer).length);
    pages.push({ users: listed(answer), bytes: bytesOf(answer.text) });
    cursor = answer.body.nextCursor;
  }
  return pages;
}

describe.each(Object.keys(STORAGES))("the size of a response, over %s storage", (storageName) => {
  let storage: Storage;
  let app: App;
  const open = (limits: Partial<ServerLimits>): App => createApp({ storage, limits });
  beforeEach(() => {
    storage = STORAGES[storageName]?.() ?? memoryStorage();
    app = open({});
  });
  afterEach(() => storage.close());

  it("ends a page by cursor when its bytes are used up, and misses nobody", async () => {
    for (let index = 0; index < 230; index += 1) {
      await createUser(app, `user ${index}`, { title: "é".repeat(index === 150 ? 6000 : 500) });
    }
    for (const sort of ["", "&sortBy=userName", "&filter=title%20pr"]) {
      const small = open({ maxResponseBytes: 20_000 });
      const pages = await pagesOf(small, `/Users?count=200${sort}`);
      expect(Math.max(...pages.map(({ bytes }) => bytes))).toBeLessThan(20_500);
      expect(Math.min(...pages.slice(0, -1).map(({ users }) => users.length))).toBeGreaterThan(0);
      expect(Math.max(...pages.map(({ users }) => users.length))).toBe(14);
      const whole = listed(await app.send("GET", `/Users?count=500${sort}`));
      expect(pages.flatMap(({ users }) => users)).toEqual(whole);
      expect(whole).toHaveLength(230);
    }
  });

  it("refuses a page by index that is too large, and says what to do", async () => {
    for (let index = 0; index < 30; index += 1) await createUser(app, `user ${index}`, { title: "x".repeat(1000) });
    const small = open({ maxResponseBytes: 20_000 });
    const refused = await small.send("GET", "/Users?count=30");
    expect([refused.status, refused.body.scimType]).toEqual([400, "tooMany"]);
    expect(refused.body.detail).toBe(
      "The page has more than 20000 bytes: ask for fewer resources with count, or use excludedAttributes to leave out attributes",
    );
    expect(listed(await small.send("GET", "/Users?count=10&startIndex=21"))).toHaveLength(10);
    expect(listed(await small.send("GET", "/Users?count=30&excludedAttributes=title"))).toHaveLength(30);
    expect((await small.send("GET", "/Users?count=0")).body).toMatchObject({ totalResults: 30, itemsPerPage: 0 });
  });

  it("refuses a user whose groups, and a group whose members, are too large to show", async () => {
    const user = await createUser(app, "ada");
    const group = await createGroup(app, "x".repeat(60_000), [user]);
    await createGroup(app, "y".repeat(60_000), [group]);
    const labelled = (id: string): object =>
      patch({ op: "add", path: "members", value: [{ value: id, display: "z".repeat(60_000) }] });
    for (const name of ["bob", "eve"])
      await app.send("PATCH", `/Groups/${group}`, labelled(await createUser(app, name)));
    const small = open({ maxResponseBytes: 100_000 });
    for (const [path, excluded] of [
      [`/Users/${user}`, "groups"],
      [`/Groups/${group}`, "members"],
      ["/Users?cursor=", "groups"],
    ]) {
      const refused = await small.send("GET", path ?? "");
      expect([refused.status, refused.body.scimType]).toEqual([400, "tooMany"]);
      expect(refused.body.detail).toContain(
        "use excludedAttributes to leave out attributes such as members and groups",
      );
      const separator = path?.includes("?") ? "&" : "?";
      expect((await small.send("GET", `${path}${separator}excludedAttributes=${excluded}`)).status).toBe(200);
    }
  });

  it("shows long lists of groups and members whole, and as the projection has them", async () => {
    const users: string[] = [];
    for (let index = 0; index < 1500; index += 1) users.push(await createUser(app, `user ${index}`));
    const group = await createGroup(app, "all", users);
    const { body } = await app.send("GET", `/Groups/${group}`);
    const members = body.members as { value: string; $ref: string; type: string }[];
    expect(members.map(({ value }) => value).sort()).toEqual([...users].sort());
    expect(members[0]).toEqual({
      value: members[0]?.value,
      $ref: `${BASE_URL}/Users/${members[0]?.value}`,
      type: "User",
    });
    const values = await app.send("GET", `/Groups/${group}?attributes=members.value`);
    expect(values.body.members).toEqual(members.map(({ value }) => ({ value })));
    const put = await app.send("PUT", `/Groups/${group}`, { schemas: [GROUP], displayName: "All" });
    expect(put.body).toEqual({ ...body, displayName: "All", meta: put.body.meta });
    for (let index = 0; index < 12; index += 1)
      await createGroup(app, `${index}${"g".repeat(10_000)}`, [users[7] ?? ""]);
    const groups = (await app.send("GET", `/Users/${users[7]}`)).body.groups as { display: string; $ref: string }[];
    expect(groups).toHaveLength(13);
    expect(groups.filter(({ display }) => display.length > 10_000)).toHaveLength(12);
    const [shown] = listed(await app.send("GET", '/Users?filter=userName%20eq%20"user%207"'));
    expect(shown).toHaveProperty("groups", groups);
  });

  it("leaves groups and members out of the response to a write that is too large, since it was done", async () => {
    const user = await createUser(app, "ada");
    const group = await createGroup(app, "x".repeat(60_000), [user]);
    const small = open({ maxResponseBytes: 50_000, maxWork: 6000 });
    const patched = await small.send("PATCH", `/Users/${user}`, patch({ op: "add", path: "title", value: "Dr" }));
    expect(patched.body).toMatchObject({ userName: "ada", title: "Dr" });
    expect(patched.body).not.toHaveProperty("groups");
    const put = await small.send("PUT", `/Groups/${group}`, { schemas: [GROUP], displayName: "y".repeat(60_000) });
    expect([put.status, put.body.members]).toEqual([200, undefined]);
  });
});

describe("what is read for a response that is too large", () => {
  /** A storage that counts, and that can be changed during a request. */
  function counting(onList: () => Promise<void> = async () => {}) {
    const storage = memoryStorage();
    const counts = { members: 0, lists: 0, mostIds: 0 };
    const { resources } = storage;
    const inner = resources.members as MemberStorage;
    const members: MemberStorage = {
      ...inner,
      page: (...args) => {
        counts.members += 1;
        return inner.page(...args);
      },
      groupsOf: (tenant, ids) => {
        counts.mostIds = Math.max(counts.mostIds, ids.length);
        return inner.groupsOf(tenant, ids);
      },
    };
    const counted: ResourceStorage = {
      ...resources,
      members,
      list: async (...args) => {
        counts.lists += 1;
        const page = await resources.list(...args);
        await onList();
        return page;
      },
    };
    return { counts, storage, counted };
  }

  it("ends with the limit, and groups are looked up for a hundred resources at once", async () => {
    const { counts, storage, counted } = counting();
    const app = createApp({ storage, unknownMembers: "accept" });
    const group = await createGroup(
      app,
      "all",
      Array.from({ length: 10_000 }, (_, index) => `member ${index}`),
    );
    for (let index = 0; index < 250; index += 1) await createUser(app, `user ${index}`);
    const small = createApp({ storage: counted as Storage & ResourceStorage, limits: { maxResponseBytes: 200_000 } });
    expect((await small.send("GET", `/Groups/${group}`)).status).toBe(400);
    expect(counts.members).toBe(3);
    expect(listed(await small.send("GET", "/Users?count=250"))).toHaveLength(250);
    expect(counts.mostIds).toBe(100);
    counts.lists = 0;
    const tiny = createApp({ storage: counted as Storage & ResourceStorage, limits: { maxResponseBytes: 10_000 } });
    expect((await tiny.send("GET", "/Users?count=250")).status).toBe(400);
    expect(counts.lists).toBe(1);
  });

  it("is read again if others change the list meanwhile, so that nobody is missed", async () => {
    const ids: string[] = [];
    let removals = 3;
    const { storage, counted } = counting(async () => {
      if (removals === 0 || ids.length < 50) return;
      removals -= 1;
      await storage.resources.remove({ tenant: "acme", type: "User" }, ids.shift() ?? "");
    });
    const app = createApp({ storage });
    for (let index = 0; index < 50; index += 1)
      ids.push(await createUser(app, `user ${index}`, { title: "x".repeat(1000) }));
    const small = createApp({ storage: counted as Storage & ResourceStorage, limits: { maxResponseBytes: 20_000 } });
    const seen = (await pagesOf(small, "/Users?count=50")).flatMap(({ users }) => users.map(({ id }) => id));
    expect(new Set(seen).size).toBe(seen.length);
    expect(ids.filter((id) => !seen.includes(id))).toEqual([]);
  });

  it("is charged to the work of the request", async () => {
    const storage = memoryStorage();
    for (let index = 0; index < 20; index += 1) await createUser(createApp({ storage }), `user ${index}`);
    const refused = await createApp({ storage, limits: { maxWork: 50 } }).send("GET", "/Users");
    expect(refused.body).toMatchObject({ status: "400", scimType: "tooMany" });
    expect(refused.body.detail).toBe("The request needs too much work for finding groups");
  });
});

describe("large responses that are permitted", () => {
  it("have room for a page of 500 users of 20 kB, and are made in chunks when the client takes them", async () => {
    const storage = memoryStorage();
    const app = createApp({ storage });
    for (let index = 0; index < 500; index += 1) await createUser(app, `user ${index}`, { title: "é😀".repeat(3400) });
    const handler = createScimHandler({
      storage,
      baseUrl: BASE_URL,
      authenticate: () => ({ id: "tester", tenant: "acme", rights: "read" }),
    });
    const response = await handler(new Request(`${BASE_URL}/Users?count=500`));
    expect(response.status).toBe(200);
    const sizes: number[] = [];
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      sizes.push(chunk.length);
      text += decoder.decode(chunk, { stream: true });
    }
    expect(sizes.length).toBeGreaterThan(50);
    expect(Math.max(...sizes)).toBeLessThan(400_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(10_000_000);
    expect(JSON.parse(text).Resources.every(({ title }: { title: string }) => title === "é😀".repeat(3400))).toBe(true);
  });
});
