import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame, expectScimError, expectThat } from "../contract/contract-violation.ts";
import { freshTenant, groupOf, memberChange, membersOf, userOf, userRefs } from "./contract-data.ts";
import type { StorageSubject } from "./transaction-cases.ts";

/** Cases on a whole storage, in addition to those on its resources. */
export type WholeCaseId = "whole.member-types" | "whole.checks";

/** The guarantees on resources of a whole storage, which is not limited by tables of the application. */
export const wholeCases: CaseTable<WholeCaseId, StorageSubject> = {
  "whole.member-types": {
    title: "accepts resources of any type as members, and groups of any type",
    async run({ storage }) {
      const { users, groups } = freshTenant();
      const { resources } = storage;
      const members = membersOf(resources);
      const [devices, rooms] = [
        { ...users, type: "Device" },
        { ...users, type: "Room" },
      ];
      await resources.insert(devices, userOf("d", { id: "d" }));
      await resources.insert(groups, groupOf("g"));
      await resources.insert(rooms, groupOf("r", { id: "r" }));
      const change = memberChange({ add: [{ value: "d" }, { value: "g-g", type: "Group" }], unknown: "reject" });
      const outcome = await members.change(rooms, "r", change);
      const all = [
        { value: "d", type: "Device" },
        { value: "g-g", type: "Group" },
      ];
      expectSame(outcome.added, all, "The types are found");
      expectSame((await members.page(rooms, "r", { take: 9 })).members, all, "Each comes with its type");
      const around = await members.change(groups, "g-g", memberChange({ add: [{ value: "r" }] }));
      expectSame([around.added, around.cyclic], [[], ["r"]], "A cycle over several types is found");
      const wrong = memberChange({ add: [{ value: "d", type: "User" }], unknown: "reject" });
      expectSame((await members.change(groups, "g-g", wrong)).unknown, ["d"], "A device is not a user");
      await resources.remove(devices, "d");
      expectSame(
        (await members.page(rooms, "r", { take: 9 })).members,
        all.slice(1),
        "A removed resource is not a member",
      );
    },
  },
  "whole.checks": {
    title: "shows a transaction its own writes in checkUnique and preview",
    async run({ storage }) {
      const { users, groups } = freshTenant();
      await storage.transaction(async ({ resources }) => {
        const members = membersOf(resources);
        expectThat(resources.checkUnique !== undefined && members.preview !== undefined, "There are both");
        await resources.insert(users, userOf("ada"));
        const taken = resources.checkUnique(users, userOf("ada", { id: "u-2" }));
        await expectScimError(taken, "UniquenessError", "The value is taken");
        const change = memberChange({ add: [{ value: "u-ada" }], unknown: "reject" });
        const { added } = await members.preview(groups, "g-new", change);
        expectSame(added, userRefs("u-ada"), "The new user is known");
      });
      expectSame((await storage.resources.find(users, "u-ada"))?.id, "u-ada", "The rest is committed");
    },
  },
};
