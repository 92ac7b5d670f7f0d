import pLimit from "p-limit";
import type { Organisation } from "./organisation.ts";
import type { ScimHttp } from "./scim-http.ts";
import { userAttributes } from "./user-attributes.ts";
import { differences, idOf, type Json, managerId, memberIds, query, resourcesOf } from "./wire.ts";

/** What was read back, and what of it is not as the organisation has it. */
export interface Verification {
  /** How many of the organisation's are there, each as it should be. */
  readonly users: number;
  readonly active: number;
  readonly managers: number;
  readonly groups: number;
  readonly memberships: number;
  /** Users and groups that are there besides the organisation's. */
  readonly others: number;
  /** A sentence for each thing that is missing or different. */
  readonly problems: readonly string[];
}

/** Reads everything back over HTTP and compares it with the organisation, value by value and member by member. */
export async function verifyOrganisation(organisation: Organisation, http: ScimHttp): Promise<Verification> {
  const problems: string[] = [];
  const allUsers = await listAll(http, "/Users", {});
  const allGroups = await listAll(http, "/Groups", { excludedAttributes: "members" });
  const users = new Map(allUsers.map((user) => [String(user.userName), user]));
  const groups = new Map(allGroups.map((group) => [String(group.displayName), group]));
  const idOfUser = (userName: string): string | undefined => {
    const user = users.get(userName);
    return user && idOf(user);
  };
  const count = { users: 0, active: 0, managers: 0, groups: 0, memberships: 0 };

  for (const user of organisation.users) {
    const present = users.get(user.userName);
    if (present === undefined) {
      problems.push(`${user.userName} is missing`);
      continue;
    }
    const wanted = {
      ...userAttributes(user),
      userName: user.userName,
      externalId: user.externalId,
      active: user.active,
    };
    const wrong = differences(wanted, present).map(([path]) => path);
    if (wrong.length > 0) problems.push(`${user.userName} differs in ${wrong.join(", ")}`);
    else count.users++;
    if (present.active === true) count.active++;
    if (user.manager === undefined) continue;
    if (managerId(present) === idOfUser(user.manager)) count.managers++;
    else problems.push(`${user.userName} has another manager than ${user.manager}`);
  }

  await pLimit(4).map(organisation.groups, async ({ displayName, members }) => {
    const group = groups.get(displayName);
    if (group === undefined) {
      problems.push(`The group ${displayName} is missing`);
      return;
    }
    count.groups++;
    const present = memberIds(await http.get(`/Groups/${idOf(group)}`));
    const there = members.filter((userName) => present.has(idOfUser(userName) ?? "")).length;
    count.memberships += there;
    if (there < members.length) problems.push(`The group ${displayName} lacks ${members.length - there} members`);
  });

  const others = allUsers.length + allGroups.length - organisation.users.length - organisation.groups.length;
  return { ...count, others: Math.max(0, others), problems };
}

/** All resources of an endpoint, page by page. */
export async function listAll(http: ScimHttp, endpoint: string, parameters: Record<string, string>): Promise<Json[]> {
  const all: Json[] = [];
  for (;;) {
    const list = await http.get(`${endpoint}${query({ ...parameters, startIndex: all.length + 1, count: 100 })}`);
    const page = resourcesOf(list);
    all.push(...page);
    // An empty page ends the listing whatever the total says, or a server that counts wrongly would keep us here.
    if (page.length === 0 || all.length >= Number(list.totalResults)) return all;
  }
}
