import type { GroupRef, MemberRef } from "../member-storage.ts";
import type { Partition, StoredResource } from "../stored-resource.ts";

/** Memberships that a filter may use in addition to the attributes. */
export interface ViewMemberships {
  readonly members?: readonly MemberRef[];
  readonly groups?: readonly GroupRef[];
}

/**
 * A stored resource as a filter sees it: with `id`, `meta` and, where given, the memberships that a driver keeps
 * elsewhere. `meta.location` is not known here, so no filter on it holds.
 */
export function filterView(
  partition: Partition,
  resource: StoredResource,
  memberships: ViewMemberships = {},
): Record<string, unknown> {
  const { id, created, lastModified, version, attributes } = resource;
  return { ...attributes, ...memberships, id, meta: { resourceType: partition.type, created, lastModified, version } };
}
