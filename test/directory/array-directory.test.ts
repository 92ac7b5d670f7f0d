import { describe, expect, it } from "vitest";
import { arrayDirectory } from "../../src/directory/array-directory.ts";
import type { Directory } from "../../src/directory/directory.ts";
import type { GroupWithMembers } from "../../src/directory/directory-index.ts";
import type { DirectoryUser } from "../../src/directory/objects.ts";
import { runContract } from "../../src/testing/contract/run-contract.ts";
import { directoryContract } from "../../src/testing/directory/directory-contract.ts";

runContract({ describe, it }, "directory: arrays", directoryContract({ create: async (seed) => arrayDirectory(seed) }));

async function idsOf(directory: Directory): Promise<string[]> {
  return (await directory.users({ take: 99 })).objects.map((user) => user.id);
}

describe("an array directory", () => {
  it("sees what is put in, taken out and changed in place", async () => {
    const users: DirectoryUser[] = [{ id: "b" }, { id: "a", displayName: "Ada" }];
    const members = ["a"];
    const group = { id: "g", displayName: "Before", members };
    const directory = arrayDirectory({ users, groups: [group] });
    expect(await idsOf(directory)).toEqual(["a", "b"]);
    users.push({ id: "c" });
    expect(await idsOf(directory)).toEqual(["a", "b", "c"]);
    users[0] = { id: "d" };
    expect(await idsOf(directory)).toEqual(["a", "c", "d"]);
    users.length = 1;
    expect(await idsOf(directory)).toEqual(["d"]);
    members.push("d");
    expect(await directory.groupsOf(["d"])).toEqual(new Map([["d", ["g"]]]));
    members.splice(0);
    expect(await directory.members("g", { take: 9 })).toEqual({ members: [] });
    group.displayName = "After";
    expect(await directory.groupsById(["g"])).toEqual([{ id: "g", displayName: "After" }]);
  });

  it("sees a reference that is changed in place", async () => {
    const reference: { value: string; type: "User" | "Group" } = { value: "x", type: "User" };
    const directory = arrayDirectory({ users: [], groups: [{ id: "g", members: [reference] }] });
    expect((await directory.members("g", { take: 9 })).members).toEqual([{ value: "x", type: "User" }]);
    reference.type = "Group";
    expect((await directory.members("g", { take: 9 })).members).toEqual([{ value: "x", type: "Group" }]);
  });

  it("asks functions at each call, and passes on what they throw", async () => {
    const answers = [[{ id: "1" }], [{ id: "2" }]];
    const directory = arrayDirectory({
      users: async () => {
        const answer = answers.shift();
        if (answer === undefined) throw new RangeError("away");
        return answer;
      },
    });
    expect(await idsOf(directory)).toEqual(["1"]);
    expect(await idsOf(directory)).toEqual(["2"]);
    await expect(idsOf(directory)).rejects.toThrow(RangeError);
  });

  it("takes an id of a member for a group's where there is such a group", async () => {
    const groups: GroupWithMembers[] = [{ id: "outer", members: ["inner", "ada", { value: "far", type: "Group" }] }];
    const directory = arrayDirectory({ users: [{ id: "ada" }], groups: [...groups, { id: "inner" }] });
    expect((await directory.members("outer", { take: 9 })).members).toEqual([
      { value: "ada", type: "User" },
      { value: "far", type: "Group" },
      { value: "inner", type: "Group" },
    ]);
  });

  it.each<[string, unknown, unknown, string]>([
    ["an id that is missing", [{ id: "1" }, {}], [], "users[1].id must be a text that is not empty"],
    ["an id that is a number", [{ id: 1 }], [], "users[0].id must be a text"],
    ["what is no object", [null], [], "users[0].id must be a text"],
    ["an id that is there twice", [{ id: "1" }, { id: "2" }, { id: "1" }], [], "users[2].id is that of users[0] too"],
    ["a group with the id of a user", [{ id: "1" }], [{ id: "1" }], "groups[0].id is that of users[0] too"],
    ["members that are no list", [], [{ id: "g", members: "1" }], "groups[0].members must be a list"],
    ["a member without id", [], [{ id: "g", members: ["1", {}] }], "groups[0].members[1] must be an id"],
    ["a member of no kind", [], [{ id: "g", members: [{ value: "1", type: "Bot" }] }], "groups[0].members[0].type"],
  ])("refuses %s, saying where", async (_what, users, groups, message) => {
    const directory = arrayDirectory({ users: users as DirectoryUser[], groups: groups as GroupWithMembers[] });
    const failure = await directory.users({ take: 1 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TypeError);
    expect(String(failure)).toContain(message);
  });

  it("refuses what is neither list nor function", async () => {
    expect(() => arrayDirectory({ users: {} as never })).toThrow("arrayDirectory: users must be a list or a function");
    await expect(arrayDirectory({ users: (() => 5) as never }).users({ take: 1 })).rejects.toThrow(
      "arrayDirectory: the function for users must return a list",
    );
  });

  it("is not led astray by ids that are names of object members", async () => {
    const directory = arrayDirectory({
      users: [{ id: "__proto__" }, { id: "constructor" }],
      groups: [{ id: "toString", members: ["__proto__"] }],
    });
    expect(await idsOf(directory)).toEqual(["__proto__", "constructor"]);
    expect((await directory.groupsOf(["__proto__"])).get("__proto__")).toEqual(["toString"]);
    expect(await directory.usersById(["valueOf"])).toEqual([]);
  });
});
