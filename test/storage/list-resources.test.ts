import { describe, expect, it, vi } from "vitest";
import type { ResolvedFilter } from "../../src/filter/resolved.ts";
import { parsePath } from "../../src/path/parse-path.ts";
import { findAttribute } from "../../src/schema/attributes/attribute-index.ts";
import { resolvePath } from "../../src/schema/attributes/resolve-path.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { listResources } from "../../src/storage/fallback/list-resources.ts";
import type { ListQuery, Page, Sort } from "../../src/storage/list-query.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage, StorageCapabilities } from "../../src/storage/resource-storage.ts";
import type { Partition } from "../../src/storage/stored-resource.ts";
import {
  at,
  freshTenant,
  groupFilter,
  groupOf,
  insertAll,
  memberChange,
  upTo,
  userFilter,
  userOf,
  userRefs,
} from "../../src/testing/storage/contract-data.ts";
import { createWork } from "../../src/work/work.ts";

const { users, groups } = freshTenant();

/** A thousand users, every third with a title, and two groups; without what `lacks` says. */
async function scene(lacks: Partial<StorageCapabilities> = { filter: () => false }) {
  const { resources } = memoryStorage();
  const title = (n: number) => (n % 3 === 0 ? { title: `T${n}` } : {});
  const all = upTo(1000).map((n) => userOf(`${n}`, { created: at(n), attributes: { userName: `${n}`, ...title(n) } }));
  await insertAll(resources, users, all);
  await insertAll(resources, groups, [groupOf("a"), groupOf("b")]);
  await resources.members?.change(groups, "g-a", memberChange({ add: userRefs("u-3", "u-4", "u-900") }));
  const list = vi.fn(resources.list);
  const storage: ResourceStorage = { ...resources, list, capabilities: { ...resources.capabilities, ...lacks } };
  return { storage, list };
}

/** What a driver over tables of an application may answer: equality and conjunctions of it. */
function isEquality(filter: ResolvedFilter): boolean {
  return filter.type === "and"
    ? filter.terms.every(isEquality)
    : filter.type === "comparison" && filter.operator === "eq";
}

const byTitle: Sort = {
  path: { extension: undefined, attribute: findAttribute(userResourceType, undefined, "title"), sub: undefined },
  order: "descending",
};

const ids = (page: { resources: readonly { id: string }[] }) => page.resources.map((one) => one.id);
const titled = upTo(1000)
  .filter((n) => n % 3 === 0)
  .map((n) => `u-${n}`);

describe("listResources, beside other work,", () => {
  it("lets others have their turn while it goes through a large partition", async () => {
    const { resources } = memoryStorage();
    const all = upTo(4000).map((n) => userOf(`${n}`, { created: at(n) }));
    const list: ResourceStorage["list"] = async (_, { after, take }) => {
      const start = Number(after ?? 0);
      const end = start + take;
      return { resources: all.slice(start, end), ...(end < all.length ? { next: String(end) } : {}) };
    };
    const capabilities = { ...resources.capabilities, filter: () => false };
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    let time = 0;
    const clock = () => {
      time += 1;
      return time;
    };
    const query = { filter: userFilter("title pr"), take: 10, count: true, work: createWork({ clock }) };
    const page = await listResources({ ...resources, capabilities, list }, users, query);
    clearInterval(timer);
    expect([page.total, turns > 0]).toEqual([0, true]);
  });
});

describe("listResources", () => {
  it("leaves everything to a driver that evaluates the filter", async () => {
    const { storage, list } = await scene({});
    const query = { filter: userFilter("title pr"), skip: 2, take: 3, count: true };
    expect(ids(await listResources(storage, users, query))).toEqual(["u-6", "u-9", "u-12"]);
    expect(list.mock.calls).toEqual([[users, query]]);
  });

  it("filters above the driver with skip, take and total of the matches, reading page by page", async () => {
    const { storage, list } = await scene();
    const page = await listResources(storage, users, {
      filter: userFilter("title pr"),
      skip: 300,
      take: 3,
      count: true,
    });
    expect([ids(page), page.total]).toEqual([["u-900", "u-903", "u-906"], 334]);
    for (const [, query] of list.mock.calls) {
      expect(query.filter).toBeUndefined();
      expect(query.take).toBeLessThanOrEqual(200);
    }
  });

  it("stops reading when it has what was requested and no total is wanted", async () => {
    const { storage, list } = await scene();
    expect(ids(await listResources(storage, users, { filter: userFilter("title pr"), take: 2 }))).toEqual([
      "u-0",
      "u-3",
    ]);
    expect(list).toHaveBeenCalledTimes(1);
    expect(await listResources(storage, users, { filter: userFilter("title pr"), take: 0 })).toEqual({ resources: [] });
    expect(list).toHaveBeenCalledTimes(1);
  });

  it("pages by cursor through all matches once while resources come and go", async () => {
    const { storage } = await scene();
    const seen: string[] = [];
    let after: string | undefined;
    let turn = 0;
    do {
      const page = await listResources(storage, users, {
        filter: userFilter("title pr"),
        take: 7,
        after,
        count: turn === 3,
      });
      if (turn === 3) expect(page.total).toBeGreaterThan(300);
      seen.push(...ids(page));
      after = page.next;
      const last = seen.at(-1);
      if (last !== undefined && turn % 2 === 0) await storage.remove(users, last);
      await storage.insert(users, userOf(`new${turn}`, { created: at(0), attributes: { title: "new" } }));
      turn += 1;
    } while (after !== undefined);
    expect(seen).toEqual(titled);
    expect(turn).toBe(48);
  });

  it("gives next exactly where there is more", async () => {
    const { storage } = await scene();
    const filter = userFilter("title pr");
    expect(await listResources(storage, users, { filter, take: 334 })).not.toHaveProperty("next");
    expect(await listResources(storage, users, { filter, take: 333 })).toHaveProperty("next");
    await expect(listResources(storage, users, { filter, take: 1, after: "forged" })).rejects.toMatchObject({
      status: 400,
    });
  });

  it("reads by count where the driver has no cursors, and gives none", async () => {
    const { storage } = await scene({ filter: () => false, cursor: false });
    const page = await listResources(storage, users, {
      filter: userFilter("title pr"),
      take: 2,
      skip: 332,
      count: true,
    });
    expect([ids(page), page.total, page.next]).toEqual([["u-996", "u-999"], 334, undefined]);
    expect(await listResources(storage, users, { filter: userFilter("title pr"), take: 2 })).not.toHaveProperty("next");
  });
});

describe("listResources, for terms and sorts that the driver leaves to it,", () => {
  it("gives the driver those terms of a conjunction that it evaluates", async () => {
    const storage = memoryStorage();
    const capabilities = { ...storage.resources.capabilities, filter: isEquality };
    await insertAll(
      storage.resources,
      users,
      ["a", "b"].map((name) => userOf(name, { attributes: { userName: name, title: name } })),
    );
    const list = vi.fn(storage.resources.list);
    const filter = userFilter('userName eq "B" and title sw "b" and id eq "u-b"');
    const page = await listResources({ ...storage.resources, capabilities, list }, users, {
      filter,
      take: 9,
      count: true,
      omit: ["title"],
    });
    expect([ids(page), page.total, page.resources[0]?.attributes]).toEqual([["u-b"], 1, { userName: "b" }]);
    expect(list.mock.calls[0]?.[1].filter).toMatchObject({ type: "and", terms: [{ value: "B" }, { value: "u-b" }] });
  });

  it("filters on groups above the driver by reading the groups of a page at once", async () => {
    const { storage } = await scene();
    const groupsOf = vi.fn(storage.members?.groupsOf);
    const members = storage.members && { ...storage.members, groupsOf };
    const filter = userFilter('groups.display eq "A" and not (title pr)');
    const page = await listResources({ ...storage, members }, users, { filter, take: 9, count: true });
    expect([ids(page), page.total]).toEqual([["u-4"], 1]);
    expect(groupsOf).toHaveBeenCalledTimes(5);
  });

  it("rejects a filter on members that the driver does not evaluate, but filters members kept as an attribute", async () => {
    const { storage } = await scene();
    const ask = (resources: ResourceStorage, partition: Partition) =>
      listResources(resources, partition, { filter: groupFilter('members.value sw "u-3"'), take: 9 });
    await expect(ask(storage, groups)).rejects.toMatchObject({ status: 400, scimType: "invalidFilter" });
    const own = { ...storage, members: undefined };
    const elsewhere = freshTenant().groups;
    await own.insert(elsewhere, groupOf("c", { attributes: { members: [{ value: "u-31" }] } }));
    expect(ids(await ask(own, elsewhere))).toEqual(["g-c"]);
  });

  it("sorts above the driver: reads page by page, keeps what the page needs, and goes on by cursor", async () => {
    const { storage, list } = await scene({ sort: () => false });
    const expected = ids(await memorySorted({ take: 1000 }));
    const page = await listResources(storage, users, { sort: byTitle, skip: 330, take: 8, count: true });
    expect([ids(page), page.total]).toEqual([expected.slice(330, 338), 1000]);
    expect(list.mock.calls.every(([, query]) => query.sort === undefined && query.take <= 200)).toBe(true);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const next: Page = await listResources(storage, users, { sort: byTitle, take: 300, after });
      seen.push(...ids(next));
      after = next.next;
    } while (after !== undefined);
    expect(seen).toEqual(expected);
  });

  it("sorts above the driver together with a filter, and gives no cursor if the driver has none", async () => {
    const { storage } = await scene({ filter: () => false, sort: () => false, cursor: false });
    const filter = userFilter("title pr");
    const page = await listResources(storage, users, { filter, sort: byTitle, take: 3, count: true });
    expect([page.total, page.next, ids(page)]).toEqual([334, undefined, ids(await memorySorted({ filter, take: 3 }))]);
  });

  it("refuses to sort more than it keeps with 400 tooMany, and memberships kept as rows with 501", async () => {
    const { storage } = await scene({ sort: () => false });
    const far = listResources(storage, users, { sort: byTitle, skip: 9_999, take: 2 });
    await expect(far).rejects.toMatchObject({ status: 400, scimType: "tooMany" });
    const path = resolvePath(groupResourceType, parsePath("members.value").path);
    const byMember = path === undefined ? byTitle : { path, order: "ascending" as const };
    await expect(listResources(storage, groups, { sort: byMember, take: 1 })).rejects.toMatchObject({ status: 501 });
  });
});

/** The same listing, sorted by a driver that sorts. */
async function memorySorted(query: ListQuery): Promise<Page> {
  const { storage } = await scene({});
  return storage.list(users, { ...query, sort: byTitle });
}
