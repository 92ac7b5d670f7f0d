import type { Directory } from "../../directory/directory.ts";
import { expectFailure, expectSame, expectThat } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import { type DirectoryCase, type DirectorySeed, idPages, type Listing, personOf, teamOf } from "./directory-case.ts";

/** Cases on users and groups. */
export type DirectoryListingCaseId =
  | "users.order"
  | "users.pages-tile"
  | "users.after"
  | "users.ids-only"
  | "users.by-id"
  | "users.whole"
  | "users.many"
  | "groups.order"
  | "groups.pages-tile"
  | "groups.after"
  | "groups.by-id"
  | "groups.without-members"
  | "kinds.apart"
  | "outage.throws";

/** Ids in the order of their UTF-8 bytes, which differs from that of code units and of locales. */
const ORDERED: readonly string[] = ["A", "Z", "a", "b", "z", "é", "\uffff", "\u{1f600}"];

const SEVEN: readonly string[] = ["1", "2", "3", "4", "5", "6", "7"];
const MANY: readonly string[] = Array.from({ length: 450 }, (_, index) => String(index + 1000));

/** The guarantees on users and groups. */
export const directoryListingCases: Readonly<Record<DirectoryListingCaseId, DirectoryCase>> = {
  "users.order": {
    title: "lists users in binary order of their ids",
    seed: peopleOf(ORDERED.toReversed()),
    run: ({ directory }) => expectOrder(usersOf(directory)),
  },
  "users.pages-tile": {
    title: "pages through all users once; next is absent at the end",
    seed: peopleOf(SEVEN),
    run: ({ directory }) => expectTiles(usersOf(directory)),
  },
  "users.after": {
    title: "begins a page of users after an id, whether it exists or not",
    seed: peopleOf(["a", "c", "e"]),
    run: ({ directory }) => expectAfter(usersOf(directory)),
  },
  "users.ids-only": {
    title: "lists the same users if only their ids are requested",
    seed: peopleOf(SEVEN),
    async run({ directory }) {
      expectSame((await idPages(usersOf(directory), 3, true)).flat(), SEVEN, "The ids are the same");
    },
  },
  "users.by-id": {
    title: "returns the users that exist by id, each once, and leaves out the others",
    seed: peopleOf(SEVEN),
    async run({ directory }) {
      const found = await directory.usersById(["3", "nobody", "1", "3"]);
      expectSame(found.map((user) => user.id).sort(), ["1", "3"], "Those that exist, each once");
      expectSame(await directory.usersById(["nobody"]), [], "Absence is a missing entry, not an error");
      expectSame(await directory.usersById([]), [], "No ids, no users");
    },
  },
  "users.whole": {
    title: "returns users with the same attributes in a listing and by id",
    seed: { users: [personOf("1"), { ...personOf("2"), active: false }], groups: [] },
    async run({ directory }) {
      const listed = (await directory.users({ take: 9 })).objects;
      const expected = [personOf("1"), { ...personOf("2"), active: false }];
      for (const users of [
        listed,
        (await directory.usersById(["1", "2"])).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      ]) {
        const known = users.map(({ id, userName, active, displayName, name, emails }) => ({
          ...{ id, userName, active, displayName, name, emails },
        }));
        expectSame(known, expected, "The attributes are there");
      }
    },
  },
  "users.many": {
    title: "pages through hundreds of users, whatever the size of a page",
    seed: peopleOf(MANY),
    async run({ directory }) {
      for (const take of [100, 449, 450, 1000]) {
        expectSame((await idPages(usersOf(directory), take)).flat(), MANY, `Pages of ${take} tile`);
      }
      expectSame((await directory.usersById(MANY)).length, MANY.length, "All are there by id");
    },
  },
  "groups.order": {
    title: "lists groups in binary order of their ids",
    seed: teamsOf(ORDERED.toReversed()),
    run: ({ directory }) => expectOrder(groupsOf(directory)),
  },
  "groups.pages-tile": {
    title: "pages through all groups once; next is absent at the end",
    seed: teamsOf(SEVEN),
    run: ({ directory }) => expectTiles(groupsOf(directory)),
  },
  "groups.after": {
    title: "begins a page of groups after an id, whether it exists or not",
    seed: teamsOf(["a", "c", "e"]),
    run: ({ directory }) => expectAfter(groupsOf(directory)),
  },
  "groups.by-id": {
    title: "returns the groups that exist by id, each once, and leaves out the others",
    seed: teamsOf(SEVEN),
    async run({ directory }) {
      const found = await directory.groupsById(["3", "nothing", "3"]);
      const known = found.map(({ id, displayName }) => ({ id, displayName }));
      expectSame(known, [{ id: "3", displayName: "Team 3" }], "The one that exists, once");
    },
  },
  "groups.without-members": {
    title: "returns groups without their members",
    seed: { users: [personOf("u1")], groups: [teamOf("g1", "u1")] },
    async run({ directory }) {
      const groups = [...(await directory.groups({ take: 9 })).objects, ...(await directory.groupsById(["g1"]))];
      expectSame(groups.length, 2, "The group is there");
      for (const group of groups) expectThat(!Object.hasOwn(group, "members"), "Members are not an attribute");
    },
  },
  "kinds.apart": {
    title: "keeps users and groups apart",
    seed: { users: [personOf("u1")], groups: [teamOf("g1")] },
    async run({ directory }) {
      expectSame(await idPages(usersOf(directory), 9), [["u1"]], "Only users are listed as users");
      expectSame(await idPages(groupsOf(directory), 9), [["g1"]], "Only groups are listed as groups");
      expectSame(await directory.usersById(["g1"]), [], "A group is not a user");
      expectSame(await directory.groupsById(["u1"]), [], "A user is not a group");
    },
  },
  "outage.throws": {
    title: "throws if it cannot read, instead of returning nothing",
    seed: { users: [personOf("u1")], groups: [teamOf("g1", "u1")] },
    needs: "breakDown",
    async run({ directory, breakDown }) {
      appliesIf(breakDown !== undefined, "the directory cannot be made to fail");
      await breakDown();
      await expectFailure(directory.users({ take: 9 }), "An outage is not an empty listing of users");
      await expectFailure(directory.groups({ take: 9 }), "An outage is not an empty listing of groups");
      await expectFailure(directory.usersById(["u1"]), "An outage does not mean that a user is missing");
      await expectFailure(directory.groupsById(["g1"]), "An outage does not mean that a group is missing");
      await expectFailure(directory.members("g1", { take: 9 }), "An outage is not an empty group");
      await expectFailure(directory.hasMembers("g1", ["u1"]), "An outage does not mean that a membership is missing");
      await expectFailure(directory.groupsOf(["u1"]), "An outage does not mean that there are no groups");
    },
  },
};

function peopleOf(ids: readonly string[]): DirectorySeed {
  return { users: ids.map(personOf), groups: [] };
}

function teamsOf(ids: readonly string[]): DirectorySeed {
  return { users: [], groups: ids.map((id) => teamOf(id)) };
}

function usersOf(directory: Directory): Listing {
  return (query) => directory.users(query);
}

function groupsOf(directory: Directory): Listing {
  return (query) => directory.groups(query);
}

async function expectOrder(listing: Listing): Promise<void> {
  expectSame((await idPages(listing, 99)).flat(), ORDERED, "The order is that of the ids' UTF-8 bytes");
  expectSame((await idPages(listing, 1)).flat(), ORDERED, "Pages follow the same order");
}

async function expectTiles(listing: Listing): Promise<void> {
  for (const take of [1, 2, 6, 7, 8]) expectSame((await idPages(listing, take)).flat(), SEVEN, `Pages of ${take} tile`);
  const whole = await listing({ take: 7 });
  expectSame(whole.next, undefined, "Nothing comes after the last one");
  const first = await listing({ take: 2 });
  const last = first.objects.at(-1)?.id ?? "";
  expectThat(
    first.next !== undefined && first.next >= last && first.next < "7",
    "next is an id of the page's own range",
  );
}

async function expectAfter(listing: Listing): Promise<void> {
  const behind = async (after: string) => (await listing({ after, take: 9 })).objects.map((object) => object.id);
  expectSame(await behind("a"), ["c", "e"], "after is left out itself");
  expectSame(await behind("b"), ["c", "e"], "after need not be there");
  expectSame(await behind("e"), [], "Nothing comes after the last");
  expectSame(await behind("z"), [], "Nor after an id beyond the last");
}
