/**
 * Writes `organisation.json`: an organisation that does not exist, always the same one. Run it after a change to the
 * lists beside it: `node --experimental-strip-types examples/data/make-organisation.ts`.
 */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Organisation, OrganisationGroup, OrganisationUser } from "../accept/organisation.ts";
import { startedDirectly } from "../started-directly.ts";
import { DIVISIONS, type Division, SERVICE_ACCOUNTS } from "./divisions.ts";
import { GROUPS } from "./groups.ts";
import { NAMES, SINGLE_NAMES } from "./names.ts";
import { SITES, type Site } from "./sites.ts";

const DOMAIN = { entra: "halden.example.com", okta: "osei-lee.example.org" } as const;
const COMPANY = { entra: "Halden Instruments Ltd", okta: "Osei, Lee & Partners Inc." } as const;

/** A small generator of numbers that look random and never change (mulberry32). */
function generator(seed: number): { below(limit: number): number; pick<T>(list: readonly T[]): T } {
  let state = seed;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  const pick = <T>(list: readonly T[]): T => {
    const [chosen] = list.slice(below(list.length));
    if (chosen === undefined) throw new TypeError("pick from an empty list");
    return chosen;
  };
  return { below, pick };
}

type Random = ReturnType<typeof generator>;

/** A name as it is written, and in Latin letters. */
interface Written {
  native: string;
  latin: string;
}

function written(entry: string): Written {
  const [native = entry, latin = native] = entry.split("|").map((part) => part.replaceAll("_", " "));
  return { native, latin };
}

const SPECIAL: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  æ: "ae",
  ł: "l",
  ı: "i",
  ɔ: "o",
  ɛ: "e",
  "’": "'",
  ʻ: "",
};

/** The part of a user name that a name becomes: lower case, no accents, apostrophes kept. */
function login(latin: string): string {
  const lower = latin.toLowerCase().replace(/[ßøđðþæłıɔɛ’ʻ]/g, (letter) => SPECIAL[letter] ?? letter);
  return lower
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/\s+/g, "-")
    .replace(/[^a-z0-9.'-]/g, "");
}

/** An id that depends on nothing but what it is for, in the form the identity provider uses. */
function externalId(directory: "entra" | "okta", of: string): string {
  const hash = createHash("sha256").update(`${directory}:${of}`).digest();
  if (directory === "okta")
    return `00u${hash
      .toString("base64")
      .replace(/[^A-Za-z0-9]/g, "")
      .slice(0, 14)}5d7`;
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

function nameOf(site: Site, random: Random, index: number): { name: OrganisationUser["name"]; latin: string } {
  if (index % 81 === 40) {
    const single = written(SINGLE_NAMES[Math.floor(index / 81) % SINGLE_NAMES.length] ?? "Thiri");
    const part = index % 2 === 0 ? "givenName" : "familyName";
    return { name: { formatted: single.native, [part]: single.native }, latin: single.latin };
  }
  const list = NAMES[random.pick(site.languages)];
  const given = written(random.pick(list.given.split(" ")));
  const family = written(random.pick(list.family.split(" ")));
  const name: NonNullable<OrganisationUser["name"]> = {
    formatted:
      list.order === "given family"
        ? `${given.native} ${family.native}`
        : `${family.native}${list.order === "familygiven" ? "" : " "}${given.native}`,
    familyName: family.native,
    givenName: given.native,
  };
  if (list === NAMES.american && index % 3 === 0) name.middleName = random.pick(["A.", "Lee", "Marie", "J. R.", "Ξ"]);
  if (list === NAMES.american && index % 19 === 0) name.honorificSuffix = random.pick(["Jr.", "III", "PhD"]);
  return { name, latin: `${given.latin}.${family.latin}` };
}

function phone(site: Site, random: Random): string {
  const pattern = site.phone ?? "+44 20 7946 0100 ext. 4###";
  return pattern.replace(/#/g, () => String(random.below(10)));
}

function personAt(site: Site, index: number, random: Random, taken: Set<string>): OrganisationUser {
  const { name, latin } = nameOf(site, random, index);
  const base = latin.split(".").map(login).join(".");
  let local = base;
  for (let count = 2; taken.has(`${local}@${DOMAIN[site.directory]}`); count++) local = `${base}${count}`;
  const userName = `${local}@${DOMAIN[site.directory]}`;
  taken.add(userName);
  const address: NonNullable<OrganisationUser["address"]> = {
    streetAddress: site.street,
    locality: site.locality,
    postalCode: site.postalCode,
    country: site.country,
  };
  if (site.region !== undefined) address.region = site.region;
  const user: OrganisationUser = {
    directory: site.directory,
    externalId: externalId(site.directory, userName),
    userName,
    userType: index % 14 === 9 ? "Contractor" : "Employee",
    active: index % 13 !== 11,
    displayName: name?.formatted ?? latin,
    name,
    employeeNumber: String(10000 + index * 7),
    organization: COMPANY[site.directory],
    workEmail: userName,
    workPhone: phone(site, random),
    address,
    locale: site.locale,
    preferredLanguage: site.locale,
    timezone: site.timezone,
  };
  if (index % 9 === 2) user.homeEmail = `${base.replaceAll("'", "")}${index}@home.example.net`;
  if (index % 4 === 1) user.mobilePhone = `+44 7700 900${String(index).padStart(3, "0")}`;
  return user;
}

function serviceAccounts(): OrganisationUser[] {
  return SERVICE_ACCOUNTS.map(({ login: local, displayName, directory }) => {
    const userName = `${local}@${DOMAIN[directory]}`;
    return {
      directory,
      externalId: externalId(directory, userName),
      userName,
      userType: "Service",
      active: true,
      displayName,
    };
  });
}

/** Puts people into divisions and teams, and gives everyone but the first a manager. */
function employ(people: OrganisationUser[], random: Random): void {
  const [chief, ...others] = people;
  if (chief === undefined) return;
  Object.assign(chief, {
    title: "Chief Executive Officer",
    division: "Executive Office",
    costCenter: "CC-0100",
    active: true,
  });
  const lottery = DIVISIONS.flatMap((division) => Array<Division>(division.weight).fill(division));
  const heads = new Map<Division, OrganisationUser>();
  const leads = new Map<string, OrganisationUser>();
  for (const person of others) {
    const division = DIVISIONS.find((candidate) => !heads.has(candidate)) ?? random.pick(lottery);
    const head = heads.get(division);
    person.division = division.name;
    person.costCenter = division.costCenter;
    if (head === undefined) {
      heads.set(division, person);
      Object.assign(person, { title: division.head, manager: chief.userName, active: true, userType: "Employee" });
      continue;
    }
    person.department = random.pick(division.teams);
    const team = `${division.name}/${person.department}`;
    const part = `${team}/${person.directory}`;
    const lead = leads.get(part) ?? leads.get(team);
    if (leads.has(part)) {
      person.title = random.pick(division.titles);
    } else {
      person.title = leads.has(team) ? `Team Lead ${person.department}` : `Head of ${person.department}`;
      leads.set(leads.has(team) ? part : team, person);
      Object.assign(person, { active: true, userType: "Employee" });
    }
    person.manager = (lead ?? head).userName;
    if (/Scientist/.test(person.title) && person.name !== undefined) person.name.honorificPrefix = "Dr.";
  }
}

function groupsOf(users: readonly OrganisationUser[]): OrganisationGroup[] {
  // Nobody has put the newest colleagues into a group yet.
  const newest = new Set(users.filter((user) => user.userType !== "Service" && Number(user.employeeNumber) > 13370));
  return GROUPS.map((plan) => ({
    directory: plan.directory,
    externalId: externalId("entra", `group:${plan.displayName}`),
    displayName: plan.displayName,
    members: users
      .filter((user, index) => !newest.has(user) && plan.has(user, index))
      .slice(0, plan.most)
      .map((user) => user.userName),
  }));
}

/** The organisation, the same one every time. */
export function makeOrganisation(): Organisation {
  const random = generator(20_260_301);
  const taken = new Set<string>();
  const people: OrganisationUser[] = [];
  const queue = SITES.map((site) => ({ site, left: site.people }));
  // One from each site in turn, so that leaders come from everywhere.
  while (queue.some((entry) => entry.left > 0)) {
    for (const entry of queue) {
      if (entry.left-- > 0) people.push(personAt(entry.site, people.length, random, taken));
    }
  }
  employ(people, random);
  const users = [...people, ...serviceAccounts()];
  return { name: "Halden, Osei & Lee", users, groups: groupsOf(users) };
}

/** One user or group a line, so that a change shows as the line it is. */
export function printOrganisation({ name, users, groups }: Organisation): string {
  const lines = (list: readonly object[]) => list.map((entry) => `    ${JSON.stringify(entry)}`).join(",\n");
  return `{\n  "name": ${JSON.stringify(name)},\n  "users": [\n${lines(users)}\n  ],\n  "groups": [\n${lines(groups)}\n  ]\n}\n`;
}

if (startedDirectly(import.meta.url)) {
  await writeFile(new URL("organisation.json", import.meta.url), printOrganisation(makeOrganisation()));
}
