import type { StorageCapabilities } from "../resource-storage.ts";
import { membershipAttribute } from "./membership-paths.ts";

/** What the drivers of this package do themselves: everything, except sorting by members and groups, which are rows. */
export const WHOLE_CAPABILITIES: StorageCapabilities = Object.freeze<StorageCapabilities>({
  // Under `unindexedFilters: "refuse"` too: `list` throws then, and there is no fallback.
  filter: () => true,
  sort: (path) => membershipAttribute(path) === undefined,
  cursor: true,
  idOrder: true,
  uniqueness: true,
  foldedMembers: true,
  members: true,
  transactions: true,
});
