import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveFilter } from "../../src/filter/resolve-filter.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { resolvePath } from "../../src/schema/attributes/resolve-path.ts";
import { splitPath } from "../../src/schema/attributes/split-path.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import type { ListQuery, Page, Sort } from "../../src/storage/list-query.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { at, upTo, userOf } from "../../src/testing/storage/contract-data.ts";
import { createWork } from "../../src/work/work.ts";
import { freshDatabase } from "../helpers/postgres/database.ts";
import { sqliteStatementsOf } from "../helpers/sqlite-statements.ts";

const users = { tenant: "t", type: "User" };
const USERS = 400;
const TITLES = ["Boss", "boss", "Ärztin", "z\u{1f600}", undefined];

/** Terms that nobody matches, so many that a database is asked piece by piece for a few hundred users. */
const costly = (text: string) =>
  `${text} or ${upTo(100)
    .map((n) => `nickName co "none${n}"`)
    .join(" or ")}`;
function sortBy(path: string, order: Sort["order"]): Sort {
  return {
    path: resolvePath(userResourceType, splitPath(path)) ?? {
      extension: undefined,
      attribute: undefined,
      sub: undefined,
    },
    order,
  };
}
const filterOf = (text: string) => resolveFilter(parseFilter(text, { maxLength: 100_000 }), userResourceType);

async function fill({ resources }: Storage): Promise<void> {
  for (const n of upTo(USERS)) {
    const name = `n${(n * 7919) % USERS}`;
    const attributes = { userName: name, title: TITLES[n % TITLES.length], nickName: `nick ${n % 9}` };
    await resources.insert(users, userOf(name, { created: at(n >> 2), attributes }));
  }
}

let url = "";
const storages = new Map<string, Storage>();
beforeAll(async () => {
  url = await freshDatabase();
  storages.set("SQLite", sqliteStorage(":memory:"));
  storages.set("PostgreSQL", postgresStorage(url));
  storages.set("memory", memoryStorage());
  for (const [, storage] of storages) await storage.transaction((tx) => fill(tx));
});
afterAll(async () => {
  for (const [, storage] of storages) await storage.close();
});
const storageOf = (name: string) => storages.get(name) ?? memoryStorage();

async function pagesOf(
  storage: Storage,
  query: ListQuery,
): Promise<readonly (readonly [string[], number | undefined])[]> {
  const pages: [string[], number | undefined][] = [];
  let after = query.after;
  do {
    const page: Page = await storage.resources.list(users, { ...query, after });
    pages.push([page.resources.map(({ id }) => id), page.total]);
    after = page.next;
  } while (after !== undefined);
  return pages;
}

const SORTS: readonly (Sort | undefined)[] = [
  undefined,
  sortBy("title", "ascending"),
  sortBy("title", "descending"),
  sortBy("userName", "ascending"),
];

describe("a search that reads a partition in pieces", () => {
  it.each(["SQLite", "PostgreSQL"])("finds, counts, sorts and pages in %s as in memory", async (name) => {
    for (const text of [
      'title co "oss"',
      'title pr and nickName ne "nick 3"',
      'userName sw "n1"',
      'title eq "nobody"',
    ]) {
      for (const sort of SORTS) {
        for (const query of [
          { take: 90 },
          { take: 90, count: true },
          { take: 7, skip: 50, count: true },
          { take: 0, count: true },
        ]) {
          const asked: ListQuery = { ...query, sort, filter: filterOf(costly(text)) };
          const list = async (storage: Storage) =>
            "skip" in query || query.take === 0 ? storage.resources.list(users, asked) : pagesOf(storage, asked);
          expect([text, query, await list(storageOf(name))]).toEqual([text, query, await list(storageOf("memory"))]);
        }
      }
      const byId: ListQuery = { order: "id", take: 60, filter: filterOf(costly(text)) };
      expect(await pagesOf(storageOf(name), byId)).toEqual(await pagesOf(storageOf("memory"), byId));
    }
  });

  it("lets other requests use SQLite between two pieces", async () => {
    const { resources } = storageOf("SQLite");
    const order: string[] = [];
    const search = resources.list(users, { filter: filterOf(costly("title pr")), take: 500 });
    await Promise.all([
      search.then(() => order.push("search")),
      resources.find(users, "u-n1").then(() => order.push("find")),
    ]);
    expect(order).toEqual(["find", "search"]);
  });

  it("is done whole within a transaction, whose other operations wait for it", async () => {
    const total = await storageOf("SQLite").transaction(async (tx) => {
      const page = await tx.resources.list(users, { filter: filterOf(costly("title pr")), take: 5, count: true });
      return page.total;
    });
    expect(total).toBe((USERS / TITLES.length) * 4);
  });
});

describe("a search without an index", () => {
  it.each(["SQLite", "PostgreSQL"])("is refused by %s before it begins if it needs too much work", async (name) => {
    const { resources } = storageOf(name);
    const list = (query: Partial<ListQuery>, limit: number) =>
      resources.list(users, { take: 5, count: true, work: createWork({ limit }), ...query });
    const filter = filterOf('title co "x"');
    const message = "The request needs too much work for searching title without an index";
    await expect(list({ filter }, 1000)).rejects.toMatchObject({ status: 400, scimType: "tooMany", message });
    await expect(list({ filter }, 100_000)).resolves.toMatchObject({ total: 0 });
    await expect(list({ filter: filterOf(costly('title co "x"')) }, 100_000)).rejects.toMatchObject({ message });
    const sorting = "The request needs too much work for sorting by title";
    await expect(list({ sort: sortBy("title", "ascending") }, 1000)).rejects.toMatchObject({ message: sorting });
  });

  it("costs what its candidates cost if an index finds few, and next to nothing if it is a lookup", async () => {
    for (const name of ["SQLite", "PostgreSQL"]) {
      const { resources } = storageOf(name);
      const leftOf = async (text: string) => {
        const work = createWork({ limit: 1_000_000 });
        await resources.list(users, { filter: filterOf(text), take: 5, count: true, work });
        return work.left;
      };
      expect(await leftOf('userName eq "n1"')).toBe(999_998);
      expect(await leftOf('id eq "u-n1" and title pr')).toBeGreaterThan(999_000);
      expect(await leftOf('title pr and id sw "u-n1"')).toBeGreaterThan(980_000);
      expect(await leftOf("title pr")).toBeLessThan(999_000);
    }
  });

  it("costs as much as the values are long", async () => {
    const storage = sqliteStorage(":memory:");
    for (const n of upTo(3)) {
      await storage.resources.insert(users, userOf(`${n}`, { attributes: { title: "x".repeat(500_000) } }));
    }
    const filter = filterOf(
      upTo(100)
        .map((n) => `title co "y${n}"`)
        .join(" or "),
    );
    const query = { filter, take: 1, work: createWork({ limit: 10_000_000 }) };
    await expect(storage.resources.list(users, query)).rejects.toMatchObject({ scimType: "tooMany" });
    await storage.close();
  });

  it.each([
    ["SQLite", () => sqliteStorage({ file: ":memory:", statementTimeoutMs: 1 })],
    ["PostgreSQL", () => postgresStorage({ connectionString: url, statementTimeoutMs: 1 })],
  ])("ends in %s after statementTimeoutMs", async (name, open) => {
    const storage = open();
    if (name === "SQLite") await storage.transaction(fill);
    const query = { filter: filterOf(costly("title pr")), take: 500, count: true };
    const message = "The database stopped the query after 1 ms";
    await expect(storage.resources.list(users, query)).rejects.toMatchObject({
      status: 400,
      scimType: "tooMany",
      message,
    });
    await storage.close();
  });
});

describe("a search whose client has gone", () => {
  it.each(["SQLite", "PostgreSQL"])("does not begin in %s", async (name) => {
    const work = createWork({ signal: AbortSignal.abort() });
    const list = () => storageOf(name).resources.list(users, { take: 5, work });
    const texts = await sqliteStatementsOf(() => expect(list()).rejects.toMatchObject({ status: 499 }));
    expect(texts).toEqual([]);
  });

  it("ends in SQLite at the next piece", async () => {
    const leaving = new AbortController();
    const work = createWork({ signal: leaving.signal });
    const search = storageOf("SQLite").resources.list(users, { filter: filterOf(costly("title pr")), take: 500, work });
    const leave = storageOf("SQLite")
      .resources.find(users, "u-n1")
      .then(() => leaving.abort());
    await expect(Promise.all([search, leave])).rejects.toMatchObject({ status: 499 });
  });

  it("is cancelled in PostgreSQL", async () => {
    const blocker = new Client({ connectionString: url });
    await blocker.connect();
    await blocker.query("BEGIN");
    await blocker.query("LOCK TABLE scimkit_resources IN ACCESS EXCLUSIVE MODE");
    const waiting =
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    const isWaiting = async () => (await blocker.query(waiting)).rows[0].n === 1;
    const leaving = new AbortController();
    const signal = leaving.signal;
    const work = { signal, left: 1, spent: 0, spend: () => undefined, pause: () => undefined };
    const query = { filter: filterOf('title co "x" or id pr'), take: 1, work };
    const search = storageOf("PostgreSQL").resources.list(users, query);
    while (!(await isWaiting())) await new Promise((resume) => setImmediate(resume));
    leaving.abort();
    await expect(search).rejects.toMatchObject({ status: 499 });
    expect(await isWaiting()).toBe(false);
    await blocker.query("ROLLBACK");
    await blocker.end();
  });
});
