import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { parseFilter, resolveFilter } from "scimkit/filter";
import { uniqueValues, userResourceType } from "scimkit/schema";
import type { Storage, StoredResource } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { median, rotated } from "./contest.ts";
import type { Figure } from "./figure.ts";
import { idOf, newPerson } from "./people.ts";

const SIZES = [1_000, 100_000] as const;
const ROUNDS = 9;

const TENANT = "bench";
const USERS = { tenant: TENANT, type: "User" };
const GROUPS = { tenant: TENANT, type: "Group" };
const NOW = "2026-01-01T00:00:00.000Z";
const GROUP = "everyone";

/** The same thing done by us and by statements that are prepared once; each call does it to another user. */
interface Contest {
  readonly what: string;
  readonly times: number;
  readonly ours: (number: number) => Promise<unknown>;
  readonly bare: (number: number) => unknown;
}

/** A file of ours with so many users, all in one group, and a second connection to it for the bare statements. */
interface Filled {
  readonly size: number;
  readonly storage: Storage;
  readonly db: DatabaseSync;
}

/** Storage calls beside prepared statements on the same file, with few and with many users in turn. */
export async function benchSqlite(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "scimkit-bench-"));
  const filled: Filled[] = [];
  try {
    for (const size of SIZES) filled.push(await fill(join(folder, `${size}.db`), size));
    const measured = await measure(filled.map((file) => ({ file, contests: contestsOf(file) })));
    return [...measured.flatMap((each) => each.beside), ...growth(measured)];
  } finally {
    for (const { storage, db } of filled) {
      db.close();
      await storage.close();
    }
    rmSync(folder, { recursive: true });
  }
}

function stored(index: number): StoredResource {
  const attributes = newPerson(index) as unknown as Record<string, unknown>;
  const unique = uniqueValues(userResourceType, attributes);
  return { id: idOf(index), version: "1", created: NOW, lastModified: NOW, attributes, unique };
}

async function fill(file: string, size: number): Promise<Filled> {
  const storage = sqliteStorage(file);
  await storage.migrate();
  await storage.transaction(async ({ resources }) => {
    for (let index = 0; index < size; index += 1) await resources.insert(USERS, stored(index));
    const attributes = { displayName: "Everyone" };
    const group = { id: GROUP, version: "1", created: NOW, lastModified: NOW, attributes, unique: [] };
    await resources.insert(GROUPS, group);
    const add = Array.from({ length: size }, (_, index) => ({ value: idOf(index), type: "User" as const }));
    const next = { version: "2", lastModified: NOW };
    await resources.members?.change(GROUPS, GROUP, { add, remove: [], next, unknown: "accept" });
  });
  const db = new DatabaseSync(file);
  db.exec("PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000");
  return { size, storage, db };
}

function contestsOf({ size, storage, db }: Filled): Contest[] {
  const { resources } = storage;
  const whole = "SELECT * FROM scimkit_resources WHERE tenant = ? AND type = ? AND id = ?";
  const byId = db.prepare(whole);
  const byName = db.prepare(
    "SELECT r.* FROM scimkit_unique_values u JOIN scimkit_resources r USING (tenant, type) WHERE r.id = u.resource_id AND " +
      "u.tenant = ? AND u.type = ? AND u.attribute = ? AND u.key = ?",
  );
  const some = (number: number): number => (number * 7919) % size;
  const parsed = (row: Record<string, unknown> | undefined): unknown => JSON.parse(String(row?.attributes));
  return [
    {
      what: "get by id",
      times: 200,
      ours: (number) => resources.find(USERS, idOf(some(number))),
      bare: (number) => parsed(byId.get(TENANT, "User", idOf(some(number)))),
    },
    {
      what: "userName eq",
      times: 200,
      ours: (number) => {
        const tree = parseFilter(`userName eq ${JSON.stringify(newPerson(some(number)).userName)}`);
        return resources.list(USERS, { filter: resolveFilter(tree, userResourceType), take: 100, count: true });
      },
      bare: (number) => parsed(byName.get(TENANT, "User", "userName", newPerson(some(number)).userName)),
    },
    { what: "create", times: 20, ...creation({ size, storage, db }) },
    { what: "add one member to the group of all", times: 20, ...addition({ size, storage, db }) },
  ];
}

function creation({ storage, db }: Filled): Pick<Contest, "ours" | "bare"> {
  const insert = db.prepare(
    "INSERT INTO scimkit_resources (tenant, type, id, version, created, last_modified, attributes, unique_values) " +
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const take = db.prepare("INSERT INTO scimkit_unique_values VALUES (?, ?, ?, ?, ?)");
  const begin = transactionOf(db);
  let last = 1_000_000;
  const next = (): StoredResource => {
    last += 1;
    return stored(last);
  };
  return {
    ours: () => storage.resources.insert(USERS, next()),
    bare: () => {
      const { id, version, attributes, unique } = next();
      const texts = [JSON.stringify(attributes), JSON.stringify(unique)] as const;
      begin(() => {
        insert.run(TENANT, "User", id, version, NOW, NOW, ...texts);
        for (const { attribute, key } of unique) take.run(TENANT, "User", attribute, key, id);
      });
    },
  };
}

function addition({ storage, db }: Filled): Pick<Contest, "ours" | "bare"> {
  const insert = db.prepare(
    "INSERT INTO scimkit_memberships (tenant, group_type, group_id, group_folded, member_value, member_folded, " +
      "member_type, display) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const update = db.prepare(
    "UPDATE scimkit_resources SET version = ?, last_modified = ? WHERE tenant = ? AND type = ? AND id = ?",
  );
  const begin = transactionOf(db);
  let last = 2_000_000;
  const next = (): string => {
    last += 1;
    return idOf(last);
  };
  return {
    ours: async () => {
      const add = [{ value: next(), type: "User" as const }];
      const change = { version: String(last), lastModified: NOW };
      return storage.resources.members?.change(GROUPS, GROUP, { add, remove: [], next: change, unknown: "accept" });
    },
    bare: () => {
      const id = next();
      begin(() => {
        insert.run(TENANT, "Group", GROUP, GROUP, id, id, "User", null);
        update.run(String(last), NOW, TENANT, "Group", GROUP);
      });
    },
  };
}

function transactionOf(db: DatabaseSync): (run: () => void) => void {
  const [begin, commit]: StatementSync[] = ["BEGIN IMMEDIATE", "COMMIT"].map((text) => db.prepare(text));
  return (run) => {
    begin?.run();
    run();
    commit?.run();
  };
}

interface Measured {
  readonly size: number;
  readonly beside: Figure[];
}

async function measure(files: readonly { file: Filled; contests: readonly Contest[] }[]): Promise<Measured[]> {
  const costs = new Map<string, number[]>();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { file, contests } of rotated(files, round)) {
      for (const contest of contests) {
        for (const side of rotated(["ours", "bare"] as const, round)) {
          const started = performance.now();
          for (let number = 0; number < contest.times; number += 1) {
            await contest[side](round * contest.times + number);
          }
          const cost = ((performance.now() - started) / contest.times) * 1e6;
          const key = `${file.size} ${contest.what} ${side}`;
          if (round > 0) costs.set(key, [...(costs.get(key) ?? []), cost]);
        }
      }
    }
  }
  return files.map(({ file: { size }, contests }) => ({
    size,
    beside: contests.map(({ what }) => ({
      area: `SQLite file with ${size.toLocaleString("en")} users`,
      what,
      against: "prepared statements",
      ours: median(costs.get(`${size} ${what} ours`) ?? []),
      theirs: median(costs.get(`${size} ${what} bare`) ?? []),
    })),
  }));
}

/** With a hundred times the users nothing may cost more than half as much again, which is what the machine's noise allows for. */
function growth([few, many]: readonly Measured[]): Figure[] {
  return (many?.beside ?? []).map(({ what, ours }, index) => ({
    area: "SQLite file: the cost with 100,000 users beside that with 1,000",
    what,
    against: "the same with 1,000",
    ours,
    theirs: few?.beside[index]?.ours ?? Number.NaN,
    most: 1.5,
  }));
}
