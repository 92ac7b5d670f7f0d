import { UniquenessError } from "../../../src/errors/request-errors.ts";
import type { ResourceStorage } from "../../../src/storage/resource-storage.ts";
import type { Partition, StoredResource, UniqueValue } from "../../../src/storage/stored-resource.ts";
import type { UniquenessCaseId } from "../../../src/testing/storage/uniqueness-cases.ts";
import { onResources, type Saboteur, yieldTurns } from "./altered-storage.ts";

/** Leaves the unique values of an insert that failed with a holder that nobody knows. */
export const reservesOnFailure: Saboteur = onResources((inner) => ({
  insert: async (partition, resource) => {
    try {
      await inner.insert(partition, resource);
    } catch (error) {
      await inner.insert(partition, { ...resource, id: `ghost-${resource.id}`, unique: resource.unique.slice(0, 1) });
      throw error;
    }
  },
}));

/** For each promise on unique values, a storage that breaks it. */
export const uniquenessSaboteurs: Readonly<Record<UniquenessCaseId, Saboteur>> = {
  "unique.insert": onResources((inner) => ({
    insert: (partition, resource) => inner.insert(partition, { ...resource, unique: [] }),
  })),
  "unique.insert-race": onResources((inner) => {
    const held = new Set<string>();
    return {
      insert: async (partition, resource) => {
        for (const { attribute, key } of resource.unique)
          if (held.has(key)) throw new UniquenessError(`${attribute} is already in use`, { attribute });
        await yieldTurns();
        await inner.insert(partition, { ...resource, unique: [] });
        for (const { key } of resource.unique) held.add(key);
      },
    };
  }),
  "unique.failure-reserves-nothing": reservesOnFailure,
  "unique.replace": onResources((inner) => ({
    replace: async (partition, resource, expected) => {
      const before = await inner.find(partition, resource.id);
      await inner.replace(partition, { ...resource, unique: before?.unique ?? [] }, expected);
    },
  })),
  "unique.replace-own": onResources((inner) => ({
    replace: async (partition, resource, expected) => {
      const before = await inner.find(partition, resource.id);
      const same = before?.unique.find((one) => resource.unique.some((other) => other.key === one.key));
      if (same !== undefined) throw new UniquenessError(`${same.attribute} is already in use`, same);
      await inner.replace(partition, resource, expected);
    },
  })),
  "unique.freed-by-replace": onResources((inner) => ({
    replace: async (partition, resource, expected) => {
      const before = await inner.find(partition, resource.id);
      const unique = [...(before?.unique ?? []), ...resource.unique];
      await inner.replace(partition, { ...resource, unique }, expected);
    },
  })),
  "unique.freed-by-remove": onResources((inner) => ({
    remove: async (partition, id) => {
      const before = await inner.find(partition, id);
      const removed = await inner.remove(partition, id);
      if (before !== undefined) await inner.insert(partition, { ...before, id: `tombstone-${id}` });
      return removed;
    },
  })),
  "unique.tenants-apart": holding((partition, unique) => [partition.type, unique.attribute, unique.key]),
  "unique.types-apart": holding((partition, unique) => [partition.tenant, unique.attribute, unique.key]),
  "unique.attributes-apart": holding((partition, unique) => [partition.tenant, partition.type, unique.key]),
  "unique.check": onResources((inner) => ({
    checkUnique: async (partition, { id, unique }) => {
      for (const value of unique.slice(0, 100)) await inner.checkUnique?.(partition, { id, unique: [value] });
    },
  })),
  "unique.check-own": onResources((inner) => ({
    checkUnique: (partition, { unique }) => inner.checkUnique?.(partition, { id: "", unique }) ?? Promise.resolve(),
  })),
};

/** A storage that keeps unique values apart by these parts alone. */
function holding(parts: (partition: Partition, unique: UniqueValue) => readonly string[]): Saboteur {
  return onResources((inner: ResourceStorage) => {
    const held = new Set<string>();
    return {
      insert: async (partition: Partition, resource: StoredResource) => {
        for (const unique of resource.unique) {
          const key = JSON.stringify(parts(partition, unique));
          if (held.has(key)) throw new UniquenessError(`${unique.attribute} is already in use`, unique);
          held.add(key);
        }
        await inner.insert(partition, resource);
      },
    };
  });
}
