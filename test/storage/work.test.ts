import { beforeAll, describe, expect, it } from "vitest";
import { parsePath } from "../../src/path/parse-path.ts";
import { resolvePath } from "../../src/schema/attributes/resolve-path.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { MAX_NESTING } from "../../src/storage/driver/nesting.ts";
import { listResources } from "../../src/storage/fallback/list-resources.ts";
import type { ListQuery } from "../../src/storage/list-query.ts";
import type { MemberStorage } from "../../src/storage/member-storage.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import {
  groupOf,
  groupRef,
  insertAll,
  memberChange,
  upTo,
  userFilter,
  userOf,
  userRefs,
} from "../../src/testing/storage/contract-data.ts";
import { createWork } from "../../src/work/work.ts";

const users = { tenant: "t", type: "User" };
const groups = { tenant: "t", type: "Group" };
const LIMIT = 1_000_000_000;

const displayName = resolvePath(userResourceType, parsePath("displayName").path);
if (displayName === undefined) throw new Error("displayName is an attribute");
const sort = { path: displayName, order: "ascending" } as const;

/** Five hundred users in twenty groups. */
async function filled(): Promise<ResourceStorage & { readonly members: MemberStorage }> {
  const { resources } = memoryStorage();
  const { members } = resources;
  if (members === undefined) throw new Error("memory has members");
  const names = upTo(500).map(String);
  await insertAll(
    resources,
    users,
    names.map((name) => userOf(name, { attributes: { displayName: name } })),
  );
  for (const n of upTo(20)) {
    await insertAll(resources, groups, [groupOf(`${n}`)]);
    const add = userRefs(...names.map((name) => `u-${name}`));
    await members.change(groups, `g-${n}`, memberChange({ add }));
  }
  return { ...resources, members };
}

/** A driver that filters and sorts nothing, so that both are done above it. */
function plainDriver(inner: ResourceStorage): ResourceStorage {
  return { ...inner, capabilities: { ...inner.capabilities, filter: () => false, sort: () => false } };
}

async function costOf(resources: ResourceStorage, query: ListQuery): Promise<number> {
  const work = createWork({ limit: LIMIT });
  await listResources(resources, users, { ...query, work });
  return LIMIT - work.left;
}

function terms(count: number, term: string): string {
  return Array.from({ length: count }, (_, index) => `${term} co "x${index}"`).join(" or ");
}

describe.each([
  ["memory storage", (inner: ResourceStorage) => inner],
  ["a driver without filters", plainDriver],
] as const)("the work of a list, over %s", (_name, over) => {
  let resources: ResourceStorage;
  beforeAll(async () => {
    resources = over(await filled());
  });

  it("grows with the resources, and with the terms of the filter", async () => {
    const one = await costOf(resources, { filter: userFilter(terms(1, "displayName")), take: 10 });
    expect(one).toBeGreaterThan(1000);
    expect(await costOf(resources, { filter: userFilter(terms(100, "displayName")), take: 10 })).toBeGreaterThan(
      50 * 500,
    );
  });

  it("is refused when three hundred terms are compared with the groups of each resource", async () => {
    const filter = userFilter(terms(300, "groups.display"));
    const query = { filter, take: 10, work: createWork({ limit: 100_000 }) };
    await expect(listResources(resources, users, query)).rejects.toMatchObject({
      scimType: "tooMany",
      message: "The request needs too much work for comparing the values of groups.display",
    });
  });

  it("includes sorting", async () => {
    expect(await costOf(resources, { sort, take: 10 })).toBeGreaterThan(4000);
    const other = { ...sort, order: "descending" } as const;
    const query = { sort: other, take: 10, work: createWork({ limit: 4000 }) };
    await expect(listResources(resources, users, query)).rejects.toMatchObject({ scimType: "tooMany" });
  });

  it("is not limited without a budget", async () => {
    const page = await listResources(resources, users, { filter: userFilter(terms(300, "displayName")), take: 10 });
    expect(page.resources).toEqual([]);
  });

  it("lets others run meanwhile, and ends when nobody waits any more", async () => {
    let time = 0;
    const clock = () => {
      time += 20;
      return time;
    };
    const leaver = new AbortController();
    const work = createWork({ clock, signal: leaver.signal, limit: LIMIT });
    setTimeout(() => leaver.abort(), 0);
    const query = { filter: userFilter(terms(20, "displayName")), take: 10, work };
    await expect(listResources(resources, users, query)).rejects.toMatchObject({ name: "DisconnectedError" });
  });
});

describe("a sorted list in memory", () => {
  it("is sorted once for all its pages, and again after a write", async () => {
    const resources = await filled();
    const first = await costOf(resources, { sort, take: 10 });
    expect(await costOf(resources, { sort, skip: 250, take: 10 })).toBe(0);
    expect(await costOf(resources, { sort: { ...sort, order: "descending" }, take: 10 })).toBeGreaterThan(4000);
    await insertAll(resources, users, [userOf("new", { attributes: { displayName: "000" } })]);
    expect(await costOf(resources, { sort, take: 10 })).toBeGreaterThanOrEqual(first);
    const page = await resources.list(users, { sort, take: 2, count: true });
    expect([page.resources.map(({ id }) => id), page.total]).toEqual([["u-0", "u-new"], 501]);
  });
});

describe("groups within groups, in memory", () => {
  it("count up to 64 levels", async () => {
    const resources = await filled();
    const { members } = resources;
    const levels = upTo(MAX_NESTING + 6);
    await insertAll(
      resources,
      groups,
      levels.map((level) => groupOf(`l${level}`)),
    );
    await insertAll(resources, users, [userOf("deep")]);
    await members.change(groups, "g-l0", memberChange({ add: userRefs("u-deep") }));
    for (const level of levels.slice(1)) {
      await members.change(groups, `g-l${level}`, memberChange({ add: [groupRef(`g-l${level - 1}`)] }));
    }
    const found = (await members.groupsOf("t", ["u-deep"])).get("u-deep") ?? [];
    expect([found.length, found.at(-1)?.value]).toEqual([64, "g-l63"]);
    const ids = async (level: number) =>
      (await resources.list(users, { filter: userFilter(`groups.value eq "g-l${level}"`), take: 9 })).resources.length;
    expect([await ids(63), await ids(64)]).toEqual([1, 0]);
  });

  it("are described once for all their members, and charged", async () => {
    const { members } = await filled();
    const work = createWork({ limit: LIMIT });
    const found = await members.groupsOf("t", ["u-1", "u-2"], { work });
    expect(found.get("u-1")?.[0]).toBe(found.get("u-2")?.[0]);
    expect(LIMIT - work.left).toBeGreaterThanOrEqual(40);
    const little = createWork({ limit: 10 });
    await expect(members.groupsOf("t", ["u-1"], { work: little })).rejects.toMatchObject({ scimType: "tooMany" });
  });
});
