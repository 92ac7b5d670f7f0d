import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createSources } from "scimkit/source";
import { memoryStorage } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { describe, expect, it } from "vitest";
import { createUser, USER } from "../../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory, sendTo } from "../../helpers/source-app.ts";

const signal = new AbortController().signal;

describe("the outboxes of many sources", () => {
  it("are delivered by one task after a crash; one directory that does not respond holds up no other", async () => {
    const storage = memoryStorage();
    const clock = createTestClock();
    const directories = new Map(["slow", "quick", "other"].map((slug) => [slug, new RecordingDirectory()]));
    const open = () =>
      createSources({
        ...{ storage, baseUrl: "https://app.example", now: clock.now, timer: false },
        resolve: (slug) => {
          const directory = directories.get(slug);
          return directory && { directory, delivery: "outbox" as const, deliveryLeaseMs: 200 };
        },
      });
    // The first process ends before anything is delivered.
    for (const directory of directories.values()) directory.before = () => new Promise(() => {});
    const first = open();
    for (const slug of directories.keys()) {
      const source = await first.get(slug);
      if (source === undefined) throw new Error("resolve knows it");
      const { token } = await source.tokens.issue({ name: "test" });
      const body = { schemas: [USER], userName: "ada" };
      expect((await sendTo(source, token, { method: "POST", path: "/Users", body })).status).toBe(201);
    }
    await first.idle();
    for (const [slug, directory] of directories) if (slug !== "slow") directory.before = () => {};
    clock.advance(60_000);
    const second = open();
    const running = second.task.run(signal);
    await expect.poll(() => [...directories.values()].map(({ users }) => users.size)).toEqual([0, 1, 1]);
    await running;
    const slow = await second.get("slow");
    const waiting: unknown[] = [];
    for await (const each of slow?.deliveries.list() ?? []) waiting.push(each);
    expect(waiting).toMatchObject([{ tries: 2, changes: 1 }]);
  });
});

describe("a change that is reported in a transaction of the application", () => {
  it("is committed together with the application's own write", async () => {
    const folder = await mkdtemp(join(tmpdir(), "scimkit-report-"));
    const file = join(folder, "app.db");
    const storage = sqliteStorage(file);
    const app = await createSourceApp({ storage, directory: new RecordingDirectory() });
    const id = await createUser(app, "ada");
    await app.source.idle();
    const own = new DatabaseSync(file);
    own.exec("PRAGMA foreign_keys = ON; CREATE TABLE accounts (id TEXT, title TEXT)");
    for (const end of ["ROLLBACK", "COMMIT"]) {
      own.exec("BEGIN IMMEDIATE");
      own.prepare("INSERT INTO accounts VALUES (?, ?)").run(id, end);
      const change = { type: "user.changed" as const, id, attributes: { title: end } };
      await app.source.reportChange(change, { tx: storage.within(own) });
      own.exec(end);
      const title = end === "COMMIT" ? end : undefined;
      expect((await app.send("GET", `/Users/${id}`)).body.title).toBe(title);
    }
    expect(own.prepare("SELECT title FROM accounts").all()).toEqual([{ title: "COMMIT" }]);
    own.close();
    await storage.close();
    await rm(folder, { recursive: true });
  });
});
