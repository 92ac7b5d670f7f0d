import { uniqueValues, userResourceType } from "scimkit/schema";
import type { MemberRef, Partition, StoredResource } from "scimkit/storage";
import { idOf, newPerson } from "./people.ts";

const TENANT = "bench";
export const USERS: Partition = { tenant: TENANT, type: "User" };
export const GROUPS: Partition = { tenant: TENANT, type: "Group" };

/** The first user was made at this moment, each of the others a second later. */
const FIRST = Date.UTC(2000, 0, 1);

/** How many users and groups a database holds. */
export interface Size {
  readonly users: number;
  readonly groups: number;
  /** Members of the largest group; all others have `FEW`. */
  readonly members: number;
}

/** The sizes by number of users: a tenth of all users is in the largest group. */
export const SMALL: Size = { users: 1_000, groups: 10, members: 100 };
export const LARGE: Size = { users: 100_000, groups: 100, members: 10_000 };
export const MILLION: Size = { users: 1_000_000, groups: 1_000, members: 100_000 };

/** Members of every group but the largest. */
export const FEW = 20;

/** When a user was made, and last changed. */
export function momentOf(index: number): string {
  return new Date(FIRST + index * 1000).toISOString();
}

/** User number `index` as it is stored; no two share a value that is indexed. */
export function storedUser(index: number): StoredResource {
  const { displayName, ...rest } = newPerson(index);
  const attributes = { ...rest, displayName: `${displayName} ${index}` };
  const unique = uniqueValues(userResourceType, attributes);
  const moment = momentOf(index);
  return { id: idOf(index), version: "1", created: moment, lastModified: moment, attributes, unique };
}

/** The id of a group; number 0 is the largest. */
export function groupId(index: number): string {
  return idOf(-1 - index);
}

/** A group as it is stored, without its members. */
export function storedGroup(index: number): StoredResource {
  const moment = momentOf(index);
  const attributes = { displayName: `Group ${index}` };
  return { id: groupId(index), version: "1", created: moment, lastModified: moment, attributes, unique: [] };
}

/** The members of a group: of the largest the first users, of another some from anywhere. */
export function membersOf(index: number, { users, members }: Size): MemberRef[] {
  const numbers =
    index === 0
      ? Array.from({ length: members }, (_, place) => place)
      : Array.from({ length: FEW }, (_, place) => scattered(index * FEW + place, users));
  return [...new Set(numbers)].map((number) => ({ value: idOf(number), type: "User" }));
}

/** A number below `below`; numbers that follow each other become ones that lie far apart. */
export function scattered(number: number, below: number): number {
  return (number * 7_919 + 13) % below;
}
