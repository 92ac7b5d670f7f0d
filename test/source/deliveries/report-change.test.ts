import type { DeliveryMode, DirectoryChange } from "scimkit/source";
import type { Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGroup, createUser, ENTERPRISE, memberIds, patch, STORAGES } from "../../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory, type SourceApp } from "../../helpers/source-app.ts";

let storage: Storage;
let directory: RecordingDirectory;
let clock: ReturnType<typeof createTestClock>;
let app: SourceApp;
let announced: DirectoryChange[];

async function start(delivery: DeliveryMode): Promise<void> {
  app = await createSourceApp({ storage, directory, delivery, now: clock.now, timer: false });
  announced = [];
  app.source.subscribe(async (changes) => void announced.push(...changes));
}

describe.each(Object.keys(STORAGES))("a change that the application reports, over %s storage", (name) => {
  beforeEach(async () => {
    storage = STORAGES[name]?.() as Storage;
    directory = new RecordingDirectory();
    directory.saved = ({ userName }) => ({ id: `own ${userName}` });
    clock = createTestClock();
    await start("sync");
  });
  afterEach(() => storage.close());

  it("is stored under either id, moves the version, is announced and recorded; the directory is not called", async () => {
    const id = await createUser(app, "ada");
    const before = (await app.send("GET", `/Users/${id}`)).body.meta as { version: string };
    const calls = directory.calls.length;
    announced = [];
    const attributes = { title: "Countess", [ENTERPRISE]: { department: "Maths" } };
    await app.source.reportChange({ type: "user.changed", applicationId: "own ada", attributes });
    await app.source.reportChange({ type: "user.changed", id, attributes: { displayName: "Ada" } });
    const { body } = await app.send("GET", `/Users/${id}`);
    expect(body).toMatchObject({ title: "Countess", displayName: "Ada", [ENTERPRISE]: { department: "Maths" } });
    expect((body.meta as { version: string }).version).not.toBe(before.version);
    expect([announced, directory.calls.length - calls]).toEqual([Array(2).fill({ type: "user.changed", id }), 0]);
    clock.advance(20_000);
    expect((await app.source.changes({})).changes.at(-1)).toMatchObject({
      ...{ action: "patch", resourceId: id, attributes: ["displayName"], principal: "application" },
    });
  });

  it("clears attributes with null, and replaces lists", async () => {
    const id = await createUser(app, "ada");
    const emails = [{ value: "a@app.example" }, { value: "b@app.example" }];
    await app.source.reportChange({ type: "user.changed", id, attributes: { title: "x", emails } });
    await app.source.reportChange({ type: "user.changed", id, attributes: { title: null, emails: emails.slice(1) } });
    const { body } = await app.send("GET", `/Users/${id}`);
    expect([body.title, body.emails]).toEqual([undefined, [{ value: "b@app.example" }]]);
  });

  it("is validated like a request", async () => {
    const id = await createUser(app, "ada");
    await createUser(app, "bob");
    const report = (attributes: object) =>
      app.source.reportChange({ type: "user.changed", id, attributes: attributes as Record<string, unknown> });
    await expect(report({ userName: "BOB" })).rejects.toMatchObject({ status: 409, scimType: "uniqueness" });
    await expect(report({ active: "perhaps" })).rejects.toMatchObject({ status: 400 });
    await expect(
      app.source.reportChange({ type: "user.changed", applicationId: "nobody", attributes: {} }),
    ).rejects.toMatchObject({ status: 404 });
    await expect(app.source.reportChange({ type: "user.moved" } as never)).rejects.toThrow(TypeError);
    await expect(app.source.reportChange({ type: "user.deleted" } as never)).rejects.toThrow("id: needed");
    expect((await app.send("GET", `/Users/${id}`)).body.userName).toBe("ada");
  });

  it("can be a deletion, or a change of memberships", async () => {
    const [a, b, group] = [await createUser(app, "a"), await createUser(app, "b"), await createGroup(app, "g")];
    const calls = directory.calls.length;
    const change = { type: "group.changed" as const, id: group };
    await app.source.reportChange({ ...change, members: { add: [a, b] } });
    expect([...(await memberIds(app, group))].sort()).toEqual([a, b].sort());
    await app.source.reportChange({ ...change, members: { remove: [a] } });
    expect(await memberIds(app, group)).toEqual([b]);
    await app.source.reportChange({ type: "user.deleted", applicationId: "own b" });
    expect((await app.send("GET", `/Users/${b}`)).status).toBe(404);
    expect([await memberIds(app, group), directory.calls.length - calls]).toEqual([[], 0]);
    await expect(app.source.reportChange({ type: "user.deleted", applicationId: "own b" })).rejects.toMatchObject({
      status: 404,
    });
  });

  it("is stored in a transaction of the application, or not at all", async () => {
    const id = await createUser(app, "ada");
    const change = { type: "user.changed" as const, id, attributes: { title: "x" } };
    const failing = storage.transaction(async (tx) => {
      await app.source.reportChange(change, { tx });
      throw new Error("the application's own write failed");
    });
    await expect(failing).rejects.toThrow("own write failed");
    expect((await app.send("GET", `/Users/${id}`)).body.title).toBeUndefined();
  });
});

describe.each(["sync", "outbox"] as const)("a change that is reported while another waits, with %s", (delivery) => {
  it("has to wait too, or it would be undone", async () => {
    storage = STORAGES.memory?.() as Storage;
    directory = new RecordingDirectory();
    directory.saved = ({ userName }) => ({ id: `own ${userName}` });
    clock = createTestClock();
    await start(delivery);
    const id = await createUser(app, "ada");
    await app.source.idle();
    directory.before = () => {
      throw new Error("away");
    };
    await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "title", value: "theirs" }));
    await app.source.idle();
    const report = () => app.source.reportChange({ type: "user.changed", id, attributes: { title: "ours" } });
    await expect(report()).rejects.toMatchObject({ status: 503 });
    directory.before = () => {};
    clock.advance(2000);
    await app.source.settle();
    await report();
    expect((await app.send("GET", `/Users/${id}`)).body.title).toBe("ours");
  });
});
