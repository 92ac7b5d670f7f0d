import type { MemberChange } from "../../storage/member-storage.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame, expectScimError } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import {
  allMemberIds,
  at,
  byValue,
  freshTenant,
  groupOf,
  groupRef,
  memberChange,
  memberScene,
  outcomeOf,
  type ResourceSubject,
  userOf,
  userRefs,
} from "./contract-data.ts";
import { keptOrRefused } from "./text-cases.ts";

/** Cases on possible members. */
export type UnknownMemberCaseId =
  | "members.unknown-reject"
  | "members.unknown-accept"
  | "members.known-already"
  | "members.no-id"
  | "members.nested"
  | "members.type-found"
  | "members.cycle"
  | "members.preview"
  | "members.preview-new";

/** The guarantees on possible members: resources of the tenant and, if accepted, ids without a resource. */
export const unknownMemberCases: CaseTable<UnknownMemberCaseId, ResourceSubject> = {
  "members.unknown-reject": {
    title: "writes nothing at all if an unknown member must be rejected, and returns it",
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
      const expected = outcomeOf({ unknown: ["u-nobody", "u-foreign"], version: "v2" });
      expectSame(outcome, expected, "The unknown are named");
      expectSame(await allMemberIds(resources, groups, "g-g"), ["u-a"], "Nothing was written");
      expectSame((await resources.find(groups, "g-g"))?.version, "v2", "The version stays");
      const wrongType = await members.change(groups, "g-g", memberChange({ add: userRefs("g-g"), unknown: "reject" }));
      expectSame(wrongType.unknown, ["g-g"], "A group is not a user");
      const known = memberChange({ add: userRefs("u-b"), unknown: "reject" });
      expectSame((await members.change(groups, "g-g", known)).added, userRefs("u-b"), "A user of the tenant is known");
    },
  },
  "members.unknown-accept": {
    title: "adds a member without a resource if that is accepted, or rejects it with InvalidValueError",
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
      expectSame([outcome.added, outcome.unknown], [userRefs("later"), []], "It is added");
      expectSame(await allMemberIds(resources, groups, "g-g"), ["later"], "It is there");
    },
  },
  "members.type-found": {
    title: "finds the type of a member without a type",
    async run(subject) {
      const { members, groups } = await memberScene(subject);
      const add = [{ value: "u-a", display: "Ada" }, { value: "u-b" }];
      const outcome = await members.change(groups, "g-g", memberChange({ add, unknown: "reject" }));
      const all = [{ value: "u-a", type: "User", display: "Ada" }, ...userRefs("u-b")];
      expectSame(outcome, outcomeOf({ added: all, version: "v2" }), "Both are known");
      expectSame((await members.page(groups, "g-g", { take: 9 })).members, all, "Each comes with its type");
      const nobody = memberChange({ add: [{ value: "nobody" }], unknown: "reject" });
      expectSame(
        (await members.change(groups, "g-g", nobody)).unknown,
        ["nobody"],
        "An id without a resource is unknown",
      );
    },
  },
  "members.known-already": {
    title: "treats an existing member as known, whether it is a resource or not",
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
      expectSame(outcome, outcomeOf({ added: userRefs("u-b"), version: "v3" }), "Only the new one is returned");
    },
  },
  "members.no-id": {
    title: "rejects a member whose value cannot be an id with InvalidValueError, and writes nothing",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      for (const value of ["\u0000", "u-a\u0000", "\ud800"]) {
        const change = memberChange({ add: userRefs("u-a", value) });
        await expectScimError(members.change(groups, "g-g", change), "InvalidValueError", "It cannot be an id");
      }
      expectSame(await allMemberIds(resources, groups, "g-g"), [], "Nobody was added");
      expectSame((await resources.find(groups, "g-g"))?.version, "v1", "The version stays");
    },
  },
  "members.nested": {
    title: "accepts groups as members, and distinguishes them from users",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      await resources.insert(groups, groupOf("h"));
      await resources.insert(groups, groupOf("i"));
      const add = [...userRefs("u-a"), groupRef("g-h"), { value: "g-i" }];
      const outcome = await members.change(groups, "g-g", memberChange({ add, unknown: "reject" }));
      const all = [groupRef("g-h"), groupRef("g-i"), ...userRefs("u-a")];
      expectSame(outcome.added.toSorted(byValue), all, "Groups of the tenant are known, and their type is found");
      expectSame((await members.page(groups, "g-g", { take: 9 })).members, all, "Each comes with its type");
      const wrong = memberChange({ add: [groupRef("u-b")], unknown: "reject" });
      expectSame((await members.change(groups, "g-g", wrong)).unknown, ["u-b"], "A user is not a group");
      await resources.remove(groups, "g-h");
      expectSame(await allMemberIds(resources, groups, "g-g"), ["g-i", "u-a"], "A removed group is no longer a member");
    },
  },
  "members.cycle": {
    title: "writes nothing at all if a group would become a member of itself, directly or through others",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      for (const name of ["h", "i"]) await resources.insert(groups, groupOf(name));
      const next = { version: "v9", lastModified: at(9) };
      await members.change(groups, "g-g", memberChange({ add: [groupRef("g-h"), ...userRefs("u-a")] }));
      await members.change(groups, "g-h", memberChange({ add: [groupRef("g-i")] }));
      for (const [group, version] of [
        ["g-g", "v2"],
        ["g-h", "v2"],
        ["g-i", "v1"],
      ] as const) {
        for (const unknown of ["accept", "reject"] as const) {
          const add = [...userRefs("u-b"), { value: "g-g" }];
          const change = memberChange({ add, remove: ["u-a", "g-i"], unknown, next });
          const outcome = await members.change(groups, group, change);
          expectSame(outcome, outcomeOf({ cyclic: ["g-g"], version }), "The member that closes a cycle is returned");
        }
        expectSame((await resources.find(groups, group))?.version, version, "The version stays");
      }
      expectSame(await allMemberIds(resources, groups, "g-g"), ["g-h", "u-a"], "Nobody was removed");
      expectSame(await allMemberIds(resources, groups, "g-i"), [], "Nobody was added");
      const down = await members.change(groups, "g-g", memberChange({ add: [{ value: "g-i" }], next }));
      expectSame(down.added, [groupRef("g-i")], "A group that is nested in two ways is not a cycle");
    },
  },
  "members.preview": {
    title: "returns in preview, if it has one, the outcome of a change, and changes nothing",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      appliesIf(members.preview !== undefined, "the storage has no members.preview");
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a") }));
      const next = { version: "v3", lastModified: at(9) };
      const preview = (changes: Partial<MemberChange>) =>
        members.preview?.(groups, "g-g", memberChange({ next, unknown: "reject", ...changes })) ?? Promise.resolve();
      const both = await preview({ add: [{ value: "u-a" }, { value: "u-b" }], remove: ["u-c"], expectedVersion: "v2" });
      expectSame(both, outcomeOf({ added: userRefs("u-b"), version: "v3" }), "Only what would change is returned");
      expectSame(await preview({ remove: ["u-a"] }), outcomeOf({ removed: ["u-a"], version: "v3" }), "A removal too");
      expectSame(await preview({ add: userRefs("u-a") }), outcomeOf({ version: "v2" }), "Nothing would change");
      const nobody = await preview({ add: userRefs("u-b", "u-nobody") });
      expectSame(nobody, outcomeOf({ unknown: ["u-nobody"], version: "v2" }), "The unknown are named");
      await expectScimError(
        preview({ expectedVersion: "v1" }),
        "PreconditionFailedError",
        "An old version is rejected",
      );
      expectSame(await allMemberIds(resources, groups, "g-g"), ["u-a"], "Nothing was written");
      expectSame((await resources.find(groups, "g-g"))?.version, "v2", "The version stays");
    },
  },
  "members.preview-new": {
    title: "treats a group that does not exist as a new one in preview, if it has one",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      appliesIf(members.preview !== undefined, "the storage has no members.preview");
      const change = memberChange({ add: [{ value: "u-a" }], unknown: "reject" });
      const outcome = await members.preview(groups, "g-new", change);
      expectSame(outcome, outcomeOf({ added: userRefs("u-a"), version: "v2" }), "The member would be added");
      const stale = members.preview(groups, "g-new", { ...change, expectedVersion: "v1" });
      await expectScimError(stale, "PreconditionFailedError", "It has no version");
      expectSame(await resources.find(groups, "g-new"), undefined, "Nothing was written");
    },
  },
};
