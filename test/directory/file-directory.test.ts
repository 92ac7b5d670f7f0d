import { mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Directory } from "../../src/directory/directory.ts";
import { DirectoryFileError } from "../../src/directory/directory-file-error.ts";
import { fileDirectory } from "../../src/directory/file-directory.ts";
import { runContract } from "../../src/testing/contract/run-contract.ts";
import type { DirectorySeed } from "../../src/testing/directory/directory-case.ts";
import { directoryContract } from "../../src/testing/directory/directory-contract.ts";

let folder = "";
let count = 0;
const paths = new WeakMap<Directory, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scimkit-directory-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function put(ending: string, text: string): Promise<string> {
  count += 1;
  const path = join(folder, `people-${count}.${ending}`);
  await writeFile(path, text);
  return path;
}

function csvOf(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => row.map((cell) => `"${String(cell ?? "").replaceAll('"', '""')}"`).join(",")).join("\r\n");
}

const COLUMNS = ["id", "userName", "active", "displayName", "name.givenName", "name.familyName", "emails"];

function csvUsers({ users }: DirectorySeed): string {
  const rows = users.map(({ id, userName, active, displayName, name, emails }) => {
    const { givenName, familyName } = typeof name === "object" ? name : {};
    return [id, userName, active, displayName, givenName, familyName, emails?.map((email) => email.value).join(";")];
  });
  return csvOf([COLUMNS, ...rows]);
}

function csvGroups({ groups }: DirectorySeed): string {
  const rows = groups.map(({ id, displayName, members }) => [
    id,
    displayName,
    members.map(({ value }) => value).join(";"),
  ]);
  return csvOf([["id", "displayName", "members"], ...rows]);
}

function remembered(directory: Directory, path: string): Directory {
  paths.set(directory, path);
  return directory;
}

const breakDown = async (directory: Directory) => rm(paths.get(directory) ?? "");

runContract(
  { describe, it },
  "directory: a JSON file",
  directoryContract({
    create: async (seed) => {
      const path = await put("json", JSON.stringify(seed));
      return remembered(fileDirectory(path), path);
    },
    breakDown,
  }),
);

runContract(
  { describe, it },
  "directory: two CSV files",
  directoryContract({
    create: async (seed) => {
      const [users, groups] = [await put("csv", csvUsers(seed)), await put("csv", csvGroups(seed))];
      return remembered(fileDirectory({ users, groups }), users);
    },
    breakDown,
  }),
);

async function usersOf(text: string, ending = "csv"): Promise<readonly unknown[]> {
  return (await fileDirectory(await put(ending, text)).users({ take: 99 })).objects;
}

describe("columns of CSV", () => {
  it("are attributes as they are; empty cells say nothing", async () => {
    expect(await usersOf("\uFEFFid,userName,shoeSize,name\n1, ada ,38,Ada Lovelace\n2,bob,,\n")).toEqual([
      { id: "1", userName: "ada", shoeSize: "38", name: "Ada Lovelace" },
      { id: "2", userName: "bob" },
    ]);
  });

  it("make objects where they have dots, and behind a URN", async () => {
    const urn = "urn:example:params:scim:schemas:extension:badge:1.0:User";
    expect(
      await usersOf(`id,name.givenName,name.familyName,enterprise.manager.value,${urn}:door\n1,Ada,,9,4\n`),
    ).toEqual([{ id: "1", name: { givenName: "Ada" }, enterprise: { manager: { value: "9" } }, [urn]: { door: "4" } }]);
  });

  it("of lists are split, and typed behind a dot", async () => {
    const header = "id,emails,emails.home,phoneNumbers.work,addresses.work.locality,addresses.work.country,roles";
    expect(await usersOf(`${header}\n1,a@b; c@d,e@f,123,London,GB,admin;;owner\n`)).toEqual([
      {
        id: "1",
        emails: [{ value: "a@b", primary: true }, { value: "c@d" }, { value: "e@f", type: "home" }],
        phoneNumbers: [{ value: "123", type: "work" }],
        addresses: [{ locality: "London", country: "GB", type: "work" }],
        roles: [{ value: "admin" }, { value: "owner" }],
      },
    ]);
  });

  it("active and kind are read as what they mean", async () => {
    expect(await usersOf("id,active,kind\n1,TRUE,user\n2,false,service_account\n3,,\n")).toEqual([
      { id: "1", active: true, kind: "user" },
      { id: "2", active: false, kind: "service_account" },
      { id: "3" },
    ]);
  });

  it("groups makes groups by name, and is not an attribute", async () => {
    const directory = fileDirectory(await put("csv", "id,groups\n1,Engines; Whole\n2,Whole\n3,\n"));
    expect((await directory.groups({ take: 9 })).objects).toEqual([
      { id: "Engines", displayName: "Engines" },
      { id: "Whole", displayName: "Whole" },
    ]);
    expect(await directory.groupsOf(["1"])).toEqual(new Map([["1", ["Engines", "Whole"]]]));
    expect(await directory.usersById(["1"])).toEqual([{ id: "1" }]);
  });

  it("groups names groups by id where they have a file of their own", async () => {
    const groups = await put("json", JSON.stringify([{ id: "g1", displayName: "Engines", members: ["2"] }]));
    const directory = fileDirectory({ users: await put("csv", "id,groups\n1,g1\n2,\n"), groups });
    expect((await directory.members("g1", { take: 9 })).members.map((member) => member.value)).toEqual(["1", "2"]);
    const unknown = fileDirectory({ users: await put("csv", "id,groups\n1,\n2,g9\n"), groups });
    await expect(unknown.users({ take: 1 })).rejects.toThrow(/line 3: groups contains an id that is not in people-/);
  });

  it("may be separated by something else", async () => {
    const directory = fileDirectory({
      users: await put("csv", 'id;userName;emails\n1;ada;"a@b;c@d"\n'),
      delimiter: ";",
    });
    expect((await directory.usersById(["1"]))[0]?.emails).toHaveLength(2);
  });
});

describe("a file that is broken", () => {
  it.each([
    ["an empty file", "csv", "", 1, "the first line with the names of the columns is missing"],
    ["a cell too few", "csv", "id,userName\n1,ada\n2\n", 3, "the number of cells differs"],
    ["a quotation mark left open", "csv", 'id,userName\n1,"ada\n', 2, "is not closed"],
    ["a quotation mark astray", "csv", 'id,userName\n1,a"da\n', 2, "quotation mark"],
    ["an id that is missing", "csv", "id,userName\n1,ada\n,bob\n", 3, "id must be a text"],
    ["no column for ids", "csv", "userName\nada\n", 2, "id must be a text"],
    ["an id that is there twice", "csv", 'id,userName\n1,"a\nda"\n1,bob\n', 4, "id is that of users[0] too"],
    ["active that is neither", "csv", "id,active\n1,true\n2,perhaps\n", 3, "active must be true or false"],
    ["kind that is none", "csv", "id,kind\n1,robot\n", 2, "kind must be user or service_account"],
    ["a column twice", "csv", "id,userName,id\n", 1, "the columns id and id are the same attribute"],
    ["a column and a part of it", "csv", "id,name.givenName,name\n", 1, "name.givenName and name"],
    ["a column without a name", "csv", "id,,x\n", 1, "the column 2 has no name"],
    ["a column that reaches a prototype", "csv", "id,a.__proto__.b\n", 1, "cannot be an attribute"],
    ["a group with the id of a user", "csv", "id,groups\n1,x\n2,1\n", 3, "is that of users[0] too"],
    ["JSON that ends too soon", "json", '{\n"users": [\n{ "id": "1" }', 3, "not JSON"],
    ["JSON with a word that is none", "json", '{ "users": [\n{ "id": yes },\n{ "id": "2" }\n] }\n', 2, "not JSON"],
    ["an empty JSON file", "json", "", 1, "not JSON"],
    ["JSON without users", "json", '{ "people": [] }', undefined, "users must be a list"],
    ["JSON that is a number", "json", "5", undefined, "must contain a list of users"],
    ["JSON with groups that are none", "json", '{ "users": [], "groups": {} }', undefined, "groups must be a list"],
    ["a user of JSON without id", "json", '[{ "id": "1" }, {}]', undefined, "users[1].id must be a text"],
  ])("is an error with the place: %s", async (_what, ending, text, line, reason) => {
    const directory = fileDirectory(await put(ending, text));
    const failure = await directory.users({ take: 9 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DirectoryFileError);
    expect(failure).toMatchObject({ status: 503, line, message: expect.stringContaining(reason) });
    await expect(directory.usersById(["1"])).rejects.toThrow(DirectoryFileError);
  });

  it("shows nothing of its content", async () => {
    const directory = fileDirectory(await put("csv", "id,active\n1,hunter2\n"));
    await expect(directory.users({ take: 9 })).rejects.toThrow(
      /^people-\d+\.csv, line 2: active must be true or false$/,
    );
  });

  it("that is not UTF-8 is refused", async () => {
    const path = await put("csv", "");
    await writeFile(path, Buffer.from([0x69, 0x64, 0x0a, 0xe9, 0x0a]));
    await expect(fileDirectory(path).users({ take: 1 })).rejects.toThrow("this is not UTF-8");
  });

  it("that is missing is an error until it is there", async () => {
    const directory = fileDirectory(join(folder, "later.csv"));
    await expect(directory.users({ take: 9 })).rejects.toThrow("later.csv: it cannot be read");
    await writeFile(join(folder, "later.csv"), "id\n1\n");
    expect(await directory.usersById(["1"])).toHaveLength(1);
  });
});

describe("a file that changes", () => {
  it("is read again, and only then", async () => {
    const path = await put("csv", "id,userName\n1,ada\n");
    const directory = fileDirectory(path);
    const [before] = await directory.usersById(["1"]);
    expect((await directory.usersById(["1"]))[0]).toBe(before);
    await writeFile(path, "id,userName\n1,ada\n2,bob\n");
    expect(await directory.usersById(["1", "2"])).toHaveLength(2);
    const next = await put("csv", "id,userName\n1,eve\n2,bob\n");
    await rename(next, path);
    expect((await directory.usersById(["1"]))[0]?.userName).toBe("eve");
  });

  it("to something broken and back fails in between", async () => {
    const path = await put("json", '[{ "id": "1" }]');
    const directory = fileDirectory(path);
    expect(await directory.usersById(["1"])).toHaveLength(1);
    await writeFile(path, '[{ "id": "1" }');
    await expect(directory.usersById(["1"])).rejects.toThrow(DirectoryFileError);
    await writeFile(path, '[{ "id": "1" }]');
    await utimes(path, 1, 1);
    expect(await directory.usersById(["1"])).toHaveLength(1);
  });

  it("is read once by many who ask at once", async () => {
    const directory = fileDirectory(await put("csv", "id\n1\n"));
    const answers = await Promise.all([1, 2, 3].map(() => directory.usersById(["1"])));
    expect(new Set(answers.map(([user]) => user)).size).toBe(1);
  });
});

it("refuses options that are wrong, naming them", () => {
  expect(() => fileDirectory("people.xlsx")).toThrow("fileDirectory: users: must be the path of a .csv or .json file");
  expect(() => fileDirectory({ users: "a.csv", delimiter: ";;" })).toThrow(/^fileDirectory: delimiter/);
  expect(() => fileDirectory({ users: "a.csv", teams: "b.csv" } as never)).toThrow(/teams/);
});

it("refuses groups in two places", async () => {
  const users = await put("json", '{ "users": [], "groups": [] }');
  const directory = fileDirectory({ users, groups: await put("json", "[]") });
  await expect(directory.users({ take: 1 })).rejects.toThrow("it contains groups although there is a file of groups");
});
