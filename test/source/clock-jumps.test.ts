import { memoryStorage, type Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createUser, patch } from "../helpers/scim-app.ts";
import {
  createSourceApp,
  createTestClock,
  RecordingDirectory,
  type SourceApp,
  type TestClock,
} from "../helpers/source-app.ts";

const DAY_MS = 86_400_000;

const setTitle = (title: string): object => patch({ op: "replace", path: "title", value: title });

describe("a source whose clock jumps", () => {
  let storage: Storage;
  let clock: TestClock;
  let directory: RecordingDirectory;
  let app: SourceApp;
  let user: string;
  beforeEach(async () => {
    storage = memoryStorage();
    clock = createTestClock();
    directory = new RecordingDirectory();
    app = await createSourceApp({ storage, directory, now: clock.now });
    user = await createUser(app, "ada");
    directory.before = () => {
      throw new Error("away");
    };
    expect((await app.send("PATCH", `/Users/${user}`, setTitle("first"))).status).toBe(500);
    directory.before = () => {};
  });
  afterEach(() => storage.close());

  const change = async (title: string): Promise<number> =>
    (await app.send("PATCH", `/Users/${user}`, setTitle(title))).status;
  const titleOf = async (): Promise<unknown> => (await app.send("GET", `/Users/${user}`)).body.title;

  it("back by a day, finishes a change with an unknown outcome after a lease, and not after a day", async () => {
    clock.advance(-DAY_MS);
    expect(await change("second")).toBe(503);
    clock.advance(60_000);
    expect(await change("second")).toBe(200);
    expect(await titleOf()).toBe("second");
  });

  it("forward by a day, finishes it at once", async () => {
    clock.advance(DAY_MS);
    expect(await change("second")).toBe(200);
    expect(await titleOf()).toBe("second");
  });

  it("back by a day during a change, gives the directory no longer than a lease", async () => {
    const setTimeouts = vi.spyOn(globalThis, "setTimeout");
    clock.advance(2000);
    expect(await app.source.settle()).toBe(1);
    directory.before = () => {};
    const { saveUser } = directory;
    storage.transaction = new Proxy(storage.transaction, {
      apply: async (target, self, given) => {
        const result = await Reflect.apply(target, self, given);
        clock.advance(-DAY_MS);
        return result;
      },
    });
    directory.saveUser = saveUser.bind(directory);
    setTimeouts.mockClear();
    expect(await change("second")).toBe(200);
    expect(Math.max(...setTimeouts.mock.calls.map(([, ms = 0]) => ms))).toBe(60_000);
    setTimeouts.mockRestore();
  });

  it("back by a day, serves no cursor for longer than twice its time", async () => {
    await createUser(app, "grace");
    const first = await app.send("GET", "/Users?count=1&cursor");
    const next = (): Promise<{ status: number }> =>
      app.send("GET", `/Users?count=1&cursor=${encodeURIComponent(String(first.body.nextCursor))}`);
    expect((await next()).status).toBe(200);
    clock.advance(-3_500_000);
    expect((await next()).status).toBe(200);
    clock.advance(-DAY_MS);
    expect((await next()).status).toBe(400);
  });
});
