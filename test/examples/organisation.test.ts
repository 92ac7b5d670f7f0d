import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { readOrganisation } from "../../examples/accept/organisation.ts";
import { makeOrganisation, printOrganisation } from "../../examples/data/make-organisation.ts";

const organisation = await readOrganisation();
const { users, groups } = organisation;

test("the organisation's file is what its script makes", async () => {
  const file = await readFile(new URL("../../examples/data/organisation.json", import.meta.url), "utf8");
  expect(printOrganisation(makeOrganisation()) === file).toBe(true);
});

test("the organisation has 500 users and 30 groups, half of the users and groups kept by each identity provider", () => {
  expect(users).toHaveLength(500);
  expect(groups).toHaveLength(30);
  expect(users.filter((user) => user.directory === "entra")).toHaveLength(250);
  expect(groups.filter((group) => group.directory === "entra")).toHaveLength(15);
});

test("user names, external ids, employee numbers and group names are unique", () => {
  const unique = (values: (string | undefined)[]) => {
    const there = values.filter((value) => value !== undefined).map((value) => value.toLowerCase());
    expect(new Set(there).size).toBe(there.length);
  };
  unique(users.map((user) => user.userName));
  unique(users.map((user) => user.externalId));
  unique(users.map((user) => user.employeeNumber));
  unique(groups.map((group) => group.displayName));
});

test("managers form one tree below the chief executive, and none has left", () => {
  const byName = new Map(users.map((user) => [user.userName, user]));
  const people = users.filter((user) => user.userType !== "Service");
  expect(people.filter((user) => user.manager === undefined)).toHaveLength(1);
  for (const person of people) {
    const seen = new Set<string>();
    let current = person;
    while (current.manager !== undefined) {
      expect(seen.has(current.userName)).toBe(false);
      seen.add(current.userName);
      const manager = byName.get(current.manager);
      if (manager === undefined) throw new TypeError(`${current.userName} has an unknown manager`);
      expect(manager.active).toBe(true);
      current = manager;
    }
    expect(current.title).toBe("Chief Executive Officer");
  }
});

test("groups hold from nobody to 300 known users, and a few users are in none", () => {
  const names = new Set(users.map((user) => user.userName));
  const sizes = groups.map((group) => group.members.length);
  expect(Math.max(...sizes)).toBe(300);
  expect(Math.min(...sizes)).toBe(0);
  const members = groups.flatMap((group) => group.members);
  expect(members.every((userName) => names.has(userName))).toBe(true);
  for (const group of groups) expect(new Set(group.members).size).toBe(group.members.length);
  expect(users.length - new Set(members).size).toBe(6);
});

test("names come in many scripts, some shared, some single, some with apostrophes; some people have left", () => {
  const all = users.map((user) => user.displayName).join("\n");
  const scripts = [
    /\p{Script=Han}/u,
    /\p{Script=Hangul}/u,
    /\p{Script=Hiragana}/u,
    /\p{Script=Arabic}/u,
    /\p{Script=Greek}/u,
  ];
  for (const script of [
    ...scripts,
    /\p{Script=Cyrillic}/u,
    /\p{Script=Devanagari}/u,
    /[ÅÖÞðłặễ]/u,
    /O'Neill/,
    /D'Angelo/,
  ]) {
    expect(all).toMatch(script);
  }
  const displayNames = users.map((user) => user.displayName);
  expect(new Set(displayNames).size).toBeLessThan(displayNames.length);
  expect(users.filter((user) => !user.active)).toHaveLength(30);
  expect(users.filter((user) => user.userType === "Service" && user.name === undefined)).toHaveLength(12);
  expect(users.filter((user) => user.name !== undefined && user.name.givenName === undefined).length).toBeGreaterThan(
    0,
  );
});

test("every address is in a domain reserved for examples", () => {
  const addresses = users.flatMap((user) => [user.userName, user.workEmail, user.homeEmail]);
  for (const address of addresses) expect(address ?? "@example.com").toMatch(/[@.]example\.(com|org|net)$/);
});
