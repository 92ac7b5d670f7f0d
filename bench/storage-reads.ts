import assert from "node:assert/strict";
import { parseFilter, resolveFilter } from "scimkit/filter";
import { groupResourceType, type ResourceType, userResourceType } from "scimkit/schema";
import type { ListQuery } from "scimkit/storage";
import { printListCursor } from "../src/storage/driver/list-cursor.ts";
import { instantKey } from "../src/storage/sql/operations/resource-rows.ts";
import { idOf } from "./people.ts";
import type { StorageContest } from "./storage-contest.ts";
import { FEW, GROUPS, groupId, momentOf, scattered, storedUser, USERS } from "./storage-data.ts";
import type { BenchDatabase } from "./storage-database.ts";
import { PAGE, READS, resourcesOf } from "./storage-statements.ts";

const TAKE = 100;
const { tenant } = USERS;

/** What is read, on both sides; each number reads something else. */
export function readContests(database: BenchDatabase): StorageContest[] {
  return [byId(database), ...filters(database), ...pages(database), count(database)];
}

function byId({ size, storage, bare }: BenchDatabase): StorageContest {
  const statement = bare(READS.byId);
  return {
    what: "get by id",
    ours: (number) => {
      const id = idOf(scattered(number, size.users));
      return () => storage.resources.find(USERS, id);
    },
    bare: (number) => {
      const id = idOf(scattered(number, size.users));
      return async () => resourcesOf(await statement(tenant, "User", id))[0];
    },
    check: assert.deepEqual,
  };
}

/** A filter on one attribute and the values of the statement that does the same. */
interface Lookup {
  readonly what: string;
  readonly statement: string;
  /** The filter for the user, or group, of this number, and the values. */
  readonly ask: (number: number) => readonly [filter: string, ...values: string[]];
  readonly type?: ResourceType;
}

function lookups({ size: { users, groups, members }, words }: BenchDatabase): Lookup[] {
  const textOf = (number: number, name: string): string => String(storedUser(number).attributes[name]);
  const workOf = (number: number): string =>
    (storedUser(number).attributes.emails as { value: string }[])[0]?.value ?? "";
  const indexed = (path: string, value: string): string[] => [tenant, "User", path, `=${value.toLowerCase()}`];
  const byIndexed = `${READS.byIndexed} ${PAGE}`;
  return [
    {
      what: "id eq",
      statement: READS.byId,
      ask: (number) => [`id eq "${idOf(number)}"`, tenant, "User", idOf(number)],
    },
    {
      what: "userName eq",
      statement: READS.byUnique,
      ask: (number) => {
        const name = textOf(number, "userName");
        return [`userName eq ${JSON.stringify(name)}`, tenant, "User", "userName", name.toLowerCase()];
      },
    },
    {
      what: "externalId eq",
      statement: `${READS.byIndexed} AND ${words.hasExternalId} ${PAGE}`,
      ask: (number) => {
        const value = textOf(number, "externalId");
        return [`externalId eq "${value}"`, ...indexed("externalid", value), value];
      },
    },
    {
      what: "displayName eq",
      statement: byIndexed,
      ask: (number) => {
        const value = textOf(number, "displayName");
        return [`displayName eq ${JSON.stringify(value)}`, ...indexed("displayname", value)];
      },
    },
    {
      what: "emails.value eq",
      statement: byIndexed,
      ask: (number) => [`emails.value eq "${workOf(number)}"`, ...indexed("emails.value", workOf(number))],
    },
    {
      what: 'emails[type eq "work" and value eq]',
      statement: `${READS.byIndexed} AND ${words.hasWorkEmail} ${PAGE}`,
      ask: (number) => {
        const value = workOf(number);
        const filter = `emails[type eq "work" and value eq "${value}"]`;
        return [filter, ...indexed("emails.value", value), value.toLowerCase()];
      },
    },
    {
      what: "meta.lastModified gt, 50 matches",
      statement: READS.modified,
      ask: (number) => {
        const moment = momentOf(users - 51 - (number % 10));
        return [`meta.lastModified gt "${moment}"`, tenant, "User", String(instantKey(moment))];
      },
    },
    {
      what: `groups.value eq, ${FEW} matches`,
      statement: READS.inGroup,
      ask: (number) => {
        const id = groupId(1 + (number % (groups - 1)));
        return [`groups.value eq "${id}"`, tenant, id];
      },
    },
    {
      what: "members.value eq",
      statement: READS.ofMember,
      type: groupResourceType,
      ask: (number) => {
        const id = idOf(number % members);
        return [`members.value eq "${id}"`, tenant, id];
      },
    },
  ];
}

function filters(database: BenchDatabase): StorageContest[] {
  const { size, storage, bare } = database;
  return lookups(database).map(({ what, statement, ask, type = userResourceType }): StorageContest => {
    const prepared = bare(statement);
    const partition = type === userResourceType ? USERS : GROUPS;
    return {
      what,
      ours: (number) => {
        const [text] = ask(scattered(number, size.users));
        const query: ListQuery = { filter: resolveFilter(parseFilter(text), type), take: TAKE, count: true };
        return async () => (await storage.resources.list(partition, query)).resources;
      },
      bare: (number) => {
        const [, ...values] = ask(scattered(number, size.users));
        return async () => resourcesOf(await prepared(...values));
      },
      check: assert.deepEqual,
    };
  });
}

function pages({ size, storage, bare }: BenchDatabase): StorageContest[] {
  const first = bare(READS.firstPage);
  const behind = bare(READS.pageBehind);
  const members = bare(READS.members);
  const depth = size.users * 0.9;
  const place = (number: number): number => depth - 1 + (number % 50);
  const group = groupId(0);
  const list = async (query: ListQuery) => (await storage.resources.list(USERS, query)).resources;
  const member = (number: number): string => idOf(scattered(number, size.members));
  return [
    {
      what: `first page of ${TAKE}`,
      ours: () => () => list({ take: TAKE }),
      bare: () => async () => resourcesOf(await first(tenant, "User")),
      check: assert.deepEqual,
    },
    {
      what: `page of ${TAKE} at nine tenths of the depth`,
      ours: (number) => {
        const after = printListCursor({ created: momentOf(place(number)), id: idOf(place(number)) });
        return () => list({ take: TAKE, after });
      },
      bare: (number) => {
        const values = [tenant, "User", momentOf(place(number)), idOf(place(number))];
        return async () => resourcesOf(await behind(...values));
      },
      check: assert.deepEqual,
    },
    {
      what: `page of ${TAKE} members of the largest group`,
      ours: (number) => {
        const after = member(number);
        return async () => (await storage.resources.members?.page(GROUPS, group, { after, take: TAKE }))?.members;
      },
      bare: (number) => {
        const after = member(number);
        return async () =>
          (await members(tenant, "Group", group, after)).slice(0, TAKE).map((row) => ({
            value: row.member_value,
            type: row.member_type,
            ...(row.display === null ? {} : { display: JSON.parse(String(row.display)) }),
          }));
      },
      check: assert.deepEqual,
    },
  ];
}

function count({ storage, bare }: BenchDatabase): StorageContest {
  const statement = bare(READS.count);
  return {
    what: "count of all users",
    calls: 60,
    ours: () => async () => (await storage.resources.list(USERS, { take: 0, count: true })).total,
    bare: () => async () => Number((await statement(tenant, "User"))[0]?.total),
    check: assert.equal,
  };
}
