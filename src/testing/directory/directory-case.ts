import type { Directory, DirectoryMember, DirectoryPage, DirectoryQuery } from "../../directory/directory.ts";
import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import { expectThat } from "../contract/contract-violation.ts";

/** The content of a directory for a case. */
export interface DirectorySeed {
  readonly users: readonly DirectoryUser[];
  readonly groups: readonly SeedGroup[];
}

/** A group with its members, as references. */
export interface SeedGroup extends DirectoryGroup {
  readonly members: readonly DirectoryMember[];
}

/** The subject of a case. */
export interface DirectorySubject {
  readonly directory: Directory;
  /** Makes the directory unavailable. */
  readonly breakDown?: () => Promise<void>;
}

/** A guarantee of directories: the content of the directory, and what it must return. */
export interface DirectoryCase {
  readonly title: string;
  /** The option of the contract without which it does not apply. */
  readonly needs?: string;
  readonly seed: DirectorySeed;
  run(subject: DirectorySubject): Promise<void>;
}

/** A user of this id. */
export function personOf(id: string): DirectoryUser {
  return {
    id,
    userName: `${id}@example.com`,
    active: true,
    displayName: `Person ${id}`,
    name: { givenName: "Person", familyName: id },
    emails: [{ value: `${id}@example.com`, primary: true }],
  };
}

/** A group of this id with these members: users by id, and groups where the id begins with `g`. */
export function teamOf(id: string, ...members: readonly string[]): SeedGroup {
  return { id, displayName: `Team ${id}`, members: members.map(memberOf) };
}

/** The reference to a member: to a group where the id begins with `g`. */
export function memberOf(value: string): DirectoryMember {
  return { value, type: value.startsWith("g") ? "Group" : "User" };
}

/** A listing of users or of groups. */
export type Listing = (query: DirectoryQuery) => Promise<DirectoryPage<{ readonly id: string }>>;

/**
 * All ids of a listing in pages of `take`, page by page. A page can leave objects out, but always says where the next
 * one begins.
 */
export async function idPages(listing: Listing, take: number, idsOnly?: boolean): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page: DirectoryPage<{ readonly id: string }> = await listing({ take, after, idsOnly });
    const ids = page.objects.map((object) => object.id);
    expectThat(ids.length <= take, "A page has no more objects than requested");
    expectThat(page.next === undefined || page.next !== after, "A page's next leads on");
    pages.push(ids);
    after = page.next;
    expectThat(pages.length < 1000, "A listing ends");
  } while (after !== undefined);
  return pages;
}

/** All members of a group in pages of `take`. */
export async function allMembers(directory: Directory, groupId: string, take: number): Promise<DirectoryMember[]> {
  const all: DirectoryMember[] = [];
  let after: string | undefined;
  let pages = 0;
  do {
    const page = await directory.members(groupId, { after, take });
    expectThat(page.members.length <= take, "A page of members has no more than requested");
    all.push(...page.members.map(({ value, type }) => ({ value, type })));
    after = page.next;
    pages += 1;
    expectThat(pages < 1000, "A listing of members ends");
  } while (after !== undefined);
  return all;
}

/** Groups by id as a plain object; those without groups left out. */
export function groupsById(found: ReadonlyMap<string, readonly string[]>): Record<string, readonly string[]> {
  return Object.fromEntries([...found].filter(([, groups]) => groups.length > 0));
}
