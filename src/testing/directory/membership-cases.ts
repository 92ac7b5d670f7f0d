import { expectSame } from "../contract/contract-violation.ts";
import {
  allMembers,
  type DirectoryCase,
  type DirectorySeed,
  groupsById,
  memberOf,
  personOf,
  teamOf,
} from "./directory-case.ts";

/** Cases on memberships. */
export type DirectoryMembershipCaseId =
  | "members.both-kinds"
  | "members.direct"
  | "members.order"
  | "members.pages-tile"
  | "members.after"
  | "members.absent-group"
  | "has-members.which"
  | "has-members.direct"
  | "groups-of.direct"
  | "groups-of.transitive"
  | "groups-of.cycle"
  | "groups-of.absent"
  | "groups-of.order";

const ORDERED: readonly string[] = ["A", "Z", "a", "é", "\uffff", "\u{1f600}"];

/** Ada is in engines, engines and Bob in the whole. */
const NESTED: DirectorySeed = {
  users: ["ada", "bob", "eve"].map(personOf),
  groups: [teamOf("g-engines", "ada"), teamOf("g-whole", "g-engines", "bob"), teamOf("g-empty")],
};

const CYCLE: DirectorySeed = {
  users: [personOf("ada")],
  groups: [teamOf("g1", "ada", "g3"), teamOf("g2", "g1"), teamOf("g3", "g2")],
};

/** The guarantees on memberships. */
export const directoryMembershipCases: Readonly<Record<DirectoryMembershipCaseId, DirectoryCase>> = {
  "members.both-kinds": {
    title: "returns the users and the groups in a group, with their type",
    seed: NESTED,
    async run({ directory }) {
      expectSame(await allMembers(directory, "g-whole", 9), ["bob", "g-engines"].map(memberOf), "Both are there");
      expectSame(await allMembers(directory, "g-empty", 9), [], "An empty group has none");
    },
  },
  "members.direct": {
    title: "returns direct members only",
    seed: NESTED,
    async run({ directory }) {
      const members = await allMembers(directory, "g-whole", 9);
      expectSame(
        members.some((member) => member.value === "ada"),
        false,
        "Members of members are not returned",
      );
    },
  },
  "members.order": {
    title: "returns members in binary order of their ids",
    seed: { users: ORDERED.map(personOf), groups: [teamOf("g1", ...ORDERED.toReversed())] },
    async run({ directory }) {
      for (const take of [99, 1]) {
        const ids = (await allMembers(directory, "g1", take)).map((member) => member.value);
        expectSame(ids, ORDERED, "The order is that of the ids' UTF-8 bytes");
      }
    },
  },
  "members.pages-tile": {
    title: "pages through all members once; next is absent at the end",
    seed: { users: ids(25).map(personOf), groups: [teamOf("g1", ...ids(25))] },
    async run({ directory }) {
      for (const take of [1, 7, 24, 25, 26]) {
        const members = (await allMembers(directory, "g1", take)).map((member) => member.value);
        expectSame(members, ids(25), `Pages of ${take} tile`);
      }
      expectSame((await directory.members("g1", { take: 25 })).next, undefined, "Nothing comes after the last one");
    },
  },
  "members.after": {
    title: "begins a page of members after an id, whether it exists or not",
    seed: { users: ["a", "c", "e"].map(personOf), groups: [teamOf("g1", "a", "c", "e")] },
    async run({ directory }) {
      const behind = async (after: string) =>
        (await directory.members("g1", { after, take: 9 })).members.map((member) => member.value);
      expectSame(await behind("a"), ["c", "e"], "after is left out itself");
      expectSame(await behind("b"), ["c", "e"], "after need not be there");
    },
  },
  "members.absent-group": {
    title: "has no members of a group that does not exist",
    seed: NESTED,
    async run({ directory }) {
      expectSame(await directory.members("g-gone", { take: 9 }), { members: [] }, "There are none, and no error");
      expectSame([...(await directory.hasMembers("g-gone", ["ada"]))], [], "Nobody is in it");
    },
  },
  "has-members.which": {
    title: "returns which of some ids are in a group",
    seed: NESTED,
    async run({ directory }) {
      const found = await directory.hasMembers("g-whole", ["eve", "bob", "g-engines", "nobody", "bob"]);
      expectSame([...found].sort(), ["bob", "g-engines"], "Those that are in it, and no other ids");
      expectSame([...(await directory.hasMembers("g-whole", []))], [], "No ids, no members");
    },
  },
  "has-members.direct": {
    title: "treats only direct members as members",
    seed: NESTED,
    async run({ directory }) {
      expectSame([...(await directory.hasMembers("g-whole", ["ada"]))], [], "A member of a member is not a member");
    },
  },
  "groups-of.direct": {
    title: "returns the groups that users and groups are in directly",
    seed: NESTED,
    async run({ directory }) {
      const found = await directory.groupsOf(["ada", "bob", "eve", "g-engines"]);
      const expected = { ada: ["g-engines"], bob: ["g-whole"], "g-engines": ["g-whole"] };
      expectSame(groupsById(found), expected, "Direct groups alone");
    },
  },
  "groups-of.transitive": {
    title: "returns groups of groups as well, if requested",
    seed: NESTED,
    async run({ directory }) {
      const found = await directory.groupsOf(["ada", "bob", "g-engines"], { transitive: true });
      const expected = { ada: ["g-engines", "g-whole"], bob: ["g-whole"], "g-engines": ["g-whole"] };
      expectSame(groupsById(found), expected, "All the way up");
    },
  },
  "groups-of.cycle": {
    title: "ends if groups form a cycle, and leaves out the given group itself",
    seed: CYCLE,
    async run({ directory }) {
      const found = await directory.groupsOf(["ada", "g1"], { transitive: true });
      expectSame(groupsById(found), { ada: ["g1", "g2", "g3"], g1: ["g2", "g3"] }, "Each once");
    },
  },
  "groups-of.absent": {
    title: "returns no groups for an id that does not exist",
    seed: NESTED,
    async run({ directory }) {
      const found = await directory.groupsOf(["nobody", "ada"]);
      expectSame(
        groupsById(found),
        { ada: ["g-engines"] },
        "It is missing, or without groups; the other one is returned",
      );
    },
  },
  "groups-of.order": {
    title: "returns groups in binary order of their ids",
    seed: { users: [personOf("ada")], groups: ["g\u{1f600}", "g\uffff", "ga", "gA"].map((id) => teamOf(id, "ada")) },
    async run({ directory }) {
      const expected = { ada: ["gA", "ga", "g\uffff", "g\u{1f600}"] };
      for (const transitive of [false, true]) {
        expectSame(groupsById(await directory.groupsOf(["ada"], { transitive })), expected, "The order is binary");
      }
    },
  },
};

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `u${index + 10}`);
}
