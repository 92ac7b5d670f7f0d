import type { ListQuery, Page } from "../../../src/storage/list-query.ts";
import type { ResourceStorage } from "../../../src/storage/resource-storage.ts";
import type { Partition } from "../../../src/storage/stored-resource.ts";
import type { TenancyCaseId } from "../../../src/testing/storage/tenancy-cases.ts";
import { onResources, type Saboteur } from "./altered-storage.ts";
import { sortingStorage } from "./sorting-storage.ts";

/** For each promise on tenants, a storage that breaks it. */
export const tenancySaboteurs: Readonly<Record<TenancyCaseId, Saboteur>> = {
  "tenants.writes": onResources((inner) => {
    const first: string[] = [];
    return {
      insert: (partition, resource) => {
        first.push(partition.tenant);
        return inner.insert(partition, resource);
      },
      replace: (partition, resource, expected) =>
        inner.replace({ ...partition, tenant: first[0] ?? partition.tenant }, resource, expected),
    };
  }),
  // As a condition that lacks its brackets: tenant = ? and one or other.
  "tenants.filters": acrossTenants((query) => query.filter?.type === "or"),
  "tenants.membership-filters": acrossTenants((query) => query.filter?.type === "or"),
  "tenants.sorts": (storage) => acrossTenants((query) => query.sort !== undefined)(sortingStorage(storage)),
  "tenants.cursors": acrossTenants((query) => query.after !== undefined),
};

/** A storage that forgets the tenant in some listings. */
function acrossTenants(isForgotten: (query: ListQuery) => boolean): Saboteur {
  return onResources((inner: ResourceStorage) => {
    const tenants = new Set<string>();
    return {
      insert: (partition, resource) => {
        tenants.add(partition.tenant);
        return inner.insert(partition, resource);
      },
      list: async (partition: Partition, query: ListQuery): Promise<Page> => {
        if (!isForgotten(query)) return inner.list(partition, query);
        const all = [...tenants].map((tenant) => inner.list({ ...partition, tenant }, query));
        const pages = await Promise.all(all);
        const total = pages.reduce((sum, page) => sum + (page.total ?? 0), 0);
        return { resources: pages.flatMap((page) => page.resources), ...(query.count ? { total } : {}) };
      },
    };
  });
}
