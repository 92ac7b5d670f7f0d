import { resolveFilter } from "../../filter/resolve-filter.ts";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import { parseFilter } from "../../path/parse-filter.ts";
import { groupResourceType } from "../../schema/definitions/group.ts";
import { userResourceType } from "../../schema/definitions/user.ts";
import type { ListQuery, Page } from "../../storage/list-query.ts";
import type { MemberChange, MemberOutcome, MemberRef, MemberStorage } from "../../storage/member-storage.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Partition, StoredResource } from "../../storage/stored-resource.ts";
import { foldString } from "../../values/fold.ts";
import { expectThat } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";

/** The subject of the cases on resources. */
export interface ResourceSubject {
  readonly resources: ResourceStorage;
  /** Reads a resource's attributes without the driver. */
  readonly readBehind?: (partition: Partition, id: string) => Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** The users and the groups of a tenant that no other case uses. */
export function freshTenant(): { readonly users: Partition; readonly groups: Partition } {
  const tenant = freshName();
  return { users: { tenant, type: "User" }, groups: { tenant, type: "Group" } };
}

/** A name that nothing else has. */
export function freshName(): string {
  return crypto.randomUUID();
}

/** A date that is `second` seconds after another. */
export function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
}

/** A user of this name. */
export function userOf(name: string, changes: Partial<StoredResource> = {}): StoredResource {
  return {
    id: `u-${name}`,
    version: "v1",
    created: at(0),
    lastModified: at(0),
    attributes: { userName: name, active: true },
    unique: [{ attribute: "userName", key: foldString(name) }],
    ...changes,
  };
}

/** A group of this name. */
export function groupOf(name: string, changes: Partial<StoredResource> = {}): StoredResource {
  return {
    id: `g-${name}`,
    version: "v1",
    created: at(0),
    lastModified: at(0),
    attributes: { displayName: name },
    unique: [],
    ...changes,
  };
}

/** `count` numbers from 0. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Stores these in turn. */
export async function insertAll(
  resources: ResourceStorage,
  partition: Partition,
  all: readonly StoredResource[],
): Promise<void> {
  for (const one of all) await resources.insert(partition, one);
}

/** The ids of a page. */
export function idsOf(page: Page): string[] {
  return page.resources.map((resource) => resource.id);
}

/** The ids of all pages of a listing, by cursor; `between` may change the storage after each page. */
export async function allPages(
  resources: ResourceStorage,
  partition: Partition,
  query: ListQuery,
  between: (page: Page) => Promise<void> = async () => {},
): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page: Page = await resources.list(partition, { ...query, after });
    pages.push(idsOf(page));
    after = page.next;
    await between(page);
    expectThat(pages.length < 100, "A listing ends");
  } while (after !== undefined);
  return pages;
}

/** The driver's memberships; without them the cases on members have nothing to test, and must be skipped. */
export function membersOf(resources: ResourceStorage): MemberStorage {
  expectThat(resources.members !== undefined, "The storage has members");
  return resources.members;
}

/** A change of memberships that accepts any member and gives the group the version `v2`. */
export function memberChange(changes: Partial<MemberChange>): MemberChange {
  return { add: [], remove: [], unknown: "accept", next: { version: "v2", lastModified: at(100) }, ...changes };
}

/** The outcome of a change of memberships; by default nothing changed. */
export function outcomeOf(did: Partial<MemberOutcome> & Pick<MemberOutcome, "version">): MemberOutcome {
  return { added: [], removed: [], unknown: [], cyclic: [], ...did };
}

/** Users by id as members. */
export function userRefs(...ids: string[]): MemberRef[] {
  return ids.map((value) => ({ value, type: "User" }));
}

/** A group by id as a member. */
export function groupRef(value: string): MemberRef {
  return { value, type: "Group" };
}

/** For sorting members and groups by their ids. */
export function byValue(a: { readonly value: string }, b: { readonly value: string }): number {
  return a.value < b.value ? -1 : 1;
}

/** All members of a group by id, read in pages of `take`. */
export async function allMemberIds(
  resources: ResourceStorage,
  partition: Partition,
  groupId: string,
  take = 100,
): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await membersOf(resources).page(partition, groupId, { after, take });
    expectThat(page.members.length <= take, "A page of members is not longer than requested");
    ids.push(...page.members.map((member) => member.value));
    expectThat(
      page.next === undefined || page.members.length > 0,
      "A page of members that is not the last has members",
    );
    after = page.next;
  } while (after !== undefined);
  return ids.sort();
}

/** Users of these ids. */
export async function insertUsers(resources: ResourceStorage, users: Partition, ids: readonly string[]): Promise<void> {
  await insertAll(
    resources,
    users,
    ids.map((id, n) => userOf(`user-${n}`, { id })),
  );
}

/** Gives a driver time for parallel work beside a transaction. No result depends on it. */
export function shortWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** A filter on users. */
export function userFilter(text: string): ResolvedFilter {
  return resolveFilter(parseFilter(text), userResourceType);
}

/** A filter on groups. */
export function groupFilter(text: string): ResolvedFilter {
  return resolveFilter(parseFilter(text), groupResourceType);
}

/** A tenant with the users a, b and c and an empty group g. */
export interface MemberScene {
  readonly users: Partition;
  readonly groups: Partition;
  readonly resources: ResourceStorage;
  readonly members: MemberStorage;
}

/** Makes a `MemberScene` in a tenant of its own. */
export async function memberScene({ resources }: ResourceSubject): Promise<MemberScene> {
  const tenant = freshTenant();
  await insertAll(resources, tenant.users, [userOf("a"), userOf("b"), userOf("c")]);
  await resources.insert(tenant.groups, groupOf("g"));
  return { ...tenant, resources, members: membersOf(resources) };
}

/** The filters, or texts of filters, that the storage evaluates itself. Ends the case if there are none. */
export function agreedFilters<Filter>(
  { capabilities }: ResourceStorage,
  filters: readonly Filter[],
  resolve: (filter: Filter) => ResolvedFilter,
): { readonly of: Filter; readonly filter: ResolvedFilter }[] {
  const resolved = filters.map((of) => ({ of, filter: resolve(of) }));
  const agreed = resolved.filter(({ filter }) => capabilities.filter(filter));
  appliesIf(agreed.length > 0, "the storage evaluates none of the filters itself");
  return agreed;
}
