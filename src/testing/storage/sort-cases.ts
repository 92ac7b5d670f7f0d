import { compileResolved } from "../../filter/compile-filter.ts";
import { filterView } from "../../storage/fallback/filter-view.ts";
import { listResources } from "../../storage/fallback/list-resources.ts";
import type { Sort } from "../../storage/list-query.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Partition, StoredResource } from "../../storage/stored-resource.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import { allPages, at, freshTenant, idsOf, insertAll, type ResourceSubject, upTo, userOf } from "./contract-data.ts";
import { oddFilter } from "./filter-data.ts";
import { expectOrder, ORDERS, sortBy } from "./sort-order.ts";

/** Cases on sorted listings. */
export type SortCaseId =
  | "sort.types"
  | "sort.texts"
  | "sort.missing"
  | "sort.multi-valued"
  | "sort.ties"
  | "sort.skip"
  | "sort.cursor-tiles"
  | "sort.cursor-steady"
  | "sort.filtered"
  | "sort.fallback";

/** The guarantees on sorting: if a driver accepts a path, it orders its values as filters compare them. */
export const sortCases: CaseTable<SortCaseId, ResourceSubject> = {
  "sort.types": {
    title: "sorts numbers, dates and booleans by their value, if it accepts the path [req 121]",
    run: ({ resources }) =>
      expectSorted(
        resources,
        ["count", "ratio", "flag", "since", "meta.lastModified"],
        [
          { count: 10, ratio: 0.5, flag: true, since: "2026-01-01T01:00:00+02:00" },
          { count: 9, ratio: -2, flag: false, since: "2026-01-01T00:00:00Z" },
          { count: -3, ratio: 1e21, since: "2025-12-31T23:30:00.000Z" },
          { count: 9007199254740991, ratio: 1e-7, flag: true, since: "2026-01-01T00:00:00.0001Z" },
          { count: 0, ratio: 0, flag: false },
        ],
      ),
  },
  "sort.texts": {
    title: "sorts strings case-insensitively, or exactly if they are caseExact",
    run: ({ resources }) =>
      expectSorted(
        resources,
        ["text", "exact", "name.formal", "id", "bytes", "link"],
        [
          ...["b", "A", "a1", "Z", "é", "E", "straße", "STRASSE2", "", "z z", "10", "9", "\ue000", "\u{1f600}"].map(
            (text) => ({
              ...{ text, exact: text, bytes: text, link: text, name: { formal: text } },
            }),
          ),
        ],
      ),
  },
  "sort.missing": {
    title: "puts resources without a value last in ascending and first in descending order",
    run: ({ resources }) =>
      expectSorted(
        resources,
        ["text", "count", "name.formal", "items.value"],
        [
          { text: "b", count: 1, name: { formal: "x" }, items: [{ value: "b" }] },
          {},
          { text: null, count: null, name: null, items: [] },
          { text: "", count: 0, name: {}, items: [{ type: "work" }] },
          { text: "a", count: -1, name: { formal: "" }, items: [{ value: "" }] },
        ],
      ),
  },
  "sort.multi-valued": {
    title: "sorts a multi-valued attribute by its primary value, otherwise by the first",
    run: ({ resources }) =>
      expectSorted(
        resources,
        ["items.value", "items.rank", "tags"],
        [
          {
            items: [
              { value: "z", rank: 9 },
              { value: "b", rank: 2, primary: true },
            ],
            tags: ["c", "a"],
          },
          {
            items: [
              { value: "c", rank: 3 },
              { value: "a", rank: 1 },
            ],
            tags: ["b"],
          },
          {
            items: [
              { value: "y", rank: 8, primary: false },
              { value: "A", rank: 0, primary: true },
            ],
            tags: ["D", "e"],
          },
        ],
      ),
  },
  "sort.ties": {
    title: "orders equal values by id",
    async run({ resources }) {
      const { users } = freshTenant();
      const names = ["d", "b", "e", "a", "c"];
      await insertAll(
        resources,
        users,
        names.map((name, n) => userOf(name, { created: at(n), attributes: { userName: name, text: "x" } })),
      );
      const inOrder = names.toSorted().map((name) => `u-${name}`);
      for (const sort of agreed(resources, ["text"])) {
        const ids = idsOf(await resources.list(users, { sort, take: 9 }));
        const [first, last] = [ids[0] ?? "", ids.at(-1) ?? ""];
        expectSame(ids, first < last ? inOrder : inOrder.toReversed(), "Equal values come by id");
      }
    },
  },
  "sort.skip": {
    title: "skips and counts in sorted listings as in others",
    async run({ resources }) {
      const { users, people } = await sortScene(resources);
      for (const sort of agreed(resources)) {
        const ids = idsOf(await resources.list(users, { sort, take: 99 }));
        expectSame(ids.toSorted(), people.map((one) => one.id).sort(), "All are there");
        const page = await resources.list(users, { sort, skip: 3, take: 4, count: true });
        expectSame([idsOf(page), page.total], [ids.slice(3, 7), ids.length], "skip and take follow the order");
        const behind = await resources.list(users, { sort, skip: 99, take: 4, count: true });
        expectSame([idsOf(behind), behind.total], [[], ids.length], "Nothing behind the end");
      }
    },
  },
  "sort.cursor-tiles": {
    title: "pages by cursor through a sorted listing once; next is absent exactly at the end",
    async run({ resources }) {
      appliesIf(resources.capabilities.cursor, "the storage has no cursors");
      const { users } = await sortScene(resources);
      for (const sort of agreed(resources)) {
        const ids = idsOf(await resources.list(users, { sort, take: 99 }));
        for (const take of [1, 5, 12]) {
          const pages = await allPages(resources, users, { sort, take });
          expectSame(pages.flat(), ids, `Pages of ${take} tile the listing`);
          expectSame(pages.length, Math.ceil(ids.length / take), `There is no empty page of ${take}`);
        }
      }
    },
  },
  "sort.cursor-steady": {
    title: "returns a resource that exists during a whole sorted listing once, while others are added and removed",
    async run({ resources }) {
      appliesIf(resources.capabilities.cursor, "the storage has no cursors");
      for (const sort of agreed(resources)) {
        const { users, people } = await sortScene(resources);
        let turn = 0;
        const pages = await allPages(resources, users, { sort, take: 2 }, async (page) => {
          turn += 1;
          await comeAndGo(resources, users, page.resources, turn);
        });
        const standing = people.filter(isStanding).map((one) => one.id);
        expectSame(
          pages
            .flat()
            .filter((id) => standing.includes(id))
            .sort(),
          standing.sort(),
          "Each is seen once",
        );
      }
    },
  },
  "sort.filtered": {
    title: "sorts the matches of a filter",
    async run({ resources }) {
      const filter = oddFilter('userName eq "p3" or userName eq "p1" or userName eq "p4"');
      appliesIf(resources.capabilities.filter(filter), "the storage does not evaluate the filter itself");
      const { users } = await sortScene(resources);
      for (const sort of agreed(resources)) {
        const all = idsOf(await resources.list(users, { sort, take: 99 }));
        const ids = all.filter((id) => ["u-p1", "u-p3", "u-p4"].includes(id));
        const page = await resources.list(users, { sort, filter, take: 2, count: true });
        expectSame([idsOf(page), page.total], [ids.slice(0, 2), 3], "The matches come in order");
        if (!resources.capabilities.cursor) continue;
        expectSame((await allPages(resources, users, { sort, filter, take: 2 })).flat(), ids, "Over all pages");
      }
    },
  },
  "sort.fallback": {
    title: "lets listResources sort, with any filter, whether the driver sorts or not",
    async run({ resources }) {
      const { users, people } = await sortScene(resources);
      const filter = oddFilter('text co "a" or count gt 4');
      const holds = compileResolved(filter);
      const matching = people.filter((one) => holds(filterView(users, one)));
      for (const path of ["text", "count", "tags"]) {
        for (const order of ORDERS) {
          const sort = sortBy(path, order);
          const all = await listResources(resources, users, { sort, take: 99, count: true });
          expectOrder(all.resources, people, users, sort);
          const some = await listResources(resources, users, { sort, filter, take: 99, count: true });
          expectOrder(some.resources, matching, users, sort);
          expectSame([all.total, some.total], [people.length, matching.length], "All are counted");
          const page = await listResources(resources, users, { sort, filter, skip: 1, take: 2 });
          expectSame(idsOf(page), idsOf(some).slice(1, 3), "skip and take follow the order");
        }
      }
    },
  },
};

async function expectSorted(
  resources: ResourceStorage,
  paths: readonly string[],
  all: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const { users } = freshTenant();
  const people = all.map((attributes, n) =>
    userOf(`p${n}`, {
      created: at(n),
      lastModified: at((n * 7) % 5),
      attributes: { userName: `p${n}`, ...attributes },
    }),
  );
  await insertAll(resources, users, people);
  for (const sort of agreed(resources, paths)) {
    expectOrder((await resources.list(users, { sort, take: 99 })).resources, people, users, sort);
  }
}

/** Twelve users: every second has a text and every third a number, with repetitions. */
async function sortScene(
  resources: ResourceStorage,
): Promise<{ readonly users: Partition; readonly people: readonly StoredResource[] }> {
  const { users } = freshTenant();
  const people = upTo(12).map((n) => {
    const text = n % 2 === 0 ? { text: ["Beta", "alpha", "beta"][n % 3] } : {};
    const count = n % 3 === 0 ? { count: 12 - n } : {};
    return userOf(`p${n}`, {
      created: at(n),
      attributes: { userName: `p${n}`, ...text, ...count, tags: [`t${n % 4}`] },
    });
  });
  await insertAll(resources, users, people);
  return { users, people };
}

const SCENE_PATHS: readonly string[] = ["text", "count", "tags", "userName"];

/** The sorts by these paths that the storage does itself. Ends the case if it does none. */
function agreed(resources: ResourceStorage, paths = SCENE_PATHS): Sort[] {
  const all = paths.flatMap((path) => ORDERS.map((order) => sortBy(path, order)));
  const sorts = all.filter((sort) => resources.capabilities.sort(sort.path));
  appliesIf(sorts.length > 0, "the storage sorts by none of the attributes itself");
  return sorts;
}

function isStanding(resource: StoredResource): boolean {
  return Number(resource.id.slice("u-p".length)) % 4 !== 3;
}

/**
 * Removes returned resources that need not stay, replaces those that must, and adds others at both ends and in between.
 */
async function comeAndGo(
  resources: ResourceStorage,
  users: Partition,
  seen: readonly StoredResource[],
  turn: number,
): Promise<void> {
  for (const one of seen) {
    if (!one.id.startsWith("u-p")) continue;
    if (!isStanding(one)) await resources.remove(users, one.id);
    else await resources.replace(users, { ...one, version: `v${turn + 1}`, lastModified: at(turn) }, one.version);
  }
  if (turn > 6) return;
  for (const [n, text] of ["", "alpha", "beta", "zeta"].entries()) {
    const name = `new-${turn}-${n}`;
    await resources.insert(users, userOf(name, { attributes: { userName: name, text, count: n * 5, tags: ["t1"] } }));
  }
}
