import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SqliteStorage, sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import { userOf } from "../../src/testing/storage/contract-data.ts";
import { sqliteStatementsOf } from "../helpers/sqlite-statements.ts";

const users = { tenant: "t", type: "User" };

/** The first word of each statement. */
const verbs = async (use: () => Promise<unknown>) =>
  (await sqliteStatementsOf(use)).map((text) => (text.match(/^\w+/)?.[0] ?? "").toUpperCase());

describe("the statements of SQLite", () => {
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

  it("is as many statements for a user with a thousand e-mail addresses as for one with two", async () => {
    const withEmails = (name: string, count: number) => {
      const values = Array.from({ length: count }, (_, n) => `${n}@${name}.example`);
      const attributes = { userName: name, emails: values.map((value) => ({ value })) };
      const unique = values.map((key) => ({ attribute: "emails.value", key }));
      return userOf(name, { attributes, unique });
    };
    const { resources } = storage;
    const lives = async (name: string, count: number) =>
      verbs(async () => {
        await resources.insert(users, withEmails(name, count));
        const fewer = { ...withEmails(name, count / 2), version: "v9" };
        await resources.replace(users, fewer, "v1");
        await resources.remove(users, fewer.id);
      });
    const one = await lives("one", 2);
    expect(one.length).toBeGreaterThan(9);
    expect(await lives("many", 1000)).toEqual(one);
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
