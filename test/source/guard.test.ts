import { memoryStorage } from "scimkit";
import type { GuardedResource, Protection } from "scimkit/source";
import { describe, expect, it } from "vitest";
import { createUser, GROUP, patch, STORAGES, USER } from "../helpers/scim-app.ts";
import { createSourceApp, RecordingDirectory, type SourceApp, useSource } from "../helpers/source-app.ts";

const deactivate = patch({ op: "replace", path: "active", value: false });

describe.each(Object.keys(STORAGES))("the guard of a source over %s", (name) => {
  const scene = useSource(STORAGES[name], { guard: { windowMs: 60_000, deactivations: 2, removals: 2, members: 3 } });
  const users = (count: number): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, (_, n) => createUser(scene.app, `u${n}`)));

  it("holds deactivations beyond the limit with 503, writes nothing, and says so [req 185]", async () => {
    const ids = await users(4);
    const statuses = [];
    for (const id of ids) statuses.push((await scene.app.send("PATCH", `/Users/${id}`, deactivate)).status);
    expect(statuses).toEqual([200, 200, 503, 503]);
    const held = await scene.app.send("PUT", `/Users/${ids[2]}`, { schemas: [USER], userName: "u2", active: false });
    expect([held.status, held.headers.get("retry-after")]).toEqual([503, "600"]);
    expect((await scene.app.send("GET", `/Users/${ids[2]}`)).body.active).not.toBe(false);
    expect(scene.app.events).toContainEqual(
      expect.objectContaining({ type: "source.held", kind: "deactivations", used: 3, limit: 2, id: ids[2] }),
    );
    expect(await scene.app.source.guard.status()).toMatchObject({ deactivations: { used: 2, limit: 2 } });
  });

  it("does not count new users who are inactive, as a first cycle may bring many of them", async () => {
    for (const userName of ["a", "b", "c", "d"]) {
      const response = await scene.app.send("POST", "/Users", { schemas: [USER], userName, active: false });
      expect(response.status).toBe(201);
    }
    expect((await scene.app.source.guard.status()).deactivations.used).toBe(0);
  });

  it("never adds up repetitions: the same user again, and a held request that is sent again and again", async () => {
    const [a, b, c] = await users(3);
    for (let n = 0; n < 5; n += 1) {
      await scene.app.send("PATCH", `/Users/${a}`, deactivate);
      await scene.app.send("PATCH", `/Users/${a}`, patch({ op: "replace", path: "active", value: true }));
    }
    expect((await scene.app.send("PATCH", `/Users/${b}`, deactivate)).status).toBe(200);
    for (let n = 0; n < 5; n += 1) expect((await scene.app.send("PATCH", `/Users/${c}`, deactivate)).status).toBe(503);
    expect((await scene.app.source.guard.status()).deactivations.used).toBe(2);
    scene.clock.advance(60_001);
    expect((await scene.app.send("PATCH", `/Users/${c}`, deactivate)).status).toBe(200);
  });

  it("counts all members that one PUT or one DELETE of a group removes [req 185]", async () => {
    const ids = await users(5);
    const members = ids.map((value) => ({ value }));
    const { body } = await scene.app.send("POST", "/Groups", { schemas: [GROUP], displayName: "g", members });
    const emptied = await scene.app.send("PUT", `/Groups/${body.id}`, {
      schemas: [GROUP],
      displayName: "g",
      members: [],
    });
    expect(emptied.status).toBe(503);
    expect((await scene.app.send("DELETE", `/Groups/${body.id}`)).status).toBe(503);
    expect((await scene.app.send("GET", `/Groups/${body.id}`)).body.members).toHaveLength(5);
    const one = patch({ op: "remove", path: `members[value eq "${ids[0]}"]` });
    expect((await scene.app.send("PATCH", `/Groups/${body.id}`, one)).status).toBe(204);
  });

  it("accepts everything after a release until its end, and then counts from zero", async () => {
    const ids = await users(6);
    for (const id of ids.slice(0, 2)) await scene.app.send("DELETE", `/Users/${id}`);
    expect((await scene.app.send("DELETE", `/Users/${ids[2]}`)).status).toBe(503);
    await scene.app.source.guard.release({ until: new Date(scene.clock.now() + 10_000) });
    for (const id of ids.slice(2, 5)) expect((await scene.app.send("DELETE", `/Users/${id}`)).status).toBe(204);
    scene.clock.advance(10_000);
    expect(await scene.app.source.guard.status()).toMatchObject({ removals: { used: 0, releasedUntil: undefined } });
    expect((await scene.app.send("DELETE", `/Users/${ids[5]}`)).status).toBe(204);
    await expect(scene.app.source.guard.release({ until: new Date(0) })).rejects.toThrow(TypeError);
  });

  it("is shared by all processes, and by parallel requests", async () => {
    const ids = await users(12);
    const other = await createSourceApp({
      storage: scene.storage,
      now: scene.clock.now,
      guard: { deactivations: 2, windowMs: 60_000 },
    });
    const responses = await Promise.all(
      ids.map((id, n) => (n % 2 === 0 ? scene.app : other).send("PATCH", `/Users/${id}`, deactivate)),
    );
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(2);
  });
});

describe("protected objects and floors", () => {
  it("a protected user cannot be deleted or deactivated on any route, and can change otherwise [req 182]", async () => {
    const protect = ({ attributes }: { attributes: Readonly<Record<string, unknown>> }): boolean =>
      attributes.userName === "root";
    const app = await createSourceApp({ storage: memoryStorage(), protect });
    const id = await createUser(app, "root");
    const put = { schemas: [USER], userName: "root", active: false };
    const statuses = [
      await app.send("DELETE", `/Users/${id}`),
      await app.send("PATCH", `/Users/${id}`, deactivate),
      await app.send("PUT", `/Users/${id}`, put),
      await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "title", value: "x" })),
    ].map(({ status }) => status);
    expect(statuses).toEqual([403, 403, 403, 200]);
    expect((await app.send("GET", `/Users/${id}`)).body.active).not.toBe(false);
  });

  it("nothing of a user or group is changed for which protect returns changes [req 182]", async () => {
    const storage = memoryStorage();
    const first = await createSourceApp({ storage });
    const id = await createUser(first, "root");
    const made = await first.send("POST", "/Groups", {
      schemas: [GROUP],
      displayName: "admins",
      members: [{ value: id }],
    });
    const group = `/Groups/${made.body.id}`;
    const protect = ({ attributes: { userName, displayName } }: GuardedResource): Protection =>
      userName === "root" || displayName === "admins" ? "changes" : false;
    const app = await createSourceApp({ storage, protect });
    const other = await createUser(app, "ada");
    const title = { op: "replace", path: "title", value: "x" };
    const Operations = [{ method: "PATCH", path: `/Users/${id}`, data: patch(title) }];
    const bulk = await app.send("POST", "/Bulk", {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
      Operations,
    });
    const refused = [
      await app.send("PATCH", `/Users/${id}`, patch(title)),
      await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "mallory" }),
      await app.send("DELETE", `/Users/${id}`),
      await app.send("PATCH", group, patch({ op: "add", path: "members", value: [{ value: other }] })),
      await app.send("PATCH", group, patch({ op: "remove", path: "members" })),
      await app.send("DELETE", group),
    ].map(({ status }) => status);
    expect(refused).toEqual([403, 403, 403, 403, 403, 403]);
    expect(bulk.body.Operations).toMatchObject([{ status: "403" }]);
    expect((await app.send("GET", group)).body.members).toMatchObject([{ value: id }]);
    expect((await app.send("PATCH", `/Users/${other}`, patch(title))).status).toBe(200);
  });

  it("roles and entitlements are those that are allowed, on every route [req 184]", async () => {
    const storage = memoryStorage();
    const first = await createSourceApp({ storage });
    const old = await createUser(first, "old", { roles: [{ value: "legacy" }] });
    const app = await createSourceApp({ storage, allowed: { roles: ["reader", "writer"], entitlements: [] } });
    const id = await createUser(app, "ada", { roles: [{ value: "reader" }] });
    const roles = (...values: string[]): object =>
      patch({ op: "add", path: "roles", value: values.map((value) => ({ value })) });
    const refused = [
      await app.send("POST", "/Users", { schemas: [USER], userName: "eve", roles: [{ value: "admin" }] }),
      await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "ada", roles: [{ value: "Reader" }] }),
      await app.send("PATCH", `/Users/${id}`, roles("writer", "admin")),
      await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", value: { roles: [{ value: "admin" }] } })),
      await app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "entitlements", value: [{ value: "x" }] })),
      await app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "roles", value: [{ display: "admin" }] })),
    ].map(({ status, body }) => [status, body.scimType]);
    expect(refused).toEqual(Array(6).fill([400, "invalidValue"]));
    expect((await app.send("PATCH", `/Users/${id}`, roles("admin"))).body.detail).toContain("roles[1].value");
    expect((await app.send("PATCH", `/Users/${id}`, roles("writer"))).status).toBe(200);
    expect((await app.send("PATCH", `/Users/${old}`, roles("reader"))).status).toBe(200);
    expect((await app.send("GET", `/Users/${old}`)).body.roles).toMatchObject([
      { value: "legacy" },
      { value: "reader" },
    ]);
  });

  it("the last active member of a group with a floor stays [req 182]", async () => {
    const app = await createSourceApp({ storage: memoryStorage() });
    const [a, b] = [await createUser(app, "a"), await createUser(app, "b")];
    const members = [{ value: a }, { value: b }];
    const made = await app.send("POST", "/Groups", { schemas: [GROUP], displayName: "owners", members });
    const group = String(made.body.id);
    const own = await createSourceApp({ storage: app.source.storage, floors: [{ group, atLeast: 1 }] });
    const leave = (id: string): object => patch({ op: "remove", path: `members[value eq "${id}"]` });
    expect((await own.send("PATCH", `/Users/${a}`, deactivate)).status).toBe(200);
    const refused = [
      await own.send("PATCH", `/Groups/${group}`, leave(b)),
      await own.send("PUT", `/Groups/${group}`, { schemas: [GROUP], displayName: "owners", members: [{ value: a }] }),
      await own.send("PATCH", `/Users/${b}`, deactivate),
      await own.send("DELETE", `/Users/${b}`),
      await own.send("DELETE", `/Groups/${group}`),
    ].map(({ status }) => status);
    expect(refused).toEqual([403, 403, 403, 403, 403]);
    expect((await own.send("PATCH", `/Groups/${group}`, leave(a))).status).toBe(204);
  });
});

describe("members that do not exist", () => {
  it.each([undefined, new RecordingDirectory()])("are left out and named with skip", async (directory) => {
    const app = await createSourceApp({ storage: memoryStorage(), unknownMembers: "skip", directory });
    const id = await createUser(app, "ada");
    const members = [{ value: id }, { value: "nobody" }];
    const { body } = await app.send("POST", "/Groups", { schemas: [GROUP], displayName: "g", members });
    expect((await app.send("GET", `/Groups/${body.id}`)).body.members).toMatchObject([{ value: id }]);
    const add = patch({ op: "add", path: "members", value: [{ value: "nobody" }] });
    expect((await app.send("PATCH", `/Groups/${body.id}`, add)).status).toBe(204);
    const skipped = app.events.flatMap((event) => (event.type === "server.write" ? [event.skipped] : []));
    expect(skipped).toEqual([undefined, ["nobody"], ["nobody"]]);
  });
});

describe("leavers and returners", () => {
  const ada = { schemas: [USER], userName: "ada", externalId: "42" };
  const open = async (options: object): Promise<{ app: SourceApp; directory: RecordingDirectory }> => {
    const directory = new RecordingDirectory();
    return { directory, app: await createSourceApp({ storage: memoryStorage(), directory, ...options }) };
  };

  it("removal: deactivate saves the user as inactive, out of all groups, and the resource is gone", async () => {
    const { app, directory } = await open({ removal: "deactivate" });
    const { body } = await app.send("POST", "/Users", ada);
    const members = [{ value: body.id }];
    const { body: group } = await app.send("POST", "/Groups", { schemas: [GROUP], displayName: "g", members });
    expect((await app.send("DELETE", `/Users/${body.id}`)).status).toBe(204);
    expect((await app.send("GET", `/Users/${body.id}`)).status).toBe(404);
    expect(directory.users.get(String(body.id))?.active).toBe(false);
    expect(directory.members.get(String(group.id))).toEqual(new Set());
    expect(directory.calls.filter(({ method }) => method === "removeUser")).toEqual([]);
    expect(directory.calls.at(-2)?.context.event).toBe("deactivated");
  });

  it("removal: unlink leaves the account as it is", async () => {
    const { app, directory } = await open({ removal: "unlink" });
    const { body } = await app.send("POST", "/Users", ada);
    expect((await app.send("DELETE", `/Users/${body.id}`)).status).toBe(204);
    expect(directory.users.get(String(body.id))?.active).toBe(true);
    expect((await app.send("POST", "/Users", ada)).status).toBe(201);
  });

  it("recreate: new gives a new id, restore the old one, only for the same externalId and userName", async () => {
    const results: unknown[] = [];
    for (const recreate of ["new", "restore"]) {
      const { app, directory } = await open({ recreate, removal: "deactivate" });
      const { body } = await app.send("POST", "/Users", ada);
      await app.send("DELETE", `/Users/${body.id}`);
      const other = await app.send("POST", "/Users", { ...ada, externalId: "43" });
      await app.send("DELETE", `/Users/${other.body.id}`);
      const again = await app.send("POST", "/Users", ada);
      results.push([other.body.id === body.id, again.body.id === body.id, directory.calls.at(-1)?.context.event]);
      expect(again.body.groups).toBeUndefined();
    }
    expect(results).toEqual([
      [false, false, "created"],
      [false, true, "reactivated"],
    ]);
  });

  it("recreate: conflict refuses the same user, and no other", async () => {
    const { app } = await open({ recreate: "conflict" });
    const { body } = await app.send("POST", "/Users", ada);
    await app.send("DELETE", `/Users/${body.id}`);
    const again = await app.send("POST", "/Users", ada);
    expect([again.status, again.body.scimType]).toEqual([409, "uniqueness"]);
    expect((await app.send("POST", "/Users", { ...ada, externalId: "43" })).status).toBe(201);
  });
});
