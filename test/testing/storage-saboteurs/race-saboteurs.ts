import { PreconditionFailedError, UniquenessError } from "../../../src/errors/request-errors.ts";
import type { GroupRef } from "../../../src/storage/member-storage.ts";
import type { RaceCaseId } from "../../../src/testing/storage/race-cases.ts";
import { onMembers, onResources, type Saboteur, yieldTurns } from "./altered-storage.ts";

/** For each promise on writers that meet, a storage that looks first and writes later, whatever has come between. */
export const raceSaboteurs: Readonly<Record<RaceCaseId, Saboteur>> = {
  "race.remove-replace": onResources((inner) => ({
    remove: async (partition, id, expected) => {
      const before = await inner.find(partition, id);
      if (expected !== undefined && before?.version !== expected) throw new PreconditionFailedError();
      await yieldTurns();
      return inner.remove(partition, id);
    },
  })),
  "race.removes": onResources((inner) => ({
    remove: async (partition, id) => {
      const before = await inner.find(partition, id);
      await yieldTurns();
      await inner.remove(partition, id);
      return before !== undefined;
    },
  })),
  "race.unique-replace": onResources((inner) => {
    const held = new Set<string>();
    return {
      replace: async (partition, resource, expected) => {
        for (const { attribute, key } of resource.unique)
          if (held.has(key)) throw new UniquenessError(`${attribute} is already in use`, { attribute });
        await yieldTurns();
        await inner.replace(partition, { ...resource, unique: [] }, expected);
        for (const { key } of resource.unique) held.add(key);
      },
    };
  }),
  "race.removed-member": onMembers((inner, resources) => ({
    change: async (partition, groupId, change) => {
      const users = { ...partition, type: "User" };
      const found = await Promise.all(change.add.map((member) => resources.find(users, member.value)));
      await yieldTurns();
      const add = change.add.filter((_, index) => found[index] !== undefined);
      return inner.change(partition, groupId, { ...change, add, unknown: "accept" });
    },
  })),
  "race.removed-group": onMembers((inner) => {
    const given = new Map<string, GroupRef[]>();
    return {
      change: async (partition, groupId, change) => {
        const outcome = await inner.change(partition, groupId, change);
        for (const { value: id } of outcome.added) {
          given.set(id, [...(given.get(id) ?? []), { value: groupId, type: "direct" }]);
        }
        return outcome;
      },
      groupsOf: async () => given,
    };
  }),
  "race.group-changes": onMembers((inner, resources) => ({
    change: async (partition, groupId, { expectedVersion, ...change }) => {
      const before = await resources.find(partition, groupId);
      if (before?.version !== expectedVersion) throw new PreconditionFailedError();
      await yieldTurns();
      return inner.change(partition, groupId, change);
    },
  })),
};
