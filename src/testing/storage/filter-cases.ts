import { compileResolved } from "../../filter/compile-filter.ts";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import { filterView } from "../../storage/fallback/filter-view.ts";
import { listResources } from "../../storage/fallback/list-resources.ts";
import type { Page } from "../../storage/list-query.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Partition, StoredResource } from "../../storage/stored-resource.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame } from "../contract/contract-violation.ts";
import { agreedFilters, freshTenant, idsOf, insertAll, type ResourceSubject } from "./contract-data.ts";
import { combinedFilters, ODD_FILTERS, oddFilter, oddUsers } from "./filter-data.ts";

/** Cases on filters of the whole grammar. */
export type FilterCaseId =
  | "filter.strings"
  | "filter.ordering"
  | "filter.presence"
  | "filter.elements"
  | "filter.combined"
  | "filter.never"
  | "filter.pages"
  | "filter.fallback";

/** The guarantees on filters: for a filter that a driver accepts, its result is that of the compiled filter. */
export const filterCases: CaseTable<FilterCaseId, ResourceSubject> = {
  "filter.strings": {
    title: "compares strings case-insensitively and exactly as the schema says, if it accepts the filter [req 103]",
    run: ({ resources }) => expectAnswers(resources, ODD_FILTERS.strings),
  },
  "filter.ordering": {
    title: "orders strings, numbers, dates and booleans, if it accepts the filter",
    run: ({ resources }) => expectAnswers(resources, ODD_FILTERS.ordering),
  },
  "filter.presence": {
    title: "distinguishes values from null, empty lists and empty objects, if it accepts the filter",
    run: ({ resources }) => expectAnswers(resources, ODD_FILTERS.presence),
  },
  "filter.elements": {
    title: "finds one element that satisfies all terms, also in extensions, if it accepts the filter",
    run: ({ resources }) => expectAnswers(resources, ODD_FILTERS.elements),
  },
  "filter.combined": {
    title: "combines filters with and, or and not, if it accepts the filter",
    run: ({ resources }) => expectAnswers(resources, combinedFilters()),
  },
  "filter.never": {
    title: "returns nothing for a filter that no resource matches, such as on an attribute of another type",
    async run({ resources }) {
      const { users, people } = await oddTenant(resources);
      const never: ResolvedFilter = { type: "never" };
      const present = oddFilter("text pr");
      const filters: readonly ResolvedFilter[] = [
        never,
        { type: "not", term: never },
        { type: "or", terms: [never, present] },
        { type: "and", terms: [{ type: "not", term: never }, present] },
        { type: "and", terms: [present] },
      ];
      for (const { of: given, filter } of agreedFilters(resources, filters, (each) => each)) {
        const page = await resources.list(users, { filter, take: people.length, count: true });
        const ids = matching(users, filter, people);
        expectSame([idsOf(page), page.total], [ids, ids.length], `The driver answers ${JSON.stringify(given)}`);
      }
    },
  },
  "filter.pages": {
    title: "pages, omits and counts with every filter that it accepts as it does without one",
    async run({ resources }) {
      const { users, people } = await oddTenant(resources);
      for (const { of: text, filter } of agreedFilters(resources, Object.values(ODD_FILTERS).flat(), oddFilter)) {
        const ids = matching(users, filter, people);
        const page = await resources.list(users, { filter, skip: 1, take: 3, count: true });
        expectSame([idsOf(page), page.total], [ids.slice(1, 4), ids.length], `Counts speak of matches: ${text}`);
        if (!resources.capabilities.cursor) continue;
        const pages: string[] = [];
        let next: string | undefined;
        do {
          const one: Page = await resources.list(users, { filter, take: 3, count: true, after: next });
          pages.push(...idsOf(one));
          next = one.next;
          expectSame(one.total, ids.length, `Each page has the whole count: ${text}`);
        } while (next !== undefined);
        expectSame(pages, ids, `Cursors speak of matches: ${text}`);
      }
    },
  },
  "filter.fallback": {
    title: "supports every filter with listResources, whether the driver accepts it or not",
    async run({ resources }) {
      const { users, people } = await oddTenant(resources);
      for (const text of Object.values(ODD_FILTERS).flat()) {
        const filter = oddFilter(text);
        const ids = matching(users, filter, people);
        const page = await listResources(resources, users, { filter, skip: 1, take: 2, count: true });
        expectSame([idsOf(page), page.total], [ids.slice(1, 3), ids.length], `Made up for or not: ${text}`);
      }
    },
  },
};

/** The odd users in their own tenant, and those that the storage accepted. */
async function oddTenant(
  resources: ResourceStorage,
): Promise<{ readonly users: Partition; readonly people: readonly StoredResource[] }> {
  const { users } = freshTenant();
  const people = oddUsers();
  await insertAll(resources, users, people);
  return { users, people };
}

/** The ids that match the compiled filter. */
function matching(partition: Partition, filter: ResolvedFilter, all: readonly StoredResource[]): string[] {
  const holds = compileResolved(filter);
  return all.filter((one) => holds(filterView(partition, one))).map((one) => one.id);
}

async function expectAnswers(resources: ResourceStorage, filters: readonly string[]): Promise<void> {
  const { users, people } = await oddTenant(resources);
  for (const { of: text, filter } of agreedFilters(resources, filters, oddFilter)) {
    const ids = matching(users, filter, people);
    const page = await resources.list(users, { filter, take: people.length, count: true });
    expectSame([idsOf(page), page.total], [ids, ids.length], `The driver answers ${text}`);
  }
}
