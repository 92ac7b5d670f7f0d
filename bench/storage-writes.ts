import { instantKey } from "../src/storage/sql/operations/resource-rows.ts";
import { foldString } from "../src/values/fold.ts";
import { idOf } from "./people.ts";
import type { StorageContest } from "./storage-contest.ts";
import { GROUPS, groupId, momentOf, storedUser, USERS } from "./storage-data.ts";
import type { Bare, BenchDatabase } from "./storage-database.ts";
import { insertsOfUser } from "./storage-rows.ts";
import { WRITES } from "./storage-statements.ts";

/** New users get numbers from here on, others in each run, so that one that was killed is in nobody's way. */
const NEW = 10_000_000 + (Math.floor(Date.now() / 1000) % 10_000_000) * 10_000;
/** Members that each side adds: in the smallest database there are no more users than that. */
const CHANGES = 300;
const MOMENT = momentOf(NEW);
const { tenant } = USERS;

/** What is written, on both sides; each number writes something else, and all of it is gone in the end. */
export function writeContests(database: BenchDatabase): StorageContest[] {
  return [creation(database), addition(database), removal(database)];
}

/** The number of what one side writes: no two write the same. */
const ownNumber = (number: number, side: 0 | 1): number => NEW + number * 2 + side;

function creation(database: BenchDatabase): StorageContest {
  const { storage } = database;
  const write = insertion(database);
  const created: string[] = [];
  const next = (number: number, side: 0 | 1) => {
    const user = storedUser(ownNumber(number, side));
    created.push(user.id);
    return user;
  };
  return {
    what: "create",
    most: 3,
    ours: (number) => {
      const user = next(number, 0);
      return () => storage.resources.insert(USERS, user);
    },
    bare: (number) => write(next(number, 1)),
    end: async () => {
      for (const id of created) await storage.resources.remove(USERS, id);
    },
  };
}

/** The rows are made before the clock runs. */
function insertion({ bare, statements, words }: BenchDatabase) {
  const known = new Map<string, Bare>();
  const prepared = (text: string): Bare => {
    const statement = known.get(text) ?? bare(text);
    known.set(text, statement);
    return statement;
  };
  const [begin, commit] = [bare("BEGIN"), bare("COMMIT")];
  return (user: ReturnType<typeof storedUser>) => {
    const inserts = insertsOfUser(statements, user, words.json).map(({ text, values }) => ({
      run: prepared(text),
      values,
    }));
    return async () => {
      await begin();
      for (const { run, values } of inserts) await run(...values);
      await commit();
    };
  };
}

function addition({ storage, bare, size }: BenchDatabase): StorageContest {
  const group = groupId(0);
  const insert = bare(WRITES.addMember);
  const change = groupChange(bare);
  const member = (number: number, side: 0 | 1): string => idOf(size.members + number * 2 + side);
  return {
    what: "add one member to the largest group",
    calls: CHANGES,
    most: 3,
    begin: async () => {
      const remove = Array.from({ length: 4 * CHANGES }, (_, place) => idOf(size.members + place));
      const next = { version: "0", lastModified: MOMENT };
      await storage.resources.members?.change(GROUPS, group, { add: [], remove, next, unknown: "accept" });
    },
    ours: (number) => {
      const add = [{ value: member(number, 0), type: "User" as const }];
      const next = { version: `a${number}`, lastModified: MOMENT };
      return () => storage.resources.members?.change(GROUPS, group, { add, remove: [], next, unknown: "reject" });
    },
    bare: (number) => {
      const id = member(number, 1);
      const folded = [foldString(group), foldString(id)] as const;
      return () => change(`b${number}`, () => insert(tenant, "Group", group, folded[0], id, folded[1]));
    },
  };
}

function removal({ storage, bare, size }: BenchDatabase): StorageContest {
  const group = groupId(0);
  const remove = bare(WRITES.removeMember);
  const change = groupChange(bare);
  const member = (number: number, side: 0 | 1): string => idOf(size.members + number * 2 + side);
  return {
    what: "remove one member from the largest group",
    calls: CHANGES,
    most: 3,
    ours: (number) => {
      const id = member(number, 0);
      const next = { version: `c${number}`, lastModified: MOMENT };
      return () => storage.resources.members?.change(GROUPS, group, { add: [], remove: [id], next, unknown: "reject" });
    },
    bare: (number) => {
      const id = member(number, 1);
      return () => change(`d${number}`, () => remove(tenant, "Group", group, id));
    },
  };
}

/** A transaction in which the group gets another version. */
function groupChange(bare: BenchDatabase["bare"]) {
  const [begin, commit, update] = [bare("BEGIN"), bare("COMMIT"), bare(WRITES.changeGroup)];
  const instant = instantKey(MOMENT);
  return async (version: string, run: () => unknown): Promise<void> => {
    await begin();
    await update(version, MOMENT, instant, tenant, "Group", groupId(0));
    await run();
    await commit();
  };
}
