import { memoryStorage } from "scimkit/storage";
import { describe, expect, it } from "vitest";
import { createUser, GROUP, patch, STORAGES, USER } from "../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory, useSource } from "../helpers/source-app.ts";

describe.each(Object.keys(STORAGES))("the changes of a source over %s", (name) => {
  const scene = useSource(STORAGES[name]);

  it("say who wrote what, with names and without values", async () => {
    const id = await createUser(scene.app, "ada");
    scene.clock.advance(1);
    const response = await scene.app.send(
      "PATCH",
      `/Users/${id}`,
      patch({ op: "replace", path: "title", value: "Countess" }),
    );
    scene.clock.advance(10_001);
    const { changes } = await scene.app.source.changes();
    const { serviceAccount } = await scene.app.source.identity();
    expect(changes).toEqual([
      expect.objectContaining({
        action: "create",
        resourceType: "User",
        resourceId: id,
        at: "2026-01-01T00:00:00.000Z",
      }),
      {
        id: expect.any(String),
        at: "2026-01-01T00:00:00.001Z",
        action: "patch",
        resourceType: "User",
        resourceId: id,
        version: response.headers.get("etag")?.slice(3, -1),
        attributes: ["title"],
        principal: serviceAccount.id,
        requestId: response.headers.get("x-request-id"),
      },
    ]);
    expect(JSON.stringify(changes)).not.toContain("Countess");
  });

  it("count the members that a change of a group added and removed", async () => {
    const [ada, bob] = [await createUser(scene.app, "ada"), await createUser(scene.app, "bob")];
    const members = [{ value: ada }, { value: bob }];
    const { body } = await scene.app.send("POST", "/Groups", { schemas: [GROUP], displayName: "staff", members });
    scene.clock.advance(1);
    await scene.app.send("PATCH", `/Groups/${body.id}`, patch({ op: "remove", path: `members[value eq "${ada}"]` }));
    scene.clock.advance(10_001);
    const { changes } = await scene.app.source.changes();
    expect(changes.slice(2).map(({ action, members: count }) => [action, count])).toEqual([
      ["create", { added: 2, removed: 0 }],
      ["patch", { added: 0, removed: 1 }],
    ]);
  });

  it("are read page by page, each once, also those that come meanwhile", async () => {
    for (const name of ["a", "b", "c"]) {
      await createUser(scene.app, name);
      scene.clock.advance(1);
    }
    scene.clock.advance(20_000);
    const first = await scene.app.source.changes({ take: 2 });
    await createUser(scene.app, "d");
    const second = await scene.app.source.changes({ after: first.next, take: 2 });
    expect(second.changes).toHaveLength(1);
    const third = await scene.app.source.changes({ after: second.next });
    expect(third).toEqual({ changes: [], next: second.next });
    scene.clock.advance(10_001);
    expect((await scene.app.source.changes({ after: third.next })).changes).toHaveLength(1);
    const ids = [...first.changes, ...second.changes].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
  });

  it("have no record of a write that was rejected or changed nothing", async () => {
    const id = await createUser(scene.app, "ada");
    await scene.app.send("POST", "/Users", { schemas: [USER], userName: "ada" });
    await scene.app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "userName", value: "ada" }));
    await scene.app.send("DELETE", "/Users/unknown");
    scene.clock.advance(20_000);
    expect((await scene.app.source.changes()).changes).toHaveLength(1);
  });
});

describe.each(Object.keys(STORAGES))("the kept changes of a source over %s", (name) => {
  const scene = useSource(STORAGES[name]);

  it("are removed after the time for which they are kept", async () => {
    await createUser(scene.app, "ada");
    scene.clock.advance(31 * 86_400_000);
    await createUser(scene.app, "bob");
    await scene.app.source.task.run(new AbortController().signal);
    scene.clock.advance(20_000);
    expect((await scene.app.source.changes()).changes).toHaveLength(1);
  });

  it("are those of one source, and no other source of the storage sees them", async () => {
    const other = await createSourceApp({ storage: scene.storage, now: scene.clock.now, slug: "other" });
    await createUser(scene.app, "ada");
    scene.clock.advance(20_000);
    expect((await other.source.changes()).changes).toEqual([]);
  });

  it("hold the changed values only if asked, and never a password", async () => {
    const asked = await createSourceApp({
      storage: scene.storage,
      now: scene.clock.now,
      slug: "values",
      history: { values: true },
    });
    const { body } = await asked.send("POST", "/Users", { schemas: [USER], userName: "ada", password: "secret-1" });
    await asked.send("PATCH", `/Users/${body.id}`, patch({ op: "replace", path: "userName", value: "countess" }));
    scene.clock.advance(20_000);
    const { changes } = await asked.source.changes();
    expect(changes[1]?.values).toEqual({ before: { userName: "ada" }, after: { userName: "countess" } });
    expect(JSON.stringify(changes)).not.toContain("secret-1");
  });
});

describe("the changes of a source with a directory", () => {
  it("are recorded with the confirmation, and not for what the directory rejects", async () => {
    const clock = createTestClock();
    const directory = new RecordingDirectory();
    const app = await createSourceApp({ storage: memoryStorage(), now: clock.now, directory });
    const id = await createUser(app, "ada");
    directory.before = () => {
      throw Object.assign(new Error("no"), { status: 400 });
    };
    await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "title", value: "x" }));
    clock.advance(20_000);
    const { changes } = await app.source.changes();
    expect(changes.map(({ action }) => action)).toEqual(["create"]);
  });

  it("are recorded when a change is finished after a crash, with the request that began it", async () => {
    const clock = createTestClock();
    const directory = new RecordingDirectory();
    const app = await createSourceApp({ storage: memoryStorage(), now: clock.now, directory, timer: false });
    directory.after = () => {
      throw new Error("lost");
    };
    const response = await app.send("POST", "/Users", { schemas: [USER], userName: "ada" });
    expect(response.status).toBe(500);
    directory.after = () => {};
    clock.advance(120_000);
    await app.source.settle();
    clock.advance(20_000);
    const { changes } = await app.source.changes();
    expect(changes.map(({ requestId }) => requestId)).toEqual([response.headers.get("x-request-id")]);
  });
});

it("a source with history: false keeps no changes", async () => {
  const clock = createTestClock();
  const app = await createSourceApp({ storage: memoryStorage(), now: clock.now, history: false });
  await createUser(app, "ada");
  clock.advance(20_000);
  expect(await app.source.changes()).toEqual({ changes: [], next: undefined });
});

it("a wrong query of changes is named", async () => {
  const app = await createSourceApp({ storage: memoryStorage() });
  expect(() => app.source.changes({ take: 0 })).toThrow(/changes: take/);
});
