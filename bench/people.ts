import { createHash } from "node:crypto";

/** A user as the comparisons use it. */
export interface Person {
  readonly schemas: readonly string[];
  readonly id: string;
  readonly externalId: string;
  readonly userName: string;
  readonly name: { readonly givenName: string; readonly familyName: string };
  readonly displayName: string;
  readonly title?: string;
  readonly userType: string;
  readonly active: boolean;
  readonly emails: readonly { readonly value: string; readonly type: string; readonly primary: boolean }[];
  readonly [ENTERPRISE]: { readonly employeeNumber: string; readonly department: string };
  readonly meta: { readonly resourceType: "User"; readonly created: string; readonly lastModified: string };
}

export const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const GIVEN = ["anna", "bert", "carla", "dmitri", "zoë", "fatima", "george", "hana", "ivan", "łucja", "karl"];
const FAMILY = ["Jensen", "Smith", "O'Malley", "García", "Nowak", "Schmidt", "Tanaka", "Okafor", "Rossi", "Dubois"];
const TITLES = ["Engineer", "Intern", "Team Lead", undefined];
const TYPES = ["Employee", "Contractor", "Partner"];
const DEPARTMENTS = ["Sales", "Engineering", "Support", "Finance", "Legal"];
const DOMAINS = ["example.com", "example.org", "example.net"];

const DAY = 86_400_000;

/** Person number `index`; no two are alike, and the same number is always the same person. */
export function person(index: number): Person {
  const [given, family] = [pick(GIVEN, index), pick(FAMILY, index * 7)];
  const userName = `${given}.${family.toLowerCase()}.${index}@${pick(DOMAINS, index)}`;
  const title = pick(TITLES, index * 3);
  const changed = new Date(Date.UTC(2024, 0, 1) + (index % 700) * DAY).toISOString();
  return {
    schemas: [CORE, ENTERPRISE],
    id: idOf(index),
    externalId: `00u${String(index).padStart(8, "0")}`,
    userName,
    name: { givenName: given, familyName: family },
    displayName: `${given} ${family}`,
    ...(title === undefined ? {} : { title }),
    userType: pick(TYPES, index),
    active: index % 5 !== 0,
    emails: [
      { value: userName, type: "work", primary: true },
      { value: `${given}${index}@home.${pick(DOMAINS, index + 1)}`, type: "home", primary: false },
    ],
    [ENTERPRISE]: { employeeNumber: String(100_000 + index), department: pick(DEPARTMENTS, index) },
    meta: { resourceType: "User", created: changed, lastModified: changed },
  };
}

/** An id that looks as random as a UUID and is the same each time. */
export function idOf(index: number): string {
  const hex = createHash("sha256").update(String(index)).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The first `count` persons. */
export function people(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => person(index));
}

/** A person as a client sends it: without what the service provider sets. */
export function newPerson(index: number): Omit<Person, "id" | "meta"> {
  const { id: _, meta: __, ...rest } = person(index);
  return rest;
}

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}
