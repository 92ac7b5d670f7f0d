import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ForbiddenError } from "../../src/errors/request-errors.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { bulk, idOf, postGroup, postUser, sendBulk, statuses } from "../helpers/bulk-request.ts";
import { ENTERPRISE, memberIds, patch, STORAGES } from "../helpers/scim-app.ts";
import {
  createSourceApp,
  createTestClock,
  RecordingDirectory,
  type SourceApp,
  sendTo,
  type TestClock,
} from "../helpers/source-app.ts";

let storage: Storage;
let directory: RecordingDirectory;
let clock: TestClock;
let app: SourceApp;

const userNames = async (): Promise<unknown[]> =>
  ((await app.send("GET", "/Users")).body.Resources as { userName: string }[]).map((user) => user.userName).sort();
const saved = (): unknown[] => [...directory.users.values()].map((user) => user.userName).sort();

/** Each test has a source and a directory of its own over this storage. */
function setUp(storageName: string): void {
  beforeEach(async () => {
    storage = STORAGES[storageName]?.() ?? memoryStorage();
    directory = new RecordingDirectory();
    clock = createTestClock();
    app = await createSourceApp({ storage, directory, now: clock.now });
  });
  afterEach(() => storage.close());
}

describe.each(Object.keys(STORAGES))("bulk requests to a source with a directory, over %s storage", (storageName) => {
  setUp(storageName);

  it("tells the directory of each operation, once, and what refers behind what it refers to", async () => {
    const results = await sendBulk(app, [
      postGroup("g", ["bulkId:a", "bulkId:b"]),
      postUser("a"),
      postUser("b"),
      { method: "PATCH", path: "/Users/bulkId:a", data: patch({ op: "replace", path: "active", value: false }) },
      {
        method: "PATCH",
        path: "/Groups/bulkId:g",
        data: patch({ op: "remove", path: 'members[value eq "bulkId:b"]' }),
      },
      { method: "DELETE", path: "/Users/bulkId:b" },
    ]);
    expect(statuses(results)).toEqual(["201", "201", "201", "200", "204", "204"]);
    const [g = "", a = "", b = ""] = results.map(idOf);
    expect(directory.calls.map(({ method, id }) => [method, id])).toEqual([
      ["saveUser", a],
      ["saveUser", b],
      ["saveGroup", g],
      ["changeMembers", g],
      ["saveUser", a],
      ["changeMembers", g],
      ["removeUser", b],
    ]);
    expect(new Set(directory.calls.map(({ context }) => context.idempotencyKey)).size).toBe(6);
    expect(directory.users.get(a)?.active).toBe(false);
    expect([...(directory.members.get(g) ?? [])]).toEqual(await memberIds(app, g));
  });

  it("returns the directory's error for an operation that it rejects, and 409 for what refers to it", async () => {
    directory.before = (method) => {
      if (method === "saveUser" && directory.users.size === 1) throw new ForbiddenError("no seats left");
    };
    const results = await sendBulk(app, [
      postUser("a"),
      postUser("b"),
      postGroup("g", ["bulkId:b"]),
      postGroup("h", ["bulkId:a"]),
    ]);
    expect(statuses(results)).toEqual(["201", "403", "409", "201"]);
    expect(results[1]?.response?.detail).toBe("no seats left");
    expect([await userNames(), saved()]).toEqual([["a"], ["a"]]);
    expect([...directory.groups.values()].map((group) => group.displayName)).toEqual(["h"]);
  });

  it("goes on when the directory fails at one operation, and both sides agree once it is settled", async () => {
    let isAway = true;
    directory.before = () => {
      if (isAway && directory.users.size === 1) throw new Error("connection reset");
    };
    const results = await sendBulk(app, [postUser("a"), postUser("b"), { method: "DELETE", path: "/Users/nobody" }]);
    expect(statuses(results)).toEqual(["201", "500", "404"]);
    expect([await userNames(), saved()]).toEqual([["a"], ["a"]]);
    isAway = false;
    clock.advance(60_000);
    await app.source.settle();
    expect([await userNames(), saved()]).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  it("removes a cycle that failed from the directory too", async () => {
    const managed = (userName: string, manager: string): object =>
      postUser(userName, { [ENTERPRISE]: { manager: { value: `bulkId:${manager}` } } });
    directory.before = (method) => {
      if (method === "saveUser" && directory.users.size === 1) throw new ForbiddenError("no seats left");
    };
    const results = await sendBulk(app, [managed("a", "b"), managed("b", "a"), postGroup("g")]);
    expect(statuses(results)).toEqual(["409", "403", "201"]);
    expect([await userNames(), saved()]).toEqual([[], []]);
  });
});

describe.each(Object.keys(STORAGES))("bulk requests that a source refuses, over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 174] lets a token that may only read do nothing", async () => {
    const { token } = await app.source.tokens.issue({ name: "reader", rights: "read" });
    const answer = await sendTo(app.source, token, { method: "POST", path: "/Bulk", body: bulk([postUser("a")]) });
    expect(answer.body.Operations).toEqual([expect.objectContaining({ status: "403" })]);
    expect(directory.calls).toEqual([]);
  });

  it("[req 99, 166] supports no bulk if it is switched off, and no /Me, since a service account is not a user", async () => {
    const without = await createSourceApp({ storage, slug: "without", bulk: false });
    expect((await without.send("POST", "/Bulk", bulk([postUser("a")]))).status).toBe(501);
    expect((await without.send("GET", "/ServiceProviderConfig")).body.bulk).toMatchObject({ supported: false });
    expect((await without.send("GET", "/Me")).status).toBe(501);
  });
});
