import { describe, expect, it } from "vitest";
import type { ListQuery } from "../../src/storage/list-query.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import type { Partition } from "../../src/storage/stored-resource.ts";
import { type App, createApp, createGroup, createUser, STORAGES } from "../helpers/scim-app.ts";

interface Shown {
  readonly id: string;
  readonly userName?: string;
  readonly displayName?: string;
  readonly meta?: { readonly resourceType: string };
}

async function appWith(users: number, groups: number, storage = memoryStorage()): Promise<App> {
  const app = createApp({ storage });
  for (let index = 0; index < groups; index += 1) await createGroup(app, `group-${index}`);
  for (let index = 0; index < users; index += 1) {
    await createUser(app, `user-${index}`, { displayName: `person-${index}` });
  }
  return app;
}

function query(parameters: Record<string, string | number>): string {
  return `/?${new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]))}`;
}

async function names(app: Pick<App, "send">, parameters: Record<string, string | number>): Promise<unknown[]> {
  const { status, body, text } = await app.send("GET", query(parameters));
  expect(status, text).toBe(200);
  expect(body.itemsPerPage).toBe((body.Resources as Shown[]).length);
  return (body.Resources as Shown[]).map((each) => each.userName ?? each.displayName);
}

/** All pages of a listing of the root by cursor. */
async function allPages(app: App, parameters: Record<string, string | number>): Promise<unknown[][]> {
  const pages: unknown[][] = [];
  let cursor = "";
  for (;;) {
    const { status, body, text } = await app.send("GET", query({ ...parameters, cursor }));
    expect(status, text).toBe(200);
    pages.push((body.Resources as Shown[]).map((each) => each.userName ?? each.displayName));
    if (body.nextCursor === undefined) return pages;
    cursor = String(body.nextCursor);
  }
}

const ALL = ["user-0", "user-1", "user-2", "user-3", "group-0", "group-1", "group-2"];

describe.each(Object.entries(STORAGES))("a query of the root over %s", (_, storageOf) => {
  it("[req 94] shows the resources of all types, type by type, each by its own schema", async () => {
    const app = await appWith(4, 3, storageOf());
    const { body } = await app.send("GET", "/");
    expect(body).toMatchObject({ totalResults: 7, startIndex: 1, itemsPerPage: 7 });
    const shown = body.Resources as Shown[];
    expect(shown.map((each) => each.userName ?? each.displayName)).toEqual(ALL);
    expect(shown.map((each) => each.meta?.resourceType)).toEqual([...Array(4).fill("User"), ...Array(3).fill("Group")]);
    for (const path of ["", "?count=9"]) {
      expect((await app.send("GET", `https://app.example/scim/v2${path}`)).body.totalResults).toBe(7);
    }
  });

  it("[req 82, 85, 87, 94] pages by index across the types", async () => {
    const app = await appWith(4, 3, storageOf());
    for (let startIndex = 1; startIndex <= 9; startIndex += 1) {
      for (const count of [0, 1, 2, 3, 5, 9]) {
        const expected = ALL.slice(startIndex - 1, startIndex - 1 + count);
        expect(await names(app, { startIndex, count })).toEqual(expected);
        expect((await app.send("GET", query({ startIndex, count }))).body.totalResults).toBe(7);
      }
    }
  });

  it("[req 94, 123] pages by cursor across the types, with a cursor on all pages but the last", async () => {
    const app = await appWith(4, 3, storageOf());
    for (const count of [1, 2, 3, 4, 5, 7, 10]) {
      const pages = await allPages(app, { count });
      expect(pages.flat()).toEqual(ALL);
      expect(pages).toHaveLength(Math.ceil(ALL.length / count));
    }
    expect(await allPages(await appWith(2, 0, storageOf()), { count: 2 })).toEqual([["user-0", "user-1"]]);
    expect(await allPages(await appWith(0, 2, storageOf()), { count: 1 })).toEqual([["group-0"], ["group-1"]]);
    expect(await allPages(await appWith(0, 0, storageOf()), { count: 1 })).toEqual([[]]);
  });

  it("[req 94, 107] takes an attribute that a type does not have for absent there", async () => {
    const app = await appWith(2, 2, storageOf());
    const found = (filter: string): Promise<unknown[]> => names(app, { filter });
    expect(await found('userName eq "USER-1"')).toEqual(["user-1"]);
    expect(await found("userName pr")).toEqual(["user-0", "user-1"]);
    expect(await found("not (userName pr)")).toEqual(["group-0", "group-1"]);
    expect(await found('userName ne "user-1"')).toEqual(["user-0", "group-0", "group-1"]);
    expect(await found('displayName sw "group" or userName eq "user-0"')).toEqual(["user-0", "group-0", "group-1"]);
    expect(await found('displayName sw "p" and userName pr')).toEqual(["user-0", "user-1"]);
    expect(await found('emails[type eq "work"] or displayName eq "group-1"')).toEqual(["group-1"]);
  });

  it("[req 94] searches with POST as with GET", async () => {
    const app = await appWith(3, 2, storageOf());
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"];
    const body = { schemas, filter: 'displayName co "-1"', attributes: ["displayName"], startIndex: 2, count: 5 };
    const searched = await app.send("POST", "/.search", body);
    const parameters = { filter: body.filter, attributes: "displayName", startIndex: 2, count: 5 };
    const got = await app.send("GET", query(parameters));
    expect([searched.status, searched.text]).toEqual([200, got.text]);
    expect(got.body).toMatchObject({ totalResults: 2, startIndex: 2, itemsPerPage: 1 });
    const first = await app.send("POST", "/.search", { schemas, count: 4, cursor: "" });
    const second = await app.send("POST", "/.search", { schemas, count: 4, cursor: first.body.nextCursor });
    expect([first.body.itemsPerPage, second.body.itemsPerPage, second.body.nextCursor]).toEqual([4, 1, undefined]);
  });
});

/** A storage that tells what it is asked. */
function watched(): { storage: Storage; asked: [Partition, ListQuery][] } {
  const storage = memoryStorage();
  const asked: [Partition, ListQuery][] = [];
  const resources: ResourceStorage = {
    ...storage.resources,
    capabilities: storage.resources.capabilities,
    insert: (...given) => storage.resources.insert(...given),
    list: (partition, asking) => {
      asked.push([partition, asking]);
      return storage.resources.list(partition, asking);
    },
  };
  return { storage: { ...storage, resources }, asked };
}

describe("a query of the root", () => {
  it.each(['(meta.resourceType eq "User") or (meta.resourceType eq "Group")', "meta.resourceType pr"])(
    "[req 94] is for all that it names: %s",
    async (filter) => {
      expect(await names(await appWith(1, 1), { filter })).toEqual(["user-0", "group-0"]);
    },
  );

  it.each([
    ['meta.resourceType eq "Group"', ["Group"], "group-0"],
    ['not (META.resourcetype eq "User") and displayName pr', ["Group"], "group-0"],
    ['meta.resourceType eq "User" and userName pr', ["User"], "user-0"],
    ['meta.resourceType ne "Group"', ["User"], "user-0"],
    ['members.value eq "x" or meta.resourceType sw "Us"', ["User", "Group"], "user-0"],
  ])("[req 94] reads no type of which nothing can match: %s", async (filter, types, name) => {
    const { storage, asked } = watched();
    const app = await appWith(1, 1, storage);
    expect(await names(app, { filter })).toEqual([name]);
    expect([...new Set(asked.map(([{ type }]) => type))]).toEqual(types);
  });

  it("[req 94] counts what is skipped and does not read it", async () => {
    const { storage, asked } = watched();
    const app = await appWith(5, 3, storage);
    expect(await names(app, { startIndex: 7, count: 1 })).toEqual(["group-1"]);
    expect(asked.map(([{ type }, { skip, take }]) => [type, skip ?? 0, take])).toEqual([
      ["User", 0, 0],
      ["Group", 1, 1],
    ]);
  });

  it("[req 107] refuses an attribute that no type has, and one that nobody may search by", async () => {
    const app = await appWith(1, 1);
    for (const filter of ["frobnicate pr", 'userName eq "a" or nickname.x pr', 'emails[colour eq "red"]']) {
      const { status, body } = await app.send("GET", query({ filter }));
      expect([status, body.scimType]).toEqual([400, "invalidFilter"]);
    }
    const secret = await app.send("GET", query({ filter: 'title pr or password eq "x"' }));
    expect([secret.status, secret.body.scimType]).toEqual([400, "invalidFilter"]);
    expect(secret.body.detail).toContain("position 12");
    const misfit = await app.send("GET", query({ filter: "active gt true" }));
    expect([misfit.status, misfit.body.scimType]).toEqual([400, "invalidFilter"]);
  });

  it("[req 8] reaches one tenant only, and needs credentials", async () => {
    const app = await appWith(2, 2);
    expect(await names(app.as("other", "read"), {})).toEqual([]);
    expect((await app.send("GET", "/", undefined, { authorization: "" })).status).toBe(401);
  });

  it("[req 14] knows no method but GET", async () => {
    const app = await appWith(0, 0);
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const answer = await app.send(method, "/", method === "DELETE" ? undefined : {});
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    }
  });

  it("[req 93, 94] reads no members where they are not shown", async () => {
    const { storage } = watched();
    const app = await appWith(1, 2, storage);
    const refuse = (): never => {
      throw new Error("members were read");
    };
    const { members } = storage.resources;
    if (members !== undefined)
      Object.assign(storage.resources, { members: { ...members, page: refuse, groupsOf: refuse } });
    expect(await names(app, { excludedAttributes: "members,groups" })).toEqual(["user-0", "group-0", "group-1"]);
  });
});
