import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { groupOf, memberChange, userOf } from "../../src/testing/storage/contract-data.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-sqlite-faults-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const users = { tenant: "t", type: "User" };

async function fault(file: string, use: (storage: Storage) => Promise<unknown> = (storage) => storage.migrate()) {
  const storage = sqliteStorage({ file, busyTimeoutMs: 100 });
  try {
    return await use(storage).then(
      () => undefined,
      (error: unknown) => error,
    );
  } finally {
    await storage.close();
  }
}

describe("the SQLite storage", () => {
  it("says why a file cannot be opened, without its path", async () => {
    const text = join(directory, "text.txt");
    await writeFile(text, "x");
    const because = (reason: string) => ({ status: 503, message: `The database file cannot be opened: ${reason}` });
    expect(await fault(join(directory, "no", "such", "directory.db"))).toMatchObject({
      ...because("its directory does not exist"),
      cause: { errcode: 14 },
    });
    expect(await fault(directory)).toMatchObject(because("it is a directory"));
    expect(await fault(join(text, "below.db"))).toMatchObject(because("a part of its path is not a directory"));
    expect(await fault(join(directory, "x".repeat(300)))).toMatchObject(because("its path is too long"));
  });

  it("says that a file is not a database", async () => {
    const file = join(directory, "text.db");
    await writeFile(file, "not a database, but long enough to be looked at. ".repeat(50));
    expect(await fault(file)).toMatchObject({ status: 503, message: "The database file is not a database" });
  });

  it("says that the database is locked by another, and works when it no longer is", async () => {
    const file = join(directory, "locked.db");
    const storage = sqliteStorage({ file, busyTimeoutMs: 60 });
    await storage.migrate();
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    await expect(storage.resources.insert(users, userOf("ada"))).rejects.toMatchObject({
      status: 503,
      message: "The database is locked by another process",
    });
    expect(await storage.resources.find(users, "u-ada"), "readers are not disturbed").toBeUndefined();
    expect(await fault(file, (second) => second.migrate()), "the tables are there").toBeUndefined();
    const without = sqliteStorage({ file, busyTimeoutMs: 60, tablePrefix: "other_" });
    await expect(without.migrate()).rejects.toMatchObject({ status: 503 });
    await without.close();
    other.exec("ROLLBACK");
    other.close();
    await storage.resources.insert(users, userOf("ada"));
    await storage.close();
  });

  it("refuses tables of a newer release and leaves them alone", async () => {
    const file = join(directory, "newer.db");
    expect(await fault(file)).toBeUndefined();
    const database = new DatabaseSync(file);
    database.exec("UPDATE scimkit_meta SET value = '999' WHERE name = 'layout'");
    database.close();
    const message = "The database's tables were made by a newer release than this one";
    expect(await fault(file)).toMatchObject({ status: 503, message });
    expect(await fault(file, (storage) => storage.resources.find(users, "x"))).toMatchObject({ status: 503, message });
  });

  it("says that the disk is full, leaves nothing of that write and goes on", async () => {
    const prepared = vi.spyOn(DatabaseSync.prototype, "prepare");
    const storage = sqliteStorage(join(directory, "full.db"));
    await storage.resources.insert(users, userOf("ada"));
    for (const connection of prepared.mock.contexts) {
      if (connection instanceof DatabaseSync) connection.exec("PRAGMA max_page_count = 100");
    }
    prepared.mockRestore();
    const big = userOf("big", { attributes: { filler: "x".repeat(1_000_000) } });
    const full = { status: 503, message: "The disk of the database is full" };
    await expect(storage.resources.insert(users, big)).rejects.toMatchObject(full);
    await expect(storage.transaction((tx) => tx.resources.insert(users, big))).rejects.toMatchObject(full);
    await storage.resources.insert(users, userOf("bob"));
    expect((await storage.resources.list(users, { take: 9 })).resources.map((one) => one.id)).toEqual([
      "u-ada",
      "u-bob",
    ]);
    await storage.close();
  });

  it("commits nothing of a transaction that the database rolled back by itself, even if the failure was caught", async () => {
    const file = join(directory, "given-up.db");
    const storage = sqliteStorage(file);
    await storage.migrate();
    const other = new DatabaseSync(file);
    other.exec(`CREATE TRIGGER boom BEFORE INSERT ON scimkit_resources WHEN NEW.id = 'u-boom'
      BEGIN SELECT RAISE(ROLLBACK, 'boom'); END`);
    other.close();
    const work = storage.transaction(async (tx) => {
      await tx.resources.insert(users, userOf("before"));
      await expect(tx.resources.insert(users, userOf("boom"))).rejects.toMatchObject({ status: 503 });
      await tx.resources.insert(users, userOf("after")).catch(() => undefined);
    });
    await expect(work).rejects.toMatchObject({ message: "The database has aborted the transaction" });
    expect(await storage.resources.list(users, { take: 9 })).toEqual({ resources: [] });
    await storage.resources.insert(users, userOf("later"));
    await storage.close();
  });
});

describe("the SQLite storage, by its options, data and connections,", () => {
  it("refuses wrong options by name", () => {
    expect(() => sqliteStorage("")).toThrow(TypeError);
    expect(() => sqliteStorage("file:x?mode=memory")).toThrow("must be a path, not a URI");
    expect(() => sqliteStorage({ file: "x", busyTimeout: 1 } as never)).toThrow("busyTimeout");
  });

  it("refuses text that no database could compare, by the attribute's path, and leaves nothing", async () => {
    const insert = (attributes: Record<string, unknown>) => (storage: Storage) =>
      storage.resources.insert(users, userOf("odd", { attributes: { userName: "odd", ...attributes } }));
    const invalid = (attribute: string) => ({ status: 400, scimType: "invalidValue", attribute });
    expect(await fault(":memory:", insert({ title: "a\u0000b" }))).toMatchObject(invalid("title"));
    expect(await fault(":memory:", insert({ name: { formatted: "\ud800" } }))).toMatchObject(invalid("name.formatted"));
    expect(await fault(":memory:", insert({ emails: [{ value: "a" }, { value: "\udc00" }] }))).toMatchObject(
      invalid("emails.value"),
    );
    const extension = { "urn:example:2.0:User": { badge: "\ud800" } };
    expect(await fault(":memory:", insert(extension))).toMatchObject(invalid("urn:example:2.0:User:badge"));
  });

  it("refuses members and keys that no database could find again", async () => {
    const groups = { tenant: "t", type: "Group" };
    const odd = memberChange({ add: [{ value: "a\u0000b", type: "User" }] });
    expect(
      await fault(":memory:", async (storage) => {
        await storage.resources.insert(groups, groupOf("g"));
        await storage.resources.members?.change(groups, "g-g", odd);
      }),
    ).toMatchObject({ status: 400, scimType: "invalidValue" });
    const put = (storage: Storage) => storage.state.put("c", "\ud800", {}, { expected: null });
    expect(await fault(":memory:", put)).toBeInstanceOf(TypeError);
  });

  it("has the effects of a transaction visible to another connection once it is committed, and not before", async () => {
    const file = join(directory, "visible.db");
    const storage = sqliteStorage(file);
    await storage.migrate();
    const other = new DatabaseSync(file);
    const count = () => other.prepare("SELECT count(*) AS n FROM scimkit_resources").get()?.n;
    await storage.transaction(async (tx) => {
      await tx.resources.insert(users, userOf("ada"));
      expect(count()).toBe(0);
      expect(await storage.resources.find(users, "u-ada"), "the storage's own readers").toBeUndefined();
    });
    expect(count()).toBe(1);
    expect(other.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    other.close();
    await storage.close();
  });
});
