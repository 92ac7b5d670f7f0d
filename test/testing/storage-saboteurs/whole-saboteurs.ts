import type { WholeCaseId } from "../../../src/testing/storage/whole-cases.ts";
import { onMembers, onResources, type Saboteur } from "./altered-storage.ts";

/** For each promise on a whole storage, a storage that breaks it. */
export const wholeSaboteurs: Readonly<Record<WholeCaseId, Saboteur>> = {
  // Knows users and groups alone.
  "whole.member-types": onMembers((inner, resources) => ({
    change: async (partition, groupId, change) => {
      const unknown: string[] = [];
      for (const { value } of change.add) {
        const types = ["User", "Group"].map((type) => resources.find({ ...partition, type }, value));
        if ((await Promise.all(types)).every((found) => found === undefined)) unknown.push(value);
      }
      if (unknown.length === 0) return inner.change(partition, groupId, change);
      return { added: [], removed: [], unknown, cyclic: [], version: "v1" };
    },
  })),
  "whole.checks": onResources(() => ({ checkUnique: undefined })),
};
