import { NotFoundError, PreconditionFailedError } from "../../../src/errors/request-errors.ts";
import { memoryStorage } from "../../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../../src/storage/resource-storage.ts";
import type { Partition, StoredResource } from "../../../src/storage/stored-resource.ts";
import type { ResourceCaseId } from "../../../src/testing/storage/resource-cases.ts";
import { mangled, onResources, type Saboteur, yieldTurns } from "./altered-storage.ts";

/** For each promise on single resources, a storage that breaks it. */
export const resourceSaboteurs: Readonly<Record<ResourceCaseId, Saboteur>> = {
  "resources.find": onResources((inner) => ({
    find: async (partition, id) => {
      const found = await inner.find(partition, id);
      return found && { ...found, lastModified: found.created };
    },
  })),
  "resources.find-absent": onResources((inner) => ({
    find: async (partition, id) => {
      const found = await inner.find(partition, id);
      if (found === undefined) throw new NotFoundError();
      return found;
    },
  })),
  "resources.insert-id-taken": onResources((inner) => ({
    insert: async (partition, resource) => {
      await inner.remove(partition, resource.id);
      await inner.insert(partition, resource);
    },
  })),
  "resources.replace": onResources((inner) => ({
    replace: async (partition, resource, expected) => {
      const before = await inner.find(partition, resource.id);
      await inner.replace(partition, { ...resource, attributes: before?.attributes ?? {} }, expected);
    },
  })),
  "resources.replace-keeps-created": onResources((inner) => ({
    replace: async (partition, resource, expected) => {
      await inner.remove(partition, resource.id, expected);
      await inner.insert(partition, resource);
    },
  })),
  "resources.replace-stale": onResources((inner) => ({
    replace: async (partition, resource) => overwrite(inner, partition, resource),
  })),
  "resources.replace-absent": onResources((inner) => ({
    replace: async (partition, resource, expected) => {
      const before = await inner.find(partition, resource.id);
      await (before ? inner.replace(partition, resource, expected) : inner.insert(partition, resource));
    },
  })),
  "resources.replace-race": onResources((inner) => ({
    replace: async (partition, resource, expected) => {
      const before = await inner.find(partition, resource.id);
      if (before?.version !== expected) throw new PreconditionFailedError();
      await yieldTurns();
      await overwrite(inner, partition, resource);
    },
  })),
  "resources.remove": onResources((inner) => ({
    remove: async (partition, id) => {
      await inner.remove(partition, id);
      return true;
    },
  })),
  "resources.remove-stale": onResources((inner) => ({
    remove: (partition, id) => inner.remove(partition, id),
  })),
  "resources.tenants-apart": onResources((inner) => partitioned(inner, ({ type }) => ({ tenant: "all", type }))),
  "resources.types-apart": onResources((inner) => partitioned(inner, ({ tenant }) => ({ tenant, type: "Any" }))),
  "resources.json-data": onResources((inner) => ({
    insert: (partition, resource) => inner.insert(partition, mangled(resource)),
  })),
  "resources.given-not-kept": onResources((inner) => ({
    insert: async (partition, resource) => {
      await undefined;
      await inner.insert(partition, resource);
    },
  })),
  "resources.kept-not-given": onResources((inner) => {
    const kept = new Map<string, StoredResource>();
    return {
      find: async (partition, id) => {
        const found = kept.get(id) ?? structuredClone(await inner.find(partition, id));
        if (found !== undefined) kept.set(id, found);
        return found;
      },
    };
  }),
  "resources.read-behind": () => memoryStorage(),
  "resources.omit": onResources((inner) => ({ find: (partition, id) => inner.find(partition, id) })),
};

/** Replaces whatever is there, until it has worked. */
async function overwrite(inner: ResourceStorage, partition: Partition, resource: StoredResource): Promise<void> {
  for (;;) {
    const before = await inner.find(partition, resource.id);
    if (before === undefined) throw new PreconditionFailedError();
    try {
      return await inner.replace(partition, resource, before.version);
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
  }
}

function partitioned(inner: ResourceStorage, map: (partition: Partition) => Partition): Partial<ResourceStorage> {
  return {
    insert: (partition, resource) => inner.insert(map(partition), resource),
    find: (partition, id, options) => inner.find(map(partition), id, options),
    list: (partition, query) => inner.list(map(partition), query),
    remove: (partition, id, expected) => inner.remove(map(partition), id, expected),
  };
}
