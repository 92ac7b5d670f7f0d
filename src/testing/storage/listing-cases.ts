import { compileResolved } from "../../filter/compile-filter.ts";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import { parsePath } from "../../path/parse-path.ts";
import { userResourceType } from "../../schema/definitions/user.ts";
import { resolvePath } from "../../schema/resolve-path.ts";
import { listResources } from "../../storage/list-resources.ts";
import type { ListQuery, Partition, ResourceStorage, StoredResource } from "../../storage/storage.ts";
import type { CaseTable } from "../contract-case.ts";
import { expectSame, expectScimError, expectThat } from "../contract-violation.ts";
import {
  at,
  freshTenant,
  groupFilter,
  groupOf,
  idsOf,
  insertAll,
  memberChange,
  type ResourceSubject,
  upTo,
  userFilter,
  userOf,
  userRefs,
} from "./contract-data.ts";
import { keptOrRefused } from "./text-cases.ts";

/** Cases on listings. */
export type ListingCaseId =
  | "list.order"
  | "list.skip-take"
  | "list.total"
  | "list.take-zero"
  | "list.cursor-tiles"
  | "list.cursor-steady"
  | "list.id-order"
  | "list.id-order-pages"
  | "list.cursor-refused"
  | "list.filter"
  | "list.filter-pages"
  | "list.omit-looks"
  | "list.filter-memberships"
  | "list.filter-nested";

/** The promises on listings. */
export const listingCases: CaseTable<ListingCaseId, ResourceSubject> = {
  "list.order": {
    title: "lists by date of creation, then by id in binary order, whatever order they came in [req 86]",
    async run({ resources }) {
      const { users } = freshTenant();
      const make = (id: string, second: number) => userOf(id, { id, created: at(second) });
      const inOrder = [make("z", 1), make("B", 2), make("a", 2), make("\uffff", 2), make("\u{1f600}", 2), make("c", 3)];
      await insertAll(resources, users, inOrder.toReversed());
      const ids = inOrder.map((one) => one.id);
      expectSame(idsOf(await resources.list(users, { take: 9 })), ids, "The order is by created, then id");
    },
  },
  "list.skip-take": {
    title: "returns as many as asked, behind those left out",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertUsers(resources, users, 5);
      expectSame(idsOf(await resources.list(users, { take: 2 })), ["u-0", "u-1"], "The first two");
      expectSame(idsOf(await resources.list(users, { skip: 1, take: 2 })), ["u-1", "u-2"], "Two behind the first");
      expectSame(idsOf(await resources.list(users, { skip: 4, take: 2 })), ["u-4"], "What is left");
      expectSame(idsOf(await resources.list(users, { skip: 9, take: 2 })), [], "Nothing behind the end");
    },
  },
  "list.total": {
    title: "counts all matches, whatever the page, if asked",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertUsers(resources, users, 5);
      expectSame((await resources.list(users, { skip: 1, take: 2, count: true })).total, 5, "All are counted");
      expectSame((await resources.list(users, { skip: 9, take: 2, count: true })).total, 5, "Behind the end as well");
      await resources.remove(users, "u-0");
      const first = await resources.list(users, { take: 2, count: true });
      expectSame(first.total, 4, "The removed one is not counted");
      if (first.next === undefined) return;
      const second = await resources.list(users, { take: 2, count: true, after: first.next });
      expectSame(second.total, 4, "All are counted on a later page as well");
    },
  },
  "list.take-zero": {
    title: "returns no resources, but the total, where none are asked for",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertUsers(resources, users, 3);
      expectSame(await resources.list(users, { take: 0, count: true }), { resources: [], total: 3 }, "Only the total");
    },
  },
  "list.cursor-tiles": {
    title: "pages by cursor through all resources once; next is absent exactly at the end",
    async run({ resources }) {
      if (!resources.capabilities.cursor) return;
      const { users } = freshTenant();
      await insertUsers(resources, users, 7);
      const all = upTo(7).map((n) => `u-${n}`);
      for (const take of [1, 2, 6, 7, 8]) {
        const pages = await allPages(resources, users, { take });
        expectSame(pages.flat(), all, `Pages of ${take} tile the listing`);
        expectSame(pages.length, Math.ceil(7 / take), `There is no empty page of ${take}`);
      }
    },
  },
  "list.cursor-steady": {
    title: "neither repeats nor skips a resource that stood throughout while others come and go [req 86]",
    async run({ resources }) {
      if (!resources.capabilities.cursor) return;
      const { users } = freshTenant();
      const standing = upTo(20).map((n) => userOf(`s${n}`, { created: at(n * 10) }));
      await insertAll(resources, users, [
        ...standing,
        ...upTo(20).map((n) => userOf(`t${n}`, { created: at(n * 10 + 1) })),
      ]);
      const seen: string[] = [];
      let after: string | undefined;
      for (let turn = 0; turn === 0 || after !== undefined; turn++) {
        const page = await resources.list(users, { take: 3, after });
        seen.push(...idsOf(page));
        after = page.next;
        await disturb(resources, users, page.resources, turn);
      }
      const ofStanding = seen.filter((id) => id.startsWith("u-s"));
      expectSame(
        ofStanding,
        standing.map((one) => one.id),
        "Each that stood was seen once, in order",
      );
      expectSame(new Set(seen).size, seen.length, "None was seen twice");
    },
  },
  "list.id-order": {
    title: "lists in binary order of ids where it says so, whenever they were made, and beginning behind any id",
    async run({ resources }) {
      if (resources.capabilities.idOrder !== true) return;
      const { users } = freshTenant();
      const ids = ["A", "Z", "a", "b", "z", "é", "\uffff", "\u{1f600}"];
      const made = ids.map((id, index) => userOf(id, { id, unique: [], created: at(ids.length - index) }));
      await insertAll(resources, users, made);
      const inOrder = async (after?: string) => idsOf(await resources.list(users, { order: "id", after, take: 9 }));
      expectSame(await inOrder(), ids, "The order is by id alone");
      expectSame(await inOrder("a"), ids.slice(3), "It begins behind an id");
      expectSame(await inOrder("aa"), ids.slice(3), "Also behind one that is not there");
      expectSame(await inOrder("\u{1f601}"), [], "Nothing stands behind the last");
    },
  },
  "list.id-order-pages": {
    title: "pages in the order of ids: next is the last id of a page, and absent exactly at the end",
    async run({ resources }) {
      if (resources.capabilities.idOrder !== true) return;
      const { users } = freshTenant();
      await insertUsers(resources, users, 7);
      const all = upTo(7).map((n) => `u-${n}`);
      for (const take of [1, 2, 7, 8]) {
        const pages = await allPages(resources, users, { order: "id", take });
        expectSame(pages.flat(), all, `Pages of ${take} tile the listing`);
        expectSame(pages.length, Math.ceil(7 / take), `There is no empty page of ${take}`);
      }
      const first = await resources.list(users, { order: "id", take: 2 });
      expectSame(first.next, "u-1", "The cursor is the last id");
    },
  },
  "list.cursor-refused": {
    title: "refuses what is no cursor with InvalidValueError",
    async run({ resources }) {
      if (!resources.capabilities.cursor) return;
      const { users } = freshTenant();
      await insertUsers(resources, users, 3);
      for (const after of ["", "junk", "2", "{}", "[]", "null", "[1,2]", '["a"', "\u0000"]) {
        const work = resources.list(users, { take: 2, after });
        await expectScimError(work, "InvalidValueError", `${JSON.stringify(after)} is no cursor`);
      }
    },
  },
  "list.filter": {
    title: "answers every filter it agrees to as the filter itself decides",
    async run({ resources }) {
      const { users } = freshTenant();
      const people: StoredResource[] = [];
      for (const one of filterable()) if (await keptOrRefused(resources.insert(users, one))) people.push(one);
      const agreed = USER_FILTERS.map(userFilter).filter((filter) => resources.capabilities.filter(filter));
      for (const filter of agreed) await expectAnswered(resources, users, filter, people);
    },
  },
  "list.filter-pages": {
    title: "pages and counts the matches of a filter, not the resources",
    async run({ resources }) {
      const { users } = freshTenant();
      const filter = userFilter('displayName eq "Ada"');
      if (!resources.capabilities.filter(filter)) return;
      const attributes = (n: number) => ({ userName: `${n}`, displayName: n % 2 === 0 ? "Ada" : "Bob" });
      await insertAll(
        resources,
        users,
        upTo(10).map((n) => userOf(`${n}`, { created: at(n), attributes: attributes(n) })),
      );
      const page = await resources.list(users, { filter, skip: 1, take: 2, count: true });
      expectSame([idsOf(page), page.total], [["u-2", "u-4"], 5], "skip, take and total speak of matches");
      if (!resources.capabilities.cursor) return;
      const pages = await allPages(resources, users, { filter, take: 2 });
      expectSame(pages, [["u-0", "u-2"], ["u-4", "u-6"], ["u-8"]], "Cursors speak of matches");
    },
  },
  "list.omit-looks": {
    title: "filters and sorts by attributes that it leaves out",
    async run({ resources }) {
      const { users } = freshTenant();
      const names = ["b", "c", "a"];
      const made = names.map((name, n) =>
        userOf(name, { created: at(n), attributes: { userName: name, displayName: name, title: "x" } }),
      );
      await insertAll(resources, users, made);
      const filter = userFilter('displayName eq "c"');
      const found = await listResources(resources, users, { filter, take: 9, omit: ["displayName"] });
      const left = { userName: "c", title: "x" };
      expectSame(
        found.resources.map((one) => one.attributes),
        [left],
        "The filter saw it",
      );
      const path = resolvePath(userResourceType, parsePath("displayName").path);
      expectThat(path !== undefined, "displayName is an attribute");
      const sort = { path, order: "ascending" } as const;
      const sorted = await listResources(resources, users, { sort, take: 2, omit: ["displayName", "title"] });
      expectSame(
        sorted.resources.map((one) => one.attributes),
        [{ userName: "a" }, { userName: "b" }],
        "The order saw it",
      );
    },
  },
  "list.filter-memberships": {
    title: "answers filters on members and groups that it agrees to from the memberships",
    async run({ resources }) {
      if (resources.members === undefined) return;
      const { users, groups } = freshTenant();
      await insertAll(resources, users, [userOf("a"), userOf("b"), userOf("c")]);
      await insertAll(resources, groups, [groupOf("inner"), groupOf("outer"), groupOf("empty")]);
      await resources.members.change(groups, "g-inner", memberChange({ add: userRefs("u-a", "u-b") }));
      await resources.members.change(groups, "g-outer", memberChange({ add: userRefs("u-c") }));
      const ask = asking(resources);
      await ask(groups, groupFilter('members.value eq "u-a"'), ["g-inner"]);
      await ask(groups, groupFilter('members[value eq "U-A"]'), ["g-inner"]);
      await ask(groups, groupFilter('members eq "u-a" or displayName eq "EMPTY"'), ["g-empty", "g-inner"]);
      await ask(groups, groupFilter('members eq "nobody"'), []);
      await ask(users, userFilter('groups.value eq "g-inner"'), ["u-a", "u-b"]);
      await ask(users, userFilter('groups.value eq "g-outer"'), ["u-c"]);
      await ask(users, userFilter('groups eq "g-inner" and userName eq "B"'), ["u-b"]);
      await ask(users, userFilter('not (groups.value eq "g-inner")'), ["u-c"]);
      await ask(groups, groupFilter("not (members pr)"), ["g-empty"]);
    },
  },
  "list.filter-nested": {
    title: "answers filters on groups that it agrees to from groups in groups as well",
    async run({ resources }) {
      if (resources.members === undefined) return;
      const { users, groups } = freshTenant();
      await insertAll(resources, users, [userOf("a"), userOf("b"), userOf("c")]);
      await insertAll(resources, groups, [groupOf("inner"), groupOf("outer")]);
      await resources.members.change(groups, "g-inner", memberChange({ add: userRefs("u-a", "u-b") }));
      const nested = { value: "g-inner", type: "Group" } as const;
      await resources.members.change(groups, "g-outer", memberChange({ add: [nested, ...userRefs("u-c")] }));
      const ask = asking(resources);
      await ask(users, userFilter('groups.value eq "g-outer"'), ["u-a", "u-b", "u-c"]);
      await ask(users, userFilter('groups eq "g-outer" and userName eq "B"'), ["u-b"]);
      await ask(groups, groupFilter('members.value eq "g-inner"'), ["g-outer"]);
      await ask(groups, groupFilter('members.value eq "u-a"'), ["g-inner"]);
    },
  },
};

const USER_FILTERS: readonly string[] = [
  'id eq "u-ada"',
  'id eq "U-ADA"',
  'userName eq "ADA"',
  'userName eq "nobody"',
  'userName ne "ada"',
  'externalId eq "E1"',
  'externalId eq "e1"',
  'displayName eq "ÉMILE"',
  'displayName eq "e\u0301mile"',
  'displayName eq "100%"',
  'displayName eq ""',
  'displayName eq "x\' or 1=1 --"',
  'displayName eq "a\\u0000b"',
  'displayName sw "1"',
  "displayName pr",
  'not (userName eq "ada")',
  'userName eq "ada" or externalId eq "E1"',
  'displayName eq "émile" and (userName eq "ada" or userName eq "emile")',
  'userName eq "ada" and externalId eq "E1"',
  'active eq true and userName eq "ada"',
  'name.familyName eq "lovelace"',
  'emails[type eq "work" and value co "@example"]',
  'meta.lastModified gt "2026-01-01T00:00:02Z"',
];

function filterable(): StoredResource[] {
  const make = (name: string, second: number, attributes: Record<string, unknown>) =>
    userOf(name, { created: at(second), lastModified: at(second), attributes: { userName: name, ...attributes } });
  return [
    make("Ada", 1, { displayName: "Ada", externalId: "e1", active: true, name: { familyName: "Lovelace" } }),
    make("ada2", 2, { displayName: "100%", externalId: "E1" }),
    make("emile", 3, { displayName: "Émile", emails: [{ type: "work", value: "e@example.com" }] }),
    make("émile", 4, { displayName: "émile", active: false }),
    make("nul", 5, { displayName: "a\u0000b" }),
    make("half", 6, { displayName: "a", externalId: "\ud800" }),
    make("none", 7, {}),
    userOf("ada3", {
      id: "u-ada",
      attributes: { userName: "ada3", displayName: "" },
      created: at(8),
      lastModified: at(8),
    }),
  ];
}

/** Asks for the matches of a filter that the driver agrees to. */
function asking(resources: ResourceStorage) {
  return async (partition: Partition, filter: ResolvedFilter, ids: readonly string[]): Promise<void> => {
    if (!resources.capabilities.filter(filter)) return;
    const page = await resources.list(partition, { filter, take: 9, count: true });
    expectSame([idsOf(page), page.total], [ids, ids.length], "The memberships decide");
  };
}

async function expectAnswered(
  resources: ResourceStorage,
  partition: Partition,
  filter: ResolvedFilter,
  all: readonly StoredResource[],
): Promise<void> {
  const holds = compileResolved(filter);
  const matching = all.filter(({ id, created, lastModified, attributes }) =>
    holds({ ...attributes, id, meta: { resourceType: partition.type, created, lastModified } }),
  );
  const page = await resources.list(partition, { filter, take: all.length, count: true });
  const ids = matching.map((one) => one.id);
  expectSame([idsOf(page), page.total], [ids, ids.length], `The driver answers ${JSON.stringify(filter)}`);
}

async function insertUsers(resources: ResourceStorage, users: Partition, count: number): Promise<void> {
  await insertAll(
    resources,
    users,
    upTo(count).map((n) => userOf(`${n}`, { created: at(n) })),
  );
}

async function allPages(resources: ResourceStorage, partition: Partition, query: ListQuery): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page = await resources.list(partition, { ...query, after });
    pages.push(idsOf(page));
    after = page.next;
    expectThat(pages.length < 100, "A listing comes to an end");
  } while (after !== undefined);
  return pages;
}

/** Removes what was just seen and may go, puts something before and behind it, and rewrites what stands. */
async function disturb(
  resources: ResourceStorage,
  users: Partition,
  seen: readonly StoredResource[],
  turn: number,
): Promise<void> {
  for (const one of seen) {
    if (one.id.startsWith("u-s")) {
      await resources.replace(users, { ...one, version: `v${turn + 2}`, lastModified: at(9999) }, one.version);
    } else {
      await resources.remove(users, one.id);
    }
  }
  await resources.insert(users, userOf(`n${turn}`, { created: at(0) }));
  if (turn < 5) await resources.insert(users, userOf(`m${turn}`, { created: at(150 + turn) }));
  await resources.remove(users, `u-t${19 - turn}`);
}
