import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SqliteStorage, sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import { userOf } from "../../src/testing/storage/contract-data.ts";
import { sqliteStatementsOf } from "../helpers/sqlite-statements.ts";

const users = { tenant: "t", type: "User" };

/** The first word of each statement. */
const verbs = async (use: () => Promise<unknown>) =>
  (await sqliteStatementsOf(use)).map((text) => (text.match(/^\w+/)?.[0] ?? "").toUpperCase());

describe("what SQLite is asked", () => {
  let storage: SqliteStorage;
  beforeAll(async () => {
    storage = sqliteStorage(":memory:");
    await storage.migrate();
  });
  afterAll(() => storage.close());

  it("is one statement for a record that is written or deleted, since SQLite does one whole or not at all", async () => {
    const put = () => storage.state.put("c", "k", {}, { expected: null });
    expect(await verbs(put)).toEqual(["INSERT"]);
    expect(await verbs(() => storage.state.delete("c", "k"))).toEqual(["DELETE"]);
  });

  it("is one statement for unique values that are checked", async () => {
    const unique = ["userName", "externalId", "nickName"].map((attribute) => ({ attribute, key: "a" }));
    expect(await verbs(async () => storage.resources.checkUnique?.(users, { id: "u-a", unique }))).toEqual(["SELECT"]);
  });

  it("is a savepoint in a transaction only for what takes several statements, and COMMIT releases the last", async () => {
    const record = (key: string) => storage.transaction((tx) => tx.state.put("c", key, {}, { expected: null }));
    expect(await verbs(() => record("a"))).toEqual(["BEGIN", "INSERT", "COMMIT"]);
    const both = () =>
      storage.transaction(async (tx) => {
        await tx.resources.insert(users, userOf("ada"));
        await tx.resources.insert(users, userOf("bob"));
        await tx.state.put("c", "b", {}, { expected: null });
      });
    expect(await verbs(both)).toEqual([
      ...["BEGIN", "SAVEPOINT", "INSERT", "INSERT", "RELEASE"],
      ...["SAVEPOINT", "INSERT", "INSERT", "INSERT", "COMMIT"],
    ]);
  });
});
