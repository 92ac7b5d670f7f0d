import type { Link } from "../../../src/provider/links/link.ts";
import { providerRecords } from "../../helpers/provider-records.ts";
import type { Shown } from "./application.ts";
import type { Person } from "./people.ts";
import { ENTERPRISE, PASSWORD, valuesOf, type World } from "./world.ts";

/** What holds once everything has come to rest; sentences about what does not. */
export async function offences(world: World): Promise<string[]> {
  const found: string[] = [...world.faults];
  const users = new Map((await world.app.all("/Users")).map((user) => [user.id, user]));
  const groups = new Map((await world.app.all("/Groups")).map((group) => [group.id, group]));
  const links = { users: await world.links("User"), groups: await world.links("Group") };
  found.push(...orphans(world, users, links.users), ...orphans(world, groups, links.groups));
  for (const person of world.people.users.values()) {
    const link = links.users.get(person.id);
    if (isIn(world, person)) found.push(...wrongUser(person, users.get(link?.remoteId ?? ""), links.users));
    else if (link?.state === "linked") found.push(`${person.id} is out and linked`);
    else if (world.worldOptions.leftScope === "deactivate" && users.get(link?.remoteId ?? "")?.active === true)
      found.push(`${person.id} is out and active`);
  }
  for (const [id, link] of links.users) {
    const remote = users.get(link.remoteId ?? "");
    if (!world.people.users.has(id) && remote !== undefined && (link.origin === "created" || remote.active !== false))
      found.push(`${id} is gone and still over there as ${link.state}`);
  }
  for (const group of world.people.groups.values()) {
    found.push(...wrongGroup(world, group, groups, links));
  }
  found.push(...foreign(world, users, groups), ...(await stored(world)));
  return found;
}

function isIn(world: World, person: Person): boolean {
  if (!person.allowed) return false;
  if (!world.worldOptions.memberOf) return true;
  const { groups } = world.people;
  const seen = new Set<string>();
  const reach = (id: string): boolean =>
    [...groups.values()].some((group) => {
      if (!group.members.has(id) || seen.has(group.id)) return false;
      seen.add(group.id);
      return group.id === "everyone" || reach(group.id);
    });
  return reach(person.id);
}

function orphans(world: World, remote: Map<string, Shown>, links: Map<string, Link>): string[] {
  const owners = [...links].flatMap(([id, { remoteId }]) => (remoteId === undefined ? [] : [[remoteId, id] as const]));
  const twice = owners.length - new Set(owners.map(([remoteId]) => remoteId)).size;
  const owned = new Map(owners);
  const theirs = new Set(world.foreignUsers.map(({ id }) => id));
  return [
    ...(twice === 0 ? [] : [`${twice} remote resources have two links`]),
    ...[...remote.values()]
      .filter(({ id, displayName }) => !owned.has(id) && !theirs.has(id) && displayName !== "foreign team")
      .map((resource) => `an orphan: ${JSON.stringify(resource)}`),
  ];
}

function wrongUser(person: Person, remote: Shown | undefined, links: Map<string, Link>): string[] {
  if (remote === undefined) return [`${person.id} is not there: ${JSON.stringify(links.get(person.id))}`];
  const link = links.get(person.id);
  const extension = (remote[ENTERPRISE] ?? {}) as Record<string, unknown>;
  const managerId = links.get(person.manager ?? "")?.remoteId;
  const mails = (remote.emails ?? []) as { value: string; display?: string }[];
  const pairs: [string, unknown, unknown][] = [
    ["userName", remote.userName, person.userName],
    ["displayName", remote.displayName, person.displayName],
    ["active", remote.active, person.active],
    ["title", remote.title, person.title],
    ["emails", mails.map(({ value }) => value).sort(), (person.nicks ?? []).map((nick) => `${nick}@x.example`).sort()],
    [
      "emails.display",
      mails.flatMap(({ display }) => display ?? []).sort(),
      (person.nicks ?? []).filter((nick) => nick.endsWith("0")).sort(),
    ],
    ["department", extension.department, person.department],
    ["manager", (extension.manager as { value?: string } | undefined)?.value, managerId],
    ["nickName", remote.nickName, link?.origin === "created" ? "newcomer" : undefined],
  ];
  return pairs
    .filter(([, actual, wanted]) => JSON.stringify(actual) !== JSON.stringify(wanted))
    .map(
      ([name, actual, wanted]) => `${person.id}: ${name} is ${JSON.stringify(actual)} for ${JSON.stringify(wanted)}`,
    );
}

function wrongGroup(
  world: World,
  group: { id: string; displayName: string; members: Set<string> },
  groups: Map<string, Shown>,
  links: { users: Map<string, Link>; groups: Map<string, Link> },
): string[] {
  const remote = groups.get(links.groups.get(group.id)?.remoteId ?? "");
  if (remote === undefined) return [`group ${group.id} is not there`];
  const actual = new Set(valuesOf(remote.members));
  const theirs = world.foreignMembers.get(remote.id) ?? new Set();
  const found = remote.displayName === group.displayName ? [] : [`${group.id} is called ${remote.displayName}`];
  for (const member of group.members) {
    const link = links.users.get(member) ?? links.groups.get(member);
    if (link?.remoteId === undefined) continue;
    if (link.state === "linked" && !actual.has(link.remoteId)) found.push(`${group.id} lacks ${member}`);
    actual.delete(link.remoteId);
  }
  for (const value of theirs) if (!actual.delete(value)) found.push(`${group.id} lost its foreign member`);
  if (actual.size > 0) found.push(`${group.id} has members too many: ${[...actual]}`);
  return found;
}

function foreign(world: World, users: Map<string, Shown>, groups: Map<string, Shown>): string[] {
  const found: string[] = [];
  for (const { id, userName } of world.foreignUsers.slice(0, 2)) {
    const now = users.get(id);
    if (now?.userName !== userName || now?.externalId !== undefined) found.push(`the foreign ${userName} was touched`);
  }
  for (const [id, value] of world.foreignValues) {
    const user = users.get(id);
    if (user === undefined) continue;
    if (user.preferredLanguage !== value) found.push(`preferredLanguage of ${id} is ${user.preferredLanguage}`);
    const { costCenter } = (user[ENTERPRISE] ?? {}) as { costCenter?: string };
    if (costCenter !== "theirs") found.push(`costCenter of ${id} is ${costCenter}`);
  }
  const team = [...groups.values()].find(({ displayName }) => displayName === "foreign team");
  if (!valuesOf(team?.members).includes(world.foreignUsers[0]?.id ?? "")) found.push("the foreign team was touched");
  return found;
}

async function stored(world: World): Promise<string[]> {
  const found: string[] = [];
  if (JSON.stringify(await providerRecords(world.storage)).includes(PASSWORD)) found.push("a password is stored");
  // One that began anew: a run that was taken over counts what was there at two times.
  const run = await world.provider().sync();
  const objects = world.people.users.size + world.people.groups.size;
  const links = (await world.links("User")).size + (await world.links("Group")).size;
  if (run.counts.checked < objects || run.counts.checked > Math.max(objects, links) + links)
    found.push(`looked at ${run.counts.checked} of ${objects} objects and ${links} links`);
  return found;
}
