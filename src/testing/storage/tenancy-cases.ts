import { isScimError } from "../../errors/scim-error.ts";
import { compileResolved } from "../../filter/compile-filter.ts";
import { filterView } from "../../storage/fallback/filter-view.ts";
import { listResources } from "../../storage/fallback/list-resources.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Partition, StoredResource } from "../../storage/stored-resource.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame, expectScimError, expectThat } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import {
  agreedFilters,
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
import { combinedFilters, ODD_FILTERS, oddFilter, oddUsers } from "./filter-data.ts";
import { sortBy } from "./sort-order.ts";

/** Cases on the separation of tenants. */
export type TenancyCaseId =
  | "tenants.writes"
  | "tenants.filters"
  | "tenants.membership-filters"
  | "tenants.sorts"
  | "tenants.cursors";

/** The guarantees on tenants: none can read, count, sort or guess the data of another. */
export const tenancyCases: CaseTable<TenancyCaseId, ResourceSubject> = {
  "tenants.writes": {
    title: "changes nothing of another tenant with any method, even if its ids and versions are known [req 8]",
    async run({ resources }) {
      const [mine, theirs] = [freshTenant(), freshTenant()];
      await insertAll(resources, theirs.users, [userOf("ada"), userOf("bob")]);
      await resources.insert(theirs.groups, groupOf("g"));
      const replacing = resources.replace(mine.users, userOf("eve", { id: "u-ada", version: "v2" }), "v1");
      await expectScimError(replacing, "PreconditionFailedError", "There is nothing of mine to replace");
      expectSame(await resources.remove(mine.users, "u-ada", "v1"), false, "There is nothing of mine to remove");
      if (resources.members !== undefined) {
        await resources.members.change(theirs.groups, "g-g", memberChange({ add: userRefs("u-ada") }));
        const change = memberChange({ remove: ["u-ada"], expectedVersion: "v2" });
        await expectScimError(resources.members.change(mine.groups, "g-g", change), "NotFoundError", "No such group");
        expectSame(await resources.members.page(mine.groups, "g-g", { take: 9 }), { members: [] }, "No such members");
        const found = await resources.members.groupsOf(mine.users.tenant, ["u-ada"]);
        expectSame(found.get("u-ada") ?? [], [], "No such groups");
        const members = (await resources.members.page(theirs.groups, "g-g", { take: 9 })).members;
        expectSame(members, userRefs("u-ada"), "The member is still there");
      }
      expectSame(await resources.find(theirs.users, "u-ada"), userOf("ada"), "Theirs is as it was");
    },
  },
  "tenants.filters": {
    title: "finds and counts nothing of another tenant with any filter",
    async run({ resources }) {
      const { mine, people } = await twoTenants(resources);
      const texts = [...Object.values(ODD_FILTERS).flat(), ...combinedFilters()];
      for (const { of: text, filter } of agreedFilters(resources, texts, oddFilter)) {
        const holds = compileResolved(filter);
        const ids = people.filter((one) => holds(filterView(mine, one))).map((one) => one.id);
        const page = await resources.list(mine, { filter, take: 99, count: true });
        expectSame([idsOf(page), page.total], [ids, ids.length], `Only one's own: ${text}`);
        expectThat(
          page.resources.every((one) => one.version === "mine"),
          "No resource of another tenant is shown",
        );
      }
    },
  },
  "tenants.membership-filters": {
    title: "finds nothing by the members and groups of another tenant",
    async run({ resources }) {
      const { members } = resources;
      appliesIf(members !== undefined, "the storage keeps no memberships");
      const [mine, theirs] = [freshTenant(), freshTenant()];
      for (const { users, groups } of [mine, theirs]) {
        await insertAll(resources, users, [userOf("a"), userOf("b")]);
        await insertAll(resources, groups, [groupOf("g"), groupOf("h")]);
      }
      await members.change(theirs.groups, "g-g", memberChange({ add: userRefs("u-a", "u-b") }));
      await members.change(mine.groups, "g-h", memberChange({ add: userRefs("u-b") }));
      const ask = async (partition: Partition, filter: ReturnType<typeof userFilter>, ids: string[]) => {
        if (!resources.capabilities.filter(filter)) return;
        const page = await resources.list(partition, { filter, take: 9, count: true });
        expectSame([idsOf(page), page.total], [ids, ids.length], "Only the tenant's own memberships count");
      };
      await ask(mine.groups, groupFilter('members.value eq "u-a"'), []);
      await ask(mine.groups, groupFilter('members.value eq "u-b" or displayName eq "none"'), ["g-h"]);
      await ask(mine.users, userFilter('groups.value eq "g-g"'), []);
      await ask(mine.users, userFilter('groups.value eq "g-h" or userName eq "none"'), ["u-b"]);
    },
  },
  "tenants.sorts": {
    title: "returns nothing of another tenant in any order",
    async run({ resources }) {
      const { mine, people } = await twoTenants(resources);
      const ids = people.map((one) => one.id).sort();
      const queries = ["text", "count", "userName"].flatMap((path) =>
        (["ascending", "descending"] as const).map((order) => ({ sort: sortBy(path, order) })),
      );
      for (const query of [...queries, { order: "id" as const }, {}]) {
        if ("sort" in query && !resources.capabilities.sort(query.sort.path)) continue;
        if ("order" in query && resources.capabilities.idOrder !== true) continue;
        const page = await listResources(resources, mine, { ...query, take: 99, count: true });
        expectSame([idsOf(page).sort(), page.total], [ids, ids.length], "All resources of the tenant, and no other");
        expectThat(
          page.resources.every((one) => one.version === "mine"),
          "No resource of another tenant is shown",
        );
      }
    },
  },
  "tenants.cursors": {
    title: "returns nothing of another tenant after its cursor",
    async run({ resources }) {
      appliesIf(resources.capabilities.cursor, "the storage has no cursors");
      const { mine, theirs } = await twoTenants(resources);
      const sorts = ["text", "count"].map((path) => sortBy(path, "ascending"));
      const queries = [{}, ...sorts.filter(({ path }) => resources.capabilities.sort(path)).map((sort) => ({ sort }))];
      for (const query of queries) {
        const { next } = await resources.list(theirs, { ...query, take: 2 });
        expectThat(next !== undefined, "There is a next page");
        try {
          const page = await resources.list(mine, { ...query, take: 99, after: next, count: true });
          expectThat(
            page.resources.every((one) => one.version === "mine"),
            "Only resources of the tenant come after it",
          );
          expectSame(page.total, 26, "Only resources of the tenant are counted");
        } catch (error) {
          expectSame(isScimError(error) && error.name, "InvalidValueError", "A cursor of another tenant is rejected");
        }
      }
    },
  },
};

/** Two tenants with users of the same ids and names; `mine` have the version `mine`, `theirs` have other values. */
async function twoTenants(
  resources: ResourceStorage,
): Promise<{ readonly mine: Partition; readonly theirs: Partition; readonly people: readonly StoredResource[] }> {
  const [mine, theirs] = [freshTenant().users, freshTenant().users];
  const people = oddUsers().map((one) => ({ ...one, version: "mine" }));
  await insertAll(resources, mine, people);
  for (const n of upTo(people.length)) {
    const other = people[(n + 5) % people.length]?.attributes ?? {};
    const attributes = { ...other, userName: `odd-${n}` };
    await resources.insert(theirs, userOf(`odd-${n}`, { version: "theirs", created: at(n), attributes }));
  }
  return { mine, theirs, people };
}
