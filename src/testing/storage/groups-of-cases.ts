import type { GroupRef } from "../../storage/member-storage.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame, expectThat } from "../contract/contract-violation.ts";
import {
  byValue,
  groupOf,
  groupRef,
  insertAll,
  memberChange,
  memberScene,
  type ResourceSubject,
  upTo,
  userRefs,
} from "./contract-data.ts";

/** Cases on the groups of a resource. */
export type GroupsOfCaseId = "members.groups" | "members.groups-nested" | "members.groups-cycle";

/** The guarantees on the groups of a resource. */
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
    title: "finds the groups above a group as indirect, once, and as direct if they are both",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      await insertAll(resources, groups, [groupOf("up"), groupOf("top")]);
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a", "u-b") }));
      await members.change(groups, "g-up", memberChange({ add: [groupRef("g-g")] }));
      await members.change(
        groups,
        "g-top",
        memberChange({ add: [groupRef("g-up"), groupRef("g-g"), ...userRefs("u-b")] }),
      );
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
  "members.groups-cycle": {
    title: "ends, with each group once, even if parallel writers made groups members of each other",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a") }));
      for (const n of upTo(10)) {
        await resources.insert(groups, groupOf(`${n}`));
        const changes = [
          members.change(groups, "g-g", memberChange({ add: [groupRef(`g-${n}`)] })),
          members.change(groups, `g-${n}`, memberChange({ add: [groupRef("g-g")] })),
        ];
        await Promise.all(n % 2 === 0 ? changes : changes.toReversed());
      }
      const found = (await members.groupsOf(users.tenant, ["u-a"])).get("u-a") ?? [];
      const ids = found.map((one) => one.value);
      expectThat(ids.includes("g-g"), "The direct group is found");
      expectSame(ids.toSorted(), [...new Set(ids)].sort(), "Each group is found once");
    },
  },
};
