import type { GroupRef } from "../../storage/storage.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame } from "../contract/contract-violation.ts";
import { groupOf, insertAll, memberChange, memberScene, type ResourceSubject, userRefs } from "./contract-data.ts";

/** Cases on the groups of a resource. */
export type GroupsOfCaseId = "members.groups" | "members.groups-nested" | "members.groups-ring";

/** The promises on the groups of a resource. */
export const groupsOfCases: CaseTable<GroupsOfCaseId, ResourceSubject> = {
  "members.groups": {
    title: "finds the direct groups of many resources at once, with their names as they are now",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      await resources.insert(groups, groupOf("h"));
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a", "u-b") }));
      await members.change(groups, "g-h", memberChange({ add: userRefs("u-a") }));
      await resources.replace(groups, groupOf("h", { version: "v3", attributes: { displayName: "Renamed" } }), "v2");
      const found = await members.groupsOf(users.tenant, ["u-a", "u-b", "u-c", "u-nobody"]);
      const g: GroupRef = { value: "g-g", display: "g", type: "direct" };
      const h: GroupRef = { value: "g-h", display: "Renamed", type: "direct" };
      expectSame([found.get("u-a")?.toSorted(byValue), found.get("u-b")], [[g, h], [g]], "The groups are found");
      expectSame([found.get("u-c") ?? [], found.get("u-nobody") ?? []], [[], []], "Others have none");
    },
  },
  "members.groups-nested": {
    title: "finds the groups above a group as indirect, once, and direct where they are both",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      await insertAll(resources, groups, [groupOf("up"), groupOf("top")]);
      const group = (value: string) => ({ value, type: "Group" }) as const;
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a", "u-b") }));
      await members.change(groups, "g-up", memberChange({ add: [group("g-g")] }));
      await members.change(groups, "g-top", memberChange({ add: [group("g-up"), group("g-g"), ...userRefs("u-b")] }));
      const found = await members.groupsOf(users.tenant, ["u-a", "u-b"]);
      const kinds = (id: string) =>
        found
          .get(id)
          ?.toSorted(byValue)
          .map((one) => [one.value, one.type]);
      const [g, top, up] = ["g-g", "g-top", "g-up"];
      expectSame(
        kinds("u-a"),
        [
          [g, "direct"],
          [top, "indirect"],
          [up, "indirect"],
        ],
        "Nested groups are indirect",
      );
      expectSame(
        kinds("u-b"),
        [
          [g, "direct"],
          [top, "direct"],
          [up, "indirect"],
        ],
        "Direct comes before indirect",
      );
    },
  },
  "members.groups-ring": {
    title: "comes to an end where groups are members of each other",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      await resources.insert(groups, groupOf("h"));
      const group = (value: string) => ({ value, type: "Group" }) as const;
      await members.change(groups, "g-g", memberChange({ add: [...userRefs("u-a"), group("g-h"), group("g-g")] }));
      await members.change(groups, "g-h", memberChange({ add: [group("g-g")] }));
      const found = await members.groupsOf(users.tenant, ["u-a"]);
      expectSame(
        found
          .get("u-a")
          ?.map((one) => one.value)
          .sort(),
        ["g-g", "g-h"],
        "Each group is found once",
      );
    },
  },
};

function byValue(a: GroupRef, b: GroupRef): number {
  return a.value < b.value ? -1 : 1;
}
