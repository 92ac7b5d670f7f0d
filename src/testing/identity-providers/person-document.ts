import { URN } from "../../protocol/urns.ts";
import { isObject } from "../../values/is-object.ts";
import type { Person, PersonAttribute } from "./simulated-user.ts";

/** A JSON object, as it is sent and received. */
export type Json = Readonly<Record<string, unknown>>;

/** Where a resource has each attribute of a person. */
const READ: Readonly<Record<PersonAttribute, (user: Json) => unknown>> = {
  userName: (user) => user.userName,
  givenName: (user) => within(user.name, "givenName"),
  familyName: (user) => within(user.name, "familyName"),
  displayName: (user) => user.displayName,
  email: (user) => within(workAddress(user.emails), "value"),
  title: (user) => user.title,
  department: (user) => within(user[URN.enterpriseUser], "department"),
  manager: (user) => within(within(user[URN.enterpriseUser], "manager"), "value"),
  active: (user) => user.active,
};

/** The attributes of a person, in the order in which they are compared. */
export const PERSON_ATTRIBUTES: readonly PersonAttribute[] = Object.keys(READ) as PersonAttribute[];

/** The paths of the attributes of a person, as PATCH requests name them. */
export const PATHS: Readonly<Record<PersonAttribute, string>> = {
  userName: "userName",
  givenName: "name.givenName",
  familyName: "name.familyName",
  displayName: "displayName",
  email: 'emails[type eq "work"].value',
  title: "title",
  department: `${URN.enterpriseUser}:department`,
  manager: `${URN.enterpriseUser}:manager`,
  active: "active",
};

/** What a resource shows of an attribute of a person. */
export function personAttribute(attribute: PersonAttribute, user: Json): unknown {
  return READ[attribute](user);
}

/** A user as a client sends it. It has the extension Enterprise User if it uses it. */
export function userDocument(person: Person): Json {
  const { externalId, userName, givenName, familyName, displayName, email, title, department, manager } = person;
  const hasName = givenName || familyName;
  const isEnterprise = department || manager;
  return {
    schemas: isEnterprise ? [URN.user, URN.enterpriseUser] : [URN.user],
    externalId,
    userName,
    name: hasName ? { givenName: givenName ?? undefined, familyName: familyName ?? undefined } : undefined,
    displayName: displayName ?? undefined,
    emails: email ? [{ value: email, type: "work", primary: true }] : undefined,
    title: title ?? undefined,
    active: person.active,
    [URN.enterpriseUser]: isEnterprise
      ? { department: department ?? undefined, manager: manager ? { value: manager } : undefined }
      : undefined,
  };
}

/** The attributes that a resource does not show as the person has them, each with what it shows. */
export function differences(person: Person, user: Json): ReadonlyMap<PersonAttribute, unknown> {
  const found = new Map<PersonAttribute, unknown>();
  for (const attribute of PERSON_ATTRIBUTES) {
    const [wanted, shown] = [person[attribute], personAttribute(attribute, user)];
    if (wanted !== undefined && (wanted || undefined) !== (shown || undefined)) found.set(attribute, shown);
  }
  return found;
}

/** A member of a value, if that is an object. */
export function within(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function workAddress(emails: unknown): unknown {
  if (!Array.isArray(emails)) return undefined;
  return emails.find((email) => within(email, "type") === "work") ?? emails.find((email) => within(email, "primary"));
}
