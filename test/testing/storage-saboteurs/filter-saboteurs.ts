import type { ResolvedFilter } from "../../../src/filter/resolved.ts";
import type { ListQuery } from "../../../src/storage/list-query.ts";
import type { FilterCaseId } from "../../../src/testing/storage/filter-cases.ts";
import { onResources, type Saboteur } from "./altered-storage.ts";

/** For each promise on filters, a storage that breaks it. */
export const filterSaboteurs: Readonly<Record<FilterCaseId, Saboteur>> = {
  "filter.strings": onFilter((filter) => {
    if (filter.type !== "comparison" || filter.operator !== "eq" || typeof filter.value !== "string") return filter;
    // As a collation that takes an accent for its letter.
    return { ...filter, value: filter.value.normalize("NFD").replace(/\p{M}/gu, "") };
  }),
  "filter.ordering": onFilter((filter) =>
    filter.type === "comparison" && filter.operator === "gt" ? { ...filter, operator: "ge" } : filter,
  ),
  "filter.presence": onFilter((filter) =>
    // An empty list or object is there, so it passes for present.
    filter.type === "present" && filter.path.sub === undefined ? { type: "not", term: { type: "never" } } : filter,
  ),
  "filter.elements": onFilter((filter) =>
    // As a join that looks for each term in whichever element has it.
    filter.type === "valuePath" && filter.filter.type === "and" ? filter.filter : filter,
  ),
  "filter.combined": onFilter((filter) => (filter.type === "not" ? { type: "not", term: filter } : filter)),
  "filter.never": onFilter((filter) => (filter.type === "never" ? { type: "not", term: filter } : filter)),
  "filter.pages": onResources((inner) => ({
    list: async (partition, query) => {
      const page = await inner.list(partition, query);
      const isLater = query.filter !== undefined && query.after !== undefined;
      return isLater && page.total !== undefined ? { ...page, total: page.resources.length } : page;
    },
  })),
  "filter.fallback": onResources((inner) => ({
    capabilities: { ...inner.capabilities, filter: () => false },
    list: async (partition, query) => {
      const page = await inner.list(partition, query);
      return { ...page, resources: page.resources.slice(1) };
    },
  })),
};

/** Changes each part of a filter that a listing is given. */
function onFilter(change: (filter: ResolvedFilter) => ResolvedFilter): Saboteur {
  const within = (filter: ResolvedFilter): ResolvedFilter => {
    switch (filter.type) {
      case "and":
      case "or":
        return { type: filter.type, terms: filter.terms.map(within) };
      case "not":
        return change({ type: "not", term: within(filter.term) });
      default:
        return change(filter);
    }
  };
  return onResources((inner) => ({
    list: (partition, query: ListQuery) =>
      inner.list(partition, query.filter === undefined ? query : { ...query, filter: within(query.filter) }),
  }));
}
