import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Partition } from "../../storage/stored-resource.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { countWinners, expectSame, expectThat } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import {
  allMemberIds,
  at,
  freshTenant,
  groupOf,
  insertAll,
  memberChange,
  type ResourceSubject,
  upTo,
  userOf,
  userRefs,
} from "./contract-data.ts";

/** Cases on parallel writers. */
export type RaceCaseId =
  | "race.remove-replace"
  | "race.removes"
  | "race.unique-replace"
  | "race.removed-member"
  | "race.removed-group"
  | "race.group-changes";

/** The guarantees on parallel writers: one of them succeeds, or both, never a part of each. */
export const raceCases: CaseTable<RaceCaseId, ResourceSubject> = {
  "race.remove-replace": {
    title: "lets a removal or a replacement of the same version succeed, never both",
    async run({ resources }) {
      const { users } = freshTenant();
      for (const n of upTo(20)) {
        const name = `r${n}`;
        await resources.insert(users, userOf(name));
        const replacing = () => resources.replace(users, userOf(name, { version: "v2" }), "v1");
        const removing = async () => expectThat(await resources.remove(users, `u-${name}`, "v1"), "It was there");
        // `remove` returns false for a resource that does not exist; here nothing else removes it.
        const attempts = n % 2 === 0 ? [replacing(), removing()] : [removing(), replacing()];
        expectSame(await countWinners(attempts, "PreconditionFailedError"), 1, "Exactly one wins");
        const left = await resources.find(users, `u-${name}`);
        if (left !== undefined) expectSame(left.version, "v2", "The remaining resource is the replacement");
      }
    },
  },
  "race.removes": {
    title: "reports success to one of many parallel removals, and frees the unique value once",
    async run({ resources }) {
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada"));
      const removed = await Promise.all(upTo(20).map(() => resources.remove(users, "u-ada")));
      expectSame(removed.filter(Boolean).length, 1, "One removed it");
      const attempts = upTo(20).map((n) => resources.insert(users, userOf("ada", { id: `u-${n}` })));
      expectSame(await countWinners(attempts, "UniquenessError"), 1, "The name is given once again");
    },
  },
  "race.unique-replace": {
    title: "lets one of many parallel replacements get a unique value [req 75]",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertAll(
        resources,
        users,
        upTo(20).map((n) => userOf(`${n}`)),
      );
      const attempts = upTo(20).map((n) =>
        resources.replace(users, userOf("wanted", { id: `u-${n}`, version: "v2" }), "v1"),
      );
      expectSame(await countWinners(attempts, "UniquenessError"), 1, "Exactly one wins");
      const holders = await Promise.all(upTo(20).map((n) => resources.find(users, `u-${n}`)));
      expectSame(holders.filter((one) => one?.version === "v2").length, 1, "The others are as they were");
    },
  },
  "race.removed-member": {
    title: "leaves no membership of a resource that is removed while it is added",
    async run({ resources }) {
      const { members } = resources;
      appliesIf(members !== undefined, "the storage keeps no memberships");
      const { users, groups } = freshTenant();
      await resources.insert(groups, groupOf("g"));
      const names = await insertTwenty(resources, users);
      await Promise.all(
        names.flatMap((name, n) => {
          const next = { version: `w${n}`, lastModified: at(n) };
          const change = memberChange({ add: userRefs(`u-${name}`), unknown: "reject", next });
          return [members.change(groups, "g-g", change), resources.remove(users, `u-${name}`)];
        }),
      );
      expectSame(await allMemberIds(resources, groups, "g-g"), [], "No removed resource is a member");
      const found = await members.groupsOf(
        users.tenant,
        names.map((name) => `u-${name}`),
      );
      expectSame([...found.values()].flat(), [], "No removed resource is in a group");
    },
  },
  "race.removed-group": {
    title: "leaves no membership of a group that is removed while it is changed",
    async run({ resources }) {
      const { members } = resources;
      appliesIf(members !== undefined, "the storage keeps no memberships");
      const { users, groups } = freshTenant();
      await resources.insert(users, userOf("a"));
      for (const n of upTo(10)) {
        await resources.insert(groups, groupOf(`g${n}`));
        const change = members.change(groups, `g-g${n}`, memberChange({ add: userRefs("u-a") }));
        const remove = resources.remove(groups, `g-g${n}`);
        await countWinners([change, remove], "NotFoundError");
        expectSame(await remove, true, "The group was there");
      }
      const found = await members.groupsOf(users.tenant, ["u-a"]);
      expectSame(found.get("u-a") ?? [], [], "The user is in no group");
    },
  },
  "race.group-changes": {
    title: "lets one of many membership changes of the same version succeed",
    async run({ resources }) {
      const { members } = resources;
      appliesIf(members !== undefined, "the storage keeps no memberships");
      const { users, groups } = freshTenant();
      await resources.insert(groups, groupOf("g"));
      const names = await insertTwenty(resources, users);
      const attempts = names.map((name) => {
        const next = { version: `w-${name}`, lastModified: at(1) };
        const add = userRefs(`u-${name}`);
        return members.change(groups, "g-g", memberChange({ add, expectedVersion: "v1", next }));
      });
      expectSame(await countWinners(attempts, "PreconditionFailedError"), 1, "Exactly one wins");
      const [winner, ...others] = await allMemberIds(resources, groups, "g-g");
      expectSame(others, [], "One was added");
      const group = await resources.find(groups, "g-g");
      expectSame(group?.version, `w-${winner?.slice("u-".length)}`, "The version is the winner's");
    },
  },
};

/** Twenty users, by their names. */
async function insertTwenty(resources: ResourceStorage, users: Partition): Promise<string[]> {
  const names = upTo(20).map((n) => `m${n}`);
  await insertAll(
    resources,
    users,
    names.map((name) => userOf(name)),
  );
  return names;
}
