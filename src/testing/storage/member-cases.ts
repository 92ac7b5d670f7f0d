import type { MemberOutcome } from "../../storage/member-storage.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame, expectScimError, expectThat } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import {
  allMemberIds,
  at,
  groupOf,
  insertUsers,
  memberChange,
  memberScene,
  outcomeOf,
  type ResourceSubject,
  upTo,
  userOf,
  userRefs,
} from "./contract-data.ts";
import { keptOrRefused } from "./text-cases.ts";

/** Cases on memberships. */
export type MemberCaseId =
  | "members.add"
  | "members.remove"
  | "members.page-tiles"
  | "members.page-order"
  | "members.version"
  | "members.add-twice"
  | "members.remove-absent"
  | "members.stale"
  | "members.group-absent"
  | "members.race"
  | "members.replace-keeps"
  | "members.removed-member"
  | "members.removed-group"
  | "members.tenants-apart"
  | "members.folded"
  | "members.many";

/** The guarantees on memberships. */
export const memberCases: CaseTable<MemberCaseId, ResourceSubject> = {
  "members.add": {
    title: "adds members with type and label, and returns the new ones [req 161]",
    async run(subject) {
      const { members, groups } = await memberScene(subject);
      const first = { value: "u-a", type: "User", display: "Ada é \u{1f600}" } as const;
      await members.change(groups, "g-g", memberChange({ add: [first] }));
      const next = { version: "v3", lastModified: at(5) };
      const outcome = await members.change(groups, "g-g", memberChange({ add: userRefs("u-a", "u-b", "u-b"), next }));
      expectSame(outcome, outcomeOf({ added: userRefs("u-b"), version: "v3" }), "Only new members are returned");
      const page = await members.page(groups, "g-g", { take: 9 });
      const byId = page.members.toSorted((x, y) => (x.value < y.value ? -1 : 1));
      expectSame(byId, [first, ...userRefs("u-b")], "Each exists once, as it was first added");
    },
  },
  "members.remove": {
    title: "removes the given members and no others [req 151]",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a", "u-b") }));
      const change = memberChange({ add: userRefs("u-c"), remove: ["u-a", "u-nobody", "u-a"] });
      const outcome = await members.change(groups, "g-g", change);
      expectSame(
        outcome,
        outcomeOf({ added: userRefs("u-c"), removed: ["u-a"], version: "v2" }),
        "Only what was there",
      );
      expectSame(await allMemberIds(resources, groups, "g-g"), ["u-b", "u-c"], "The others are there");
    },
  },
  "members.folded": {
    title: "removes a member by its id in another case: the exact one first, and nobody if several could be meant",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      appliesIf(resources.capabilities.foldedMembers === true, "the storage compares ids of members exactly");
      await insertUsers(resources, users, ["Aa", "aA", "Bé"]);
      const remove = (...ids: string[]): Promise<MemberOutcome> =>
        members.change(groups, "g-g", memberChange({ remove: ids }));
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-Aa", "u-aA", "u-Bé") }));
      const unclear = await remove("U-AA");
      expectSame([unclear.removed, unclear.ambiguous], [[], ["U-AA"]], "Two members are equal when folded");
      expectSame((await remove("u-Aa")).removed, ["u-Aa"], "The exact one is meant");
      expectSame(
        (await remove("U-AA", "U-BÉ", "u-nobody")).removed.toSorted(),
        ["u-Bé", "u-aA"],
        "The only one is meant",
      );
      expectSame(await allMemberIds(resources, groups, "g-g"), [], "They are gone");
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-Aa") }));
      const both = await members.change(groups, "g-g", memberChange({ add: userRefs("u-Aa"), remove: ["U-AA"] }));
      expectSame(both.removed, [], "A member that is added stays");
    },
  },
  "members.page-tiles": {
    title: "pages through all members once, also while others are added and removed",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      const ids = upTo(25).map((n) => `m-${n}`);
      await insertUsers(resources, users, [...ids, "late"]);
      await members.change(groups, "g-g", memberChange({ add: userRefs(...ids) }));
      for (const take of [1, 7, 25]) {
        expectSame(await allMemberIds(resources, groups, "g-g", take), ids.toSorted(), `Pages of ${take} tile`);
      }
      const whole = await members.page(groups, "g-g", { take: 25 });
      expectSame([whole.members.length, whole.next], [25, undefined], "There is no next page after the last member");
      const first = await members.page(groups, "g-g", { take: 10 });
      const gone = first.members.map((member) => member.value);
      await members.change(groups, "g-g", memberChange({ remove: gone, add: userRefs("late") }));
      const rest = await members.page(groups, "g-g", { take: 99, after: first.next });
      const seen = [...gone, ...rest.members.map((member) => member.value)].filter((id) => id !== "late");
      expectSame(seen.sort(), ids.toSorted(), "The members that stayed are returned once");
      expectSame(
        await members.page(groups, "g-none", { take: 9 }),
        { members: [] },
        "A group that does not exist has no members",
      );
    },
  },
  "members.page-order": {
    title: "pages in binary order of the members' values, beginning after any value",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      const ids = ["A", "Z", "a", "b", "é", "\uffff", "\u{1f600}"];
      await insertUsers(resources, users, ids);
      await members.change(groups, "g-g", memberChange({ add: userRefs(...ids.toReversed()) }));
      const behind = async (after: string | undefined, take: number) => {
        const page = await members.page(groups, "g-g", { after, take });
        return { values: page.members.map((member) => member.value), next: page.next };
      };
      expectSame(await behind(undefined, 9), { values: ids }, "The order is binary");
      expectSame(
        await behind("Zz", 3),
        { values: ["a", "b", "é"], next: "é" },
        "It begins after a value that does not exist",
      );
    },
  },
  "members.version": {
    title: "sets the new version and date of the group, and not those of its members",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a"), expectedVersion: "v1" }));
      expectSame(await resources.find(groups, "g-g"), groupOf("g", { version: "v2", lastModified: at(100) }), "New");
      expectSame(await resources.find(users, "u-a"), userOf("a"), "The user is as before");
    },
  },
  "members.add-twice": {
    title: "keeps the version if adding changes nothing [req 141]",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a") }));
      const next = { version: "v3", lastModified: at(7) };
      const outcome = await members.change(groups, "g-g", memberChange({ add: userRefs("u-a"), next }));
      expectSame(outcome, outcomeOf({ version: "v2" }), "Nothing was added");
      expectSame((await resources.find(groups, "g-g"))?.version, "v2", "The version stays");
    },
  },
  "members.remove-absent": {
    title: "keeps version and date if removing changes nothing",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      const outcome = await members.change(groups, "g-g", memberChange({ remove: ["u-a"] }));
      expectSame(outcome, outcomeOf({ version: "v1" }), "Nothing was removed");
      expectSame(await resources.find(groups, "g-g"), groupOf("g"), "The group is as before");
    },
  },
  "members.stale": {
    title: "rejects a change of another version with PreconditionFailedError, even one without effect",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      const stale = { expectedVersion: "v0" };
      const add = members.change(groups, "g-g", memberChange({ add: userRefs("u-a"), ...stale }));
      await expectScimError(add, "PreconditionFailedError", "A change of an old version is rejected");
      const nothing = members.change(groups, "g-g", memberChange(stale));
      await expectScimError(nothing, "PreconditionFailedError", "One without effect is rejected too");
      expectSame(await allMemberIds(resources, groups, "g-g"), [], "Nobody was added");
    },
  },
  "members.group-absent": {
    title: "rejects a change of a group that does not exist with NotFoundError",
    async run(subject) {
      const { members, groups } = await memberScene(subject);
      const work = members.change(groups, "g-none", memberChange({ add: userRefs("u-a") }));
      await expectScimError(work, "NotFoundError", "There is no such group");
    },
  },
  "members.race": {
    title: "loses none of a hundred parallel changes of one group [req 176]",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      const ids = upTo(100).map((n) => `m-${n}`);
      await insertUsers(resources, users, ids);
      const next = (version: string) => ({ version, lastModified: at(1) });
      await Promise.all(
        ids.map((id) => members.change(groups, "g-g", memberChange({ add: userRefs(id), next: next(id) }))),
      );
      expectSame(await allMemberIds(resources, groups, "g-g"), ids.toSorted(), "All were added");
      const half = ids.slice(50);
      await Promise.all(
        half.map((id) => members.change(groups, "g-g", memberChange({ remove: [id], next: next(`x${id}`) }))),
      );
      expectSame(await allMemberIds(resources, groups, "g-g"), ids.slice(0, 50).sort(), "All were removed");
    },
  },
  "members.replace-keeps": {
    title: "keeps the members of a group whose own attributes are replaced [req 157]",
    async run(subject) {
      const { members, groups, resources } = await memberScene(subject);
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a") }));
      await resources.replace(groups, groupOf("g", { version: "v3", attributes: { displayName: "G" } }), "v2");
      expectSame(await allMemberIds(resources, groups, "g-g"), ["u-a"], "The member is still there");
    },
  },
  "members.removed-member": {
    title: "removes a removed resource from its groups without a new version of the groups",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a", "u-b") }));
      await resources.remove(users, "u-a");
      expectSame(await allMemberIds(resources, groups, "g-g"), ["u-b"], "It is no longer a member");
      const group = groupOf("g", { version: "v2", lastModified: at(100) });
      expectSame(await resources.find(groups, "g-g"), group, "The group's version and date stay the same");
      const found = await members.groupsOf(users.tenant, ["u-a"]);
      expectSame(found.get("u-a") ?? [], [], "It is in no group any more");
    },
  },
  "members.removed-group": {
    title: "removes the memberships of a removed group, also for a new group with the same id",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      await members.change(groups, "g-g", memberChange({ add: userRefs("u-a") }));
      await resources.remove(groups, "g-g");
      const found = await members.groupsOf(users.tenant, ["u-a"]);
      expectSame(found.get("u-a") ?? [], [], "The member is no longer in a group");
      await resources.insert(groups, groupOf("g"));
      expectSame(await allMemberIds(resources, groups, "g-g"), [], "The new group is empty");
    },
  },
  "members.tenants-apart": {
    title: "keeps the memberships of tenants apart, even where ids are the same",
    async run(subject) {
      const one = await memberScene(subject);
      const two = await memberScene(subject);
      await one.members.change(one.groups, "g-g", memberChange({ add: userRefs("u-a") }));
      expectSame(await allMemberIds(two.resources, two.groups, "g-g"), [], "The other tenant's group is empty");
      const found = await two.members.groupsOf(two.users.tenant, ["u-a"]);
      expectSame(found.get("u-a") ?? [], [], "The other tenant's user is in no group");
      await two.resources.remove(two.users, "u-a");
      expectSame(
        await allMemberIds(one.resources, one.groups, "g-g"),
        ["u-a"],
        "A removal of another tenant removes nobody",
      );
      expectThat((await one.resources.find(one.users, "u-a")) !== undefined, "The user is still there");
    },
  },
  "members.many": {
    title: "adds and removes ten thousand members in one change, if it accepts members that are not resources",
    async run(subject) {
      const { members, groups, users, resources } = await memberScene(subject);
      let ids = upTo(10_000).map((n) => `m-${n}`);
      const all = () => members.change(groups, "g-g", memberChange({ add: userRefs(...ids) }));
      if (!(await keptOrRefused(all()))) {
        ids = ids.slice(0, 300);
        await insertUsers(resources, users, ids);
        await all();
      }
      expectSame(await allMemberIds(resources, groups, "g-g", 1000), ids.toSorted(), "All are members");
      const next = { version: "v3", lastModified: at(9) };
      const outcome = await members.change(groups, "g-g", memberChange({ remove: ids.slice(1), next }));
      expectSame(outcome.removed.length, ids.length - 1, "All but one were removed");
      expectSame(await allMemberIds(resources, groups, "g-g"), ids.slice(0, 1), "One is left");
    },
  },
};
