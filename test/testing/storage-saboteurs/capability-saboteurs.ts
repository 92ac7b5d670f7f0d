import type { CapabilityCaseId } from "../../../src/testing/storage/capability-cases.ts";
import { onResources, type Saboteur } from "./altered-storage.ts";

/** For each promise on capabilities, a storage that breaks it. */
export const capabilitySaboteurs: Readonly<Record<CapabilityCaseId, Saboteur>> = {
  "capabilities.true": onResources((inner) => ({ capabilities: { ...inner.capabilities, cursor: false } })),
  "capabilities.id-order": onResources((inner) => ({
    list: (partition, query) => inner.list(partition, { ...query, order: "created" }),
  })),
};
