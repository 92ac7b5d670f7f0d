import type { Directory } from "scimkit";
import type { DirectoryGroup, DirectoryUser } from "scimkit/directory";
import type { ScimHttp } from "../accept/scim-http.ts";
import { listAll } from "../accept/verify-organisation.ts";
import { ENTERPRISE_USER, idOf, isJson, type Json, memberIds } from "../accept/wire.ts";

/** What reading the application back showed. */
export interface ApplicationVerification {
  /** Users of the directory that are in scope and at the application, attribute by attribute the same. */
  readonly users: number;
  /** Users of the directory that are left out: service accounts. */
  readonly leftOut: number;
  /** How many single attributes were compared. */
  readonly attributes: number;
  readonly groups: number;
  readonly memberships: number;
  /** A sentence for each thing that is missing, different or too much. */
  readonly problems: readonly string[];
}

/** Compares what the application shows through its own API with the directory, both ways. */
export async function verifyApplication(directory: Directory, http: ScimHttp): Promise<ApplicationVerification> {
  const problems: string[] = [];
  const everybody = await all<DirectoryUser>(directory.users);
  const wanted = everybody.filter((user) => user.kind !== "service_account");
  const users = byName(await listAll(http, "/Users", {}), "userName", problems);
  const remoteIds = new Map(
    wanted.flatMap(({ id, userName }): [string, string][] => {
      const present = users.get(String(userName));
      return present === undefined ? [] : [[id, idOf(present)]];
    }),
  );
  const count = { users: 0, attributes: 0, groups: 0, memberships: 0 };
  for (const user of wanted) {
    const present = users.get(String(user.userName));
    if (present === undefined) {
      problems.push(`${user.userName} is missing`);
      continue;
    }
    const expected = attributesOf(asApplicationHas(user, remoteIds));
    const actual = attributesOf(present);
    const names = [...new Set([...expected.keys(), ...actual.keys()])];
    const wrong = names.filter((name) => expected.get(name) !== actual.get(name));
    count.attributes += names.length;
    if (wrong.length === 0) count.users++;
    else problems.push(`${user.userName} differs in ${wrong.join(", ")}`);
  }
  const externalIds = new Set([...users.values()].map((user) => user.externalId));
  if (externalIds.size < users.size) problems.push("Two users have the same externalId, or none");
  if (users.size > wanted.length) problems.push(`There are ${users.size - wanted.length} users too many`);

  const groups = byName(await listAll(http, "/Groups", {}), "displayName", problems);
  const wantedGroups = await all<DirectoryGroup>(directory.groups);
  for (const group of wantedGroups) {
    const present = groups.get(String(group.displayName));
    if (present === undefined) {
      problems.push(`The group ${group.displayName} is missing`);
      continue;
    }
    count.groups++;
    const members = await membersOf(directory, group.id);
    const expected = new Set(members.flatMap((id) => remoteIds.get(id) ?? []));
    const actual = memberIds(present);
    const lacking = [...expected].filter((id) => !actual.has(id)).length;
    count.memberships += expected.size - lacking;
    if (lacking > 0) problems.push(`The group ${group.displayName} lacks ${lacking} members`);
    const surplus = actual.size - (expected.size - lacking);
    if (surplus > 0) problems.push(`The group ${group.displayName} has ${surplus} members too many`);
  }
  if (groups.size > wantedGroups.length)
    problems.push(`There are ${groups.size - wantedGroups.length} groups too many`);
  return { ...count, leftOut: everybody.length - wanted.length, problems };
}

async function all<T>(
  list: (query: { take: number; after?: string }) => Promise<{ objects: readonly object[]; next?: string }>,
): Promise<T[]> {
  const found: T[] = [];
  let after: string | undefined;
  do {
    const page = await list(after === undefined ? { take: 100 } : { take: 100, after });
    found.push(...(page.objects as T[]));
    after = page.next;
  } while (after !== undefined);
  return found;
}

async function membersOf(directory: Directory, groupId: string): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await directory.members(groupId, after === undefined ? { take: 500 } : { take: 500, after });
    ids.push(...page.members.map(({ value }) => value));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

function byName(resources: readonly Json[], attribute: string, problems: string[]): Map<string, Json> {
  const named = new Map(resources.map((resource) => [String(resource[attribute]), resource]));
  if (named.size < resources.length) problems.push(`Two resources have the same ${attribute}`);
  return named;
}

/** Not attributes of the person: each side has its own ids, and the provider computes `externalId` from our id. */
const OWN: ReadonlySet<string> = new Set(["id", "externalId", "schemas", "meta", "kind", "groups"]);

/** A user in SCIM's form, with the application's id of the manager instead of our own. */
function asApplicationHas(user: DirectoryUser, remoteIds: ReadonlyMap<string, string>): Json {
  const { enterprise, ...rest } = user;
  if (!isJson(enterprise)) return rest;
  const { manager, ...others } = enterprise;
  const value = isJson(manager) ? remoteIds.get(String(manager.value)) : undefined;
  return { ...rest, [ENTERPRISE_USER]: value === undefined ? others : { ...others, manager: { value } } };
}

/** Each attribute's value as a text that is the same for the same value, whatever the order of lists and names. */
function attributesOf(user: Json): Map<string, string> {
  const named = Object.entries(user).filter(([name, value]) => !OWN.has(name) && hasValue(value));
  return new Map(named.map(([name, value]) => [name, textOf(value)]));
}

/** SCIM knows no empty objects and lists. */
function hasValue(value: unknown): boolean {
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : value !== undefined;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).sort().join()}]`;
  if (!isJson(value)) return JSON.stringify(value);
  // An element that does not say that it is primary is not (RFC 7643 section 2.4).
  const said = Object.entries(value).filter(([name, part]) => name !== "primary" || part !== false);
  // The application adds the name of a manager (RFC 7643 section 4.3).
  const sent = said.map(
    ([name, part]) => [name, name === "manager" && isJson(part) ? { value: part.value } : part] as const,
  );
  const parts = sent.map(([name, part]) => `${name}:${textOf(part)}`);
  return `{${parts.sort().join()}}`;
}
