import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame, expectScimError } from "../contract/contract-violation.ts";
import {
  allMemberIds,
  at,
  freshTenant,
  groupOf,
  memberChange,
  memberScene,
  type ResourceSubject,
  userOf,
  userRefs,
} from "./contract-data.ts";
import { keptOrRefused } from "./text-cases.ts";

/** Cases on who can be a member. */
export type UnknownMemberCaseId =
  | "members.unknown-reject"
  | "members.unknown-accept"
  | "members.known-already"
  | "members.no-id"
  | "members.nested";

/** The promises on who can be a member: resources of the tenant and, where that is accepted, who is none. */
export const unknownMemberCases: CaseTable<UnknownMemberCaseId, ResourceSubject> = {
  "members.unknown-reject": {
    title: "writes nothing at all where an unknown member is to be rejected, and names it",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a") }));
      const foreign = freshTenant().users;
      await resources.insert(foreign, userOf("foreign"));
      const add = userRefs("u-b", "u-nobody", "u-foreign");
      const change = memberChange({
        add,
        remove: ["u-a"],
        unknown: "reject",
        next: { version: "v9", lastModified: "" },
      });
      const outcome = await members.change(groups, "g-g", change);
      const expected = { added: [], removed: [], unknown: ["u-nobody", "u-foreign"], version: "v2" };
      expectSame(outcome, expected, "The unknown are named");
      expectSame(await allMemberIds(resources, groups, "g-g"), ["u-a"], "Nothing was written");
      expectSame((await resources.find(groups, "g-g"))?.version, "v2", "The version stays");
      const wrongType = await members.change(groups, "g-g", memberChange({ add: userRefs("g-g"), unknown: "reject" }));
      expectSame(wrongType.unknown, ["g-g"], "A group is no user");
      const known = memberChange({ add: userRefs("u-b"), unknown: "reject" });
      expectSame((await members.change(groups, "g-g", known)).added, ["u-b"], "A user of the tenant is known");
    },
  },
  "members.unknown-accept": {
    title: "adds a member that is no resource where that is accepted, or refuses it with InvalidValueError",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      const change = memberChange({ add: userRefs("u-a", "later") });
      if (!(await keptOrRefused(members.change(groups, "g-g", change)))) {
        expectSame(await allMemberIds(resources, groups, "g-g"), [], "Nobody was added");
        return;
      }
      await resources.remove(groups, "g-g");
      await resources.insert(groups, groupOf("g"));
      const outcome = await members.change(groups, "g-g", memberChange({ add: userRefs("later") }));
      expectSame([outcome.added, outcome.unknown], [["later"], []], "It is added");
      expectSame(await allMemberIds(resources, groups, "g-g"), ["later"], "It is there");
    },
  },
  "members.known-already": {
    title: "takes a member that is there already for known, whether it is a resource or not",
    async run(subject) {
      const { members, groups } = await memberScene(subject);
      const accepting = members.change(groups, "g-g", memberChange({ add: userRefs("u-a", "later") }));
      const there = (await keptOrRefused(accepting)) ? ["u-a", "later"] : ["u-a"];
      await members.change(groups, "g-g", memberChange({ add: userRefs(...there) }));
      const next = { version: "v3", lastModified: at(9) };
      const outcome = await members.change(
        groups,
        "g-g",
        memberChange({ add: userRefs(...there, "u-b"), unknown: "reject", next }),
      );
      expectSame(outcome, { added: ["u-b"], removed: [], unknown: [], version: "v3" }, "Only the new one is told");
    },
  },
  "members.no-id": {
    title: "refuses a member whose value can be no id with InvalidValueError, and writes nothing",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      for (const value of ["\u0000", "u-a\u0000", "\ud800"]) {
        const change = memberChange({ add: userRefs("u-a", value) });
        await expectScimError(members.change(groups, "g-g", change), "InvalidValueError", "It can be no id");
      }
      expectSame(await allMemberIds(resources, groups, "g-g"), [], "Nobody was added");
      expectSame((await resources.find(groups, "g-g"))?.version, "v1", "The version stays");
    },
  },
  "members.nested": {
    title: "takes groups as members, and tells them from users",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      await resources.insert(groups, groupOf("h"));
      const group = (value: string) => ({ value, type: "Group" }) as const;
      const add = [...userRefs("u-a"), group("g-h"), group("g-g")];
      const outcome = await members.change(groups, "g-g", memberChange({ add, unknown: "reject" }));
      expectSame(outcome.added.toSorted(), ["g-g", "g-h", "u-a"], "Groups of the tenant are known, itself too");
      const page = await members.page(groups, "g-g", { take: 9 });
      expectSame(page.members, [group("g-g"), group("g-h"), ...userRefs("u-a")], "Each comes with its type");
      const wrong = memberChange({ add: [group("u-b")], unknown: "reject" });
      expectSame((await members.change(groups, "g-g", wrong)).unknown, ["u-b"], "A user is no group");
      await resources.remove(groups, "g-h");
      expectSame(await allMemberIds(resources, groups, "g-g"), ["g-g", "u-a"], "A removed group is no member any more");
    },
  },
};
