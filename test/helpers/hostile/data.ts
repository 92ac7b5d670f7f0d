import { GROUP, USER } from "../scim-app.ts";

/** Sends a request and returns the status and, of a resource that was created, the id. */
export type Send = (
  method: string,
  path: string,
  body?: object,
) => Promise<{ readonly status: number; readonly id: string }>;

/** What the generator of hostile requests knows of the data. */
export interface HostileData {
  /** Users with many or long values. */
  readonly hugeUsers: readonly string[];
  readonly bigGroups: readonly string[];
  /** Groups within groups, the outermost one first. */
  readonly deepGroups: readonly string[];
  /** Ordinary users. */
  readonly users: readonly string[];
}

/** How large the data are. */
export interface HostileSizes {
  readonly users: number;
  /** Users with texts of `longText` characters, and as many with `values` e-mails. */
  readonly hugeUsers: number;
  readonly longText: number;
  readonly values: number;
  readonly bigGroups: number;
  /** Members of each big group, of which the ordinary users come first. */
  readonly members: number;
  /** How deeply groups are nested. */
  readonly depth: number;
}

/** How many requests create data at the same time. */
const AT_ONCE = 16;
/** Members that one request adds. */
const MEMBERS = 10_000;

/** Creates the data. `send` needs limits that let it pass. */
export async function createHostileData(send: Send, sizes: HostileSizes): Promise<HostileData> {
  const created = async (path: string, body: object): Promise<string> => {
    const { status, id } = await send("POST", `${path}?attributes=id`, body);
    if (status !== 201) throw new TypeError(`The data cannot be created: status ${status}`);
    return id;
  };
  const users = await each(sizes.users, (index) =>
    created("/Users", {
      schemas: [USER],
      userName: `user ${index}`,
      title: `Title ${index}`,
      name: { givenName: "Åsa", familyName: `Nº ${index}` },
      emails: [{ value: `u${index}@example.com` }, { value: `é${index}@example.com` }],
    }),
  );
  const hugeUsers = await each(sizes.hugeUsers * 2, (index) => {
    const emails = Array.from({ length: sizes.values }, (_, n) => ({ value: `é${n}@example.org` }));
    const huge = index % 2 === 0 ? { title: "x".repeat(sizes.longText) } : { emails };
    return created("/Users", { schemas: [USER], userName: `huge ${index}`, ...huge });
  });
  const bigGroups = await each(sizes.bigGroups, (index) => {
    const members = membersOf(users, 0, Math.min(sizes.members, MEMBERS));
    return created("/Groups", { schemas: [GROUP], displayName: `${"ß".repeat(1000)}${index}`, members });
  });
  for (const group of bigGroups) await addMembers(send, group, { users, size: sizes.members });
  const deepGroups = [bigGroups[0] ?? ""];
  for (let depth = 0; depth < sizes.depth; depth += 1) {
    const displayName = `é${depth}`.repeat(500);
    deepGroups.unshift(
      await created("/Groups", { schemas: [GROUP], displayName, members: [{ value: deepGroups[0] }] }),
    );
  }
  return { hugeUsers, bigGroups, deepGroups, users };
}

async function addMembers(
  send: Send,
  group: string,
  { users, size }: { readonly users: readonly string[]; readonly size: number },
): Promise<void> {
  for (let start = MEMBERS; start < size; start += MEMBERS) {
    const value = membersOf(users, start, Math.min(size, start + MEMBERS));
    const Operations = [{ op: "add", path: "members", value }];
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
    const { status } = await send("PATCH", `/Groups/${group}?attributes=id`, { schemas, Operations });
    if (status !== 200) throw new TypeError(`Members cannot be added: status ${status}`);
  }
}

function membersOf(users: readonly string[], start: number, end: number): object[] {
  return Array.from({ length: end - start }, (_, n) => {
    return { value: users[start + n] ?? `elsewhere-${start + n}`, display: `Member ${start + n}` };
  });
}

async function each<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) all[index] = await make(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return all;
}
