import type { Directory, DirectoryMember, DirectoryPage, DirectoryQuery } from "../../directory/directory.ts";
import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import { expectThat } from "../contract/contract-violation.ts";

/** What a directory is to hold for a case. */
export interface DirectorySeed {
  readonly users: readonly DirectoryUser[];
  readonly groups: readonly SeedGroup[];
}

/** A group and who is in it, as references. */
export interface SeedGroup extends DirectoryGroup {
  readonly members: readonly DirectoryMember[];
}

/** What a case works on. */
export interface DirectorySubject {
  readonly directory: Directory;
  /** Makes the directory unable to tell anything. */
  readonly breakDown?: () => Promise<void>;
}

/** A promise on directories: what the directory holds, and what it must answer. */
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

/** All ids of a listing in pages of `take`, page by page. Whatever a page leaves out, it says where the next one begins. */
export async function idPages(listing: Listing, take: number, idsOnly?: boolean): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page: DirectoryPage<{ readonly id: string }> = await listing({ take, after, idsOnly });
    const ids = page.objects.map((object) => object.id);
    expectThat(ids.length <= take, "A page holds no more than was asked for");
    expectThat(page.next === undefined || page.next !== after, "A page's next leads on");
    pages.push(ids);
    after = page.next;
    expectThat(pages.length < 1000, "A listing comes to an end");
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
    expectThat(page.members.length <= take, "A page of members holds no more than was asked for");
    all.push(...page.members.map(({ value, type }) => ({ value, type })));
    after = page.next;
    pages += 1;
    expectThat(pages < 1000, "A listing of members comes to an end");
  } while (after !== undefined);
  return all;
}

/** Groups by id as a plain object; those without groups left out. */
export function groupsById(found: ReadonlyMap<string, readonly string[]>): Record<string, readonly string[]> {
  return Object.fromEntries([...found].filter(([, groups]) => groups.length > 0));
}
