import { compileResolved } from "../../filter/compile-filter.ts";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import { parsePath } from "../../path/parse-path.ts";
import { resolvePath } from "../../schema/attributes/resolve-path.ts";
import { userResourceType } from "../../schema/definitions/user.ts";
import { listResources } from "../../storage/fallback/list-resources.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Partition, StoredResource } from "../../storage/stored-resource.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame, expectThat } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import {
  agreedFilters,
  allPages,
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

/** Cases on the filters that identity providers send. */
export type LookUpCaseId =
  | "list.filter"
  | "list.filter-pages"
  | "list.omit-looks"
  | "list.filter-empty"
  | "list.filter-memberships"
  | "list.filter-nested";

/** The guarantees on the filters that identity providers send: by id, by name, by membership. */
export const lookUpCases: CaseTable<LookUpCaseId, ResourceSubject> = {
  "list.filter": {
    title: "returns the same as the compiled filter, if it accepts the filter",
    async run({ resources }) {
      const { users } = freshTenant();
      const people: StoredResource[] = [];
      for (const one of filterable()) if (await keptOrRefused(resources.insert(users, one))) people.push(one);
      for (const { filter } of agreedFilters(resources, USER_FILTERS, userFilter)) {
        await expectAnswered(resources, users, filter, people);
      }
    },
  },
  "list.filter-pages": {
    title: "pages and counts the matches of a filter, not the resources",
    async run({ resources }) {
      const { users } = freshTenant();
      const filter = userFilter('displayName eq "Ada"');
      appliesIf(resources.capabilities.filter(filter), "the storage does not evaluate the filter itself");
      const attributes = (n: number) => ({ userName: `${n}`, displayName: n % 2 === 0 ? "Ada" : "Bob" });
      await insertAll(
        resources,
        users,
        upTo(10).map((n) => userOf(`${n}`, { created: at(n), attributes: attributes(n) })),
      );
      const page = await resources.list(users, { filter, skip: 1, take: 2, count: true });
      expectSame([idsOf(page), page.total], [["u-2", "u-4"], 5], "skip, take and total refer to matches");
      if (!resources.capabilities.cursor) return;
      const pages = await allPages(resources, users, { filter, take: 2 });
      expectSame(pages, [["u-0", "u-2"], ["u-4", "u-6"], ["u-8"]], "Cursors refer to matches");
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
  "list.filter-empty": {
    title: "does not take an empty string for a value that is present (pr), if it accepts the filter",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertAll(resources, users, [
        userOf("a", {
          attributes: { userName: "a", displayName: "", name: { familyName: "" }, emails: [{ value: "" }] },
        }),
        userOf("b", {
          attributes: { userName: "b", displayName: "b", name: { familyName: "b" }, emails: [{ value: "b@x" }] },
        }),
      ]);
      const ask = asking(resources);
      for (const name of ["displayName", "name", "name.familyName", "emails", "emails.value"]) {
        await ask(users, userFilter(`${name} pr`), ["u-b"]);
        await ask(users, userFilter(`${name} eq null`), ["u-a"]);
      }
      await ask(users, userFilter("emails[value pr]"), ["u-b"]);
      await ask(users, userFilter('displayName eq ""'), ["u-a"]);
    },
  },
  "list.filter-memberships": {
    title: "evaluates filters on members and groups from the memberships, if it accepts them",
    async run({ resources }) {
      appliesIf(resources.members !== undefined, "the storage keeps no memberships");
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
      const unnamed = { ...groupOf("unnamed"), attributes: { displayName: "" } };
      await insertAll(resources, groups, [unnamed]);
      const labelled = userRefs("u-a").map((member) => ({ ...member, display: "" }));
      await resources.members.change(groups, "g-unnamed", memberChange({ add: labelled }));
      await ask(groups, groupFilter("members.display pr"), []);
      await ask(users, userFilter("groups.display eq null"), []);
      await ask(users, userFilter('groups[value eq "g-unnamed" and not (display pr)]'), ["u-a"]);
    },
  },
  "list.filter-nested": {
    title: "evaluates filters on groups from nested groups as well, if it accepts them",
    async run({ resources }) {
      appliesIf(resources.members !== undefined, "the storage keeps no memberships");
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

/** Reads the matches of a filter that the driver accepts. */
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
