import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresStorage, postgresStorage } from "../../src/storage/postgres/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import {
  allMemberIds,
  freshTenant,
  groupOf,
  memberChange,
  membersOf,
  upTo,
  userOf,
  userRefs,
} from "../../src/testing/storage/contract-data.ts";
import { freshDatabase, query } from "../helpers/postgres/database.ts";

let url = "";
let storages: PostgresStorage[] = [];

beforeAll(async () => {
  url = await freshDatabase();
  storages = [postgresStorage(url), postgresStorage({ connectionString: url, pool: { max: 5 } })];
});
afterAll(() => Promise.all(storages.map((storage) => storage.close())));

/** As if of several processes: each has connections of its own. */
const storageOf = (n: number): Storage => storages[n % storages.length] as Storage;

const namesOf = (results: PromiseSettledResult<unknown>[]) => {
  const names: Record<string, number> = {};
  for (const one of results) {
    const name = one.status === "fulfilled" ? "fulfilled" : (one.reason as Error).name;
    names[name] = (names[name] ?? 0) + 1;
  }
  return names;
};

describe("parallel writers on PostgreSQL", () => {
  it("give one of a hundred creators of a userName the name, in transactions and alone [req 75]", async () => {
    const { users } = freshTenant();
    const create = (n: number) => {
      const user = userOf("ada", { id: `u-${n}` });
      const storage = storageOf(n);
      return n % 4 < 2
        ? storage.resources.insert(users, user)
        : storage.transaction(async (tx) => {
            await tx.state.put("log", `${users.tenant} ${n}`, {}, { expected: null });
            await tx.resources.insert(users, user);
          });
    };
    const results = await Promise.allSettled(upTo(100).map(create));
    expect(namesOf(results)).toEqual({ fulfilled: 1, UniquenessError: 99 });
    const winner = results.findIndex((one) => one.status === "fulfilled");
    const log = await storageOf(0).state.scan("log", { from: users.tenant, take: 999 });
    expect(log.length).toBe(winner % 4 < 2 ? 0 : 1);
  });

  it("lose none of a hundred members that are added to one group at once, in transactions and alone", async () => {
    const { users, groups } = freshTenant();
    await storageOf(0).resources.insert(groups, groupOf("g"));
    const add = async (n: number) => {
      const change = memberChange({ add: userRefs(`u-${n}`), next: { version: `v-${n}`, lastModified: "2026" } });
      const storage = storageOf(n);
      if (n % 4 < 2) return membersOf(storage.resources).change(groups, "g-g", change);
      return storage.transaction(async (tx) => {
        const outcome = await membersOf(tx.resources).change(groups, "g-g", change);
        const record = (await tx.state.get("count", [users.tenant])).get(users.tenant);
        const count = Number(record?.value.count ?? 0) + 1;
        await tx.state.put("count", users.tenant, { count }, { expected: record?.version ?? null });
        return outcome;
      });
    };
    await Promise.all(upTo(100).map(add));
    expect((await allMemberIds(storageOf(1).resources, groups, "g-g")).length).toBe(100);
    expect((await storageOf(1).state.get("count", [users.tenant])).get(users.tenant)?.value).toEqual({ count: 50 });
  });

  it("let one of two that hold the same version win, and tell the other", async () => {
    const { users } = freshTenant();
    await storageOf(0).resources.insert(users, userOf("ada"));
    const replace = (n: number) => {
      const next = userOf("ada", { version: `by ${n}` });
      return n === 0
        ? storageOf(n).resources.replace(users, next, "v1")
        : storageOf(n).transaction((tx) => tx.resources.replace(users, next, "v1"));
    };
    expect(namesOf(await Promise.allSettled(upTo(2).map(replace)))).toEqual({
      fulfilled: 1,
      PreconditionFailedError: 1,
    });
  });

  it("leave no membership of a user that is removed while it is added", async () => {
    const { users, groups } = freshTenant();
    await storageOf(0).resources.insert(groups, groupOf("g"));
    const work = upTo(60).map(async (n) => {
      const [name, storage] = [`${n}`, storageOf(n)];
      await storage.resources.insert(users, userOf(name));
      const change = memberChange({ add: userRefs(`u-${n}`), unknown: "reject" });
      const adds = (tx: Storage) => membersOf(tx.resources).change(groups, "g-g", change);
      const removes = (tx: Storage) => tx.resources.remove(users, `u-${n}`);
      await Promise.all([
        n % 2 < 1 ? adds(storageOf(n + 1)) : storageOf(n + 1).transaction(adds),
        n % 4 < 2 ? removes(storage) : storage.transaction(removes),
      ]);
    });
    await Promise.all(work);
    expect(await allMemberIds(storageOf(0).resources, groups, "g-g")).toEqual([]);
  });
});

describe("parallel transactions on PostgreSQL", () => {
  it("leave no membership of a user that a transaction removes which began before it was made", async () => {
    const { users, groups } = freshTenant();
    const [here, there] = [storageOf(0), storageOf(1)];
    await here.resources.insert(groups, groupOf("g"));
    await here.resources.insert(users, userOf("ada"));
    let attempts = 0;
    await here.transaction(async (tx) => {
      await tx.resources.find(users, "u-ada");
      attempts += 1;
      if (attempts === 1) {
        const change = memberChange({ add: userRefs("u-ada"), unknown: "reject" });
        await membersOf(there.resources).change(groups, "g-g", change);
      }
      expect(await tx.resources.remove(users, "u-ada")).toBe(true);
    });
    expect(attempts).toBe(2);
    expect(await allMemberIds(here.resources, groups, "g-g")).toEqual([]);
  });

  it("are not ended by taking what they need in another order", async () => {
    const { users } = freshTenant();
    const keys = upTo(6).map((n) => ({ attribute: "externalId", key: `e${n}` }));
    const create = (n: number) =>
      storageOf(n).resources.insert(users, {
        ...userOf(`${n}`),
        unique: n % 2 === 0 ? keys : keys.toReversed(),
      });
    expect(namesOf(await Promise.allSettled(upTo(40).map(create)))).toEqual({ fulfilled: 1, UniquenessError: 39 });
  });

  it("commit durably: no session is set to commit before its writes are on disk", async () => {
    const database = await freshDatabase();
    const storage = postgresStorage(database);
    await storage.migrate();
    await query(
      database,
      `CREATE TABLE seen (how text);
       CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
       CREATE CONSTRAINT TRIGGER see AFTER INSERT ON scimkit_state DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION see()`,
    );
    await storage.state.put("c", "alone", {}, { expected: null });
    await storage.transaction((tx) => tx.state.put("c", "in a transaction", {}, { expected: null }));
    await storage.close();
    expect(await query(database, "SELECT how FROM seen")).toEqual([{ how: "on" }, { how: "on" }]);
  });
});
