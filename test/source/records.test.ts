import { memoryStorage, type Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createUser, patch, STORAGES, USER } from "../helpers/scim-app.ts";
import {
  createSourceApp,
  createTestClock,
  RecordingDirectory,
  type SourceApp,
  type TestClock,
} from "../helpers/source-app.ts";

const DAY_MS = 86_400_000;

/** A directory that always fails, so that every change stays unfinished. */
function awayDirectory(): RecordingDirectory {
  const directory = new RecordingDirectory();
  directory.before = () => {
    throw new Error("away");
  };
  return directory;
}

const setTitle = (title: string): object => patch({ op: "replace", path: "title", value: title });

describe.each(Object.keys(STORAGES))("records of a source over %s storage", (storageName) => {
  let storage: Storage;
  let clock: TestClock;
  beforeEach(() => {
    storage = STORAGES[storageName]?.() ?? memoryStorage();
    clock = createTestClock();
  });
  afterEach(() => storage.close());

  const start = (slug: string, directory: RecordingDirectory): Promise<SourceApp> =>
    createSourceApp({ storage, slug, directory, now: clock.now });

  it("are left alone by a process that does not hold their source, however many are due", async () => {
    const elsewhere = await start("elsewhere", awayDirectory());
    for (let n = 0; n < 60; n += 1) await elsewhere.send("POST", "/Users", { schemas: [USER], userName: `u${n}` });
    clock.advance(1);
    const directory = awayDirectory();
    const here = await start("here", directory);
    await here.send("POST", "/Users", { schemas: [USER], userName: "u1" });
    directory.before = () => {};
    clock.advance(5000);
    expect(await here.source.settle()).toBe(1);
    expect([...directory.users.values()].map(({ userName }) => userName)).toEqual(["u1"]);
    expect((await elsewhere.send("GET", "/Users")).body.totalResults).toBe(0);
  });

  it("do not lock a resource for a day when the clock was a day ahead as they were written", async () => {
    const directory = new RecordingDirectory();
    const user = await createUser(await start("people", directory), "a");
    const ahead = await createSourceApp({ storage, directory, now: () => clock.now() + DAY_MS });
    directory.before = () => {
      throw new Error("away");
    };
    expect((await ahead.send("PATCH", `/Users/${user}`, setTitle("first"))).status).toBe(500);
    directory.before = () => {};
    const app = await start("people", directory);
    expect(await app.source.settle()).toBe(0);
    expect((await app.send("PATCH", `/Users/${user}`, setTitle("second"))).status).toBe(503);
    await app.source.idle();
    clock.advance(60_000);
    expect(await app.source.settle()).toBe(1);
    expect((await app.send("GET", `/Users/${user}`)).body.title).toBe("first");
    expect((await app.send("PATCH", `/Users/${user}`, setTitle("second"))).status).toBe(200);
    await app.source.idle();
    const ids = (await app.source.tokens.list()).map(({ lastUsed }) => lastUsed);
    expect(ids).toContain("2026-01-01T00:01:00.000Z");
  });

  it("of a token show the time of the last use again after a clock was ahead", async () => {
    let now = clock.now() + DAY_MS;
    const { source, send } = await createSourceApp({ storage, now: () => now });
    await send("GET", "/Users");
    await source.idle();
    now = clock.now();
    await send("GET", "/Users");
    await source.idle();
    expect((await source.tokens.list())[0]?.lastUsed).toBe("2026-01-01T00:00:00.000Z");
  });

  it.each([
    ["tokens", "GET", "/Users"],
    ["intents", "POST", "/Users"],
  ])(
    "of %s that this version does not write are a 500 that names the record, and no data",
    async (kind, ...request) => {
      const app = await start("people", awayDirectory());
      const body = { schemas: [USER], userName: "a" };
      await app.send("POST", "/Users", body);
      for (const { key } of await storage.state.scan(kind, { take: 10 })) {
        await storage.state.put(kind, key, { secret: "salary is 7" }, { expected: undefined });
      }
      const [method, path] = request;
      const response = await app.send(method, path, method === "GET" ? undefined : body);
      expect(response.status).toBe(500);
      expect(response.text).not.toContain("salary");
      const errors = app.events.flatMap((event) => (event.type === "server.error" ? [event.error] : []));
      expect(errors.at(-1)).toMatchObject({ code: "SCIM_RECORD_INVALID" });
      expect(String(errors.at(-1))).toContain(kind);
    },
  );
});
