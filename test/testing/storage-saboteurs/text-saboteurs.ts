import type { ResourceStorage } from "../../../src/storage/resource-storage.ts";
import type { Partition, StoredResource } from "../../../src/storage/stored-resource.ts";
import type { TextCaseId } from "../../../src/testing/storage/text-cases.ts";
import { onResources, type Saboteur } from "./altered-storage.ts";

/** For each promise on texts, a storage that breaks it. */
export const textSaboteurs: Readonly<Record<TextCaseId, Saboteur>> = {
  "text.odd": inserting((resource) => JSON.parse(JSON.stringify(resource).replaceAll("\\u0000", ""))),
  "text.ids-exact": byId((id) => id.normalize("NFC")),
  "text.no-id": byId((id) => id.toWellFormed()),
  "text.unique-exact": inserting((resource) => ({
    ...resource,
    unique: resource.unique.map(({ attribute, key }) => ({ attribute, key: key.trimEnd() })),
  })),
  "text.unique-long": inserting((resource) => ({
    ...resource,
    unique: resource.unique.map(({ attribute, key }) => ({ attribute, key: key.slice(0, 255) })),
  })),
  "text.deep": inserting((resource) => ({
    ...resource,
    attributes: Object.fromEntries(
      Object.entries(resource.attributes).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.slice(0, 1000) : value,
      ]),
    ),
  })),
};

function inserting(change: (resource: StoredResource) => StoredResource): Saboteur {
  return onResources((inner) => ({ insert: (partition, resource) => inner.insert(partition, change(resource)) }));
}

/** A storage that takes ids for the same that become the same. */
function byId(change: (id: string) => string): Saboteur {
  return onResources((inner: ResourceStorage) => ({
    insert: (partition: Partition, resource) => inner.insert(partition, { ...resource, id: change(resource.id) }),
    find: (partition, id, options) => inner.find(partition, change(id), options),
    remove: (partition, id, expected) => inner.remove(partition, change(id), expected),
  }));
}
