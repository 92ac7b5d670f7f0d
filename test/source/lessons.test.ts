import { UniquenessError } from "scimkit/errors";
import { createSource, type RoleDelta, type SourceOptions } from "scimkit/source";
import { memoryStorage } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { describe, expect, it } from "vitest";
import { Accounts } from "../helpers/account-tables.ts";
import { createGroup, createUser, GROUP, memberIds, patch, USER } from "../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory } from "../helpers/source-app.ts";

// Stories of products in production, told again with a source. What the application's own tables hold is what counts.

const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/** A source with a directory over tables of its own. */
async function scene(options: Partial<SourceOptions> = {}) {
  const accounts = await new Accounts().create();
  const app = await createSourceApp({ storage: sqliteStorage(":memory:"), directory: accounts, ...options });
  const membersOf = async (group: string): Promise<unknown> => {
    const { groups } = await accounts.read();
    return (groups[group] as { members: string[] } | undefined)?.members;
  };
  return { ...app, accounts, membersOf };
}

/** A group of three users. */
async function groupOfThree(app: Awaited<ReturnType<typeof scene>>) {
  const users = [await createUser(app, "ada"), await createUser(app, "bob"), await createUser(app, "eva")].sort();
  const group = await createGroup(app, "team", users);
  return { users, group, path: `/Groups/${group}` };
}

describe("groups lose nobody who was not removed", () => {
  it("lesson 1: removing one member, as Entra ID does it, does not empty the group [req 151]", async () => {
    const app = await scene();
    const { users, group, path } = await groupOfThree(app);
    const [first = "", ...others] = users;
    await app.send("PATCH", path, patch({ op: "Remove", path: "members", value: [{ value: first }] }));
    expect(await app.membersOf(group)).toEqual(others);
    expect(await memberIds(app, group)).toEqual(others);
  });
  it("lesson 2: a PATCH that never mentions members does not empty the group [req 157]", async () => {
    const app = await scene();
    const { users, group, path } = await groupOfThree(app);
    for (const operation of [
      { op: "replace", path: "displayName", value: "renamed" },
      { op: "Replace", value: { displayName: "renamed again", externalId: "7" } },
      { op: "replace", value: { id: group, schemas: [GROUP], members: null } },
    ]) {
      await app.send("PATCH", path, patch(operation));
    }
    expect(await app.membersOf(group)).toEqual(users);
  });
  it("lesson 3: adding members one by one keeps all of them [req 141]", async () => {
    const app = await scene();
    const group = await createGroup(app, "team");
    const ids = await Promise.all(Array.from({ length: 5 }, (_, n) => createUser(app, `user${n}`)));
    for (const value of ids)
      await app.send("PATCH", `/Groups/${group}`, patch({ op: "Add", path: "members", value: [{ value }] }));
    expect(await app.membersOf(group)).toEqual(ids.sort());
  });
  it("lesson 4: two writers at once lose no update [req 176]", async () => {
    const app = await scene();
    const { users, group, path } = await groupOfThree(app);
    const more = await Promise.all(Array.from({ length: 10 }, (_, n) => createUser(app, `more${n}`)));
    const responses = await Promise.all(
      more.map((value) => app.send("PATCH", path, patch({ op: "add", path: "members", value: [{ value }] }))),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([204]));
    expect(await app.membersOf(group)).toEqual([...users, ...more].sort());
  });
  it("lesson 5: a PUT without active or members suspends nobody and empties nothing [req 132, 133]", async () => {
    const app = await scene();
    const { users, group, path } = await groupOfThree(app);
    await app.send("PUT", path, { schemas: [GROUP], displayName: "team" });
    expect(await app.membersOf(group)).toEqual(users);
    const [id = ""] = users;
    await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "ada" });
    expect((await app.accounts.read()).users[id]).toMatchObject({ active: true });
  });
  it("lesson 6: a filtered removal has its effect in the application, and not only in the response [req 137]", async () => {
    const app = await scene();
    const { users, group, path } = await groupOfThree(app);
    const [first, ...others] = users;
    const response = await app.send("PATCH", path, patch({ op: "remove", path: `members[value eq "${first}"]` }));
    expect([response.status, await app.membersOf(group)]).toEqual([204, others]);
  });
  it("lesson 21: a group of 12,000 members arrives in one request, and loses one in another [req 93, 161]", async () => {
    const storage = memoryStorage();
    const app = await createSourceApp({ storage, unknownMembers: "accept" });
    const members = Array.from({ length: 12_000 }, (_, n) => ({
      value: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    }));
    const { status, body } = await app.send("POST", "/Groups", { schemas: [GROUP], displayName: "all", members });
    expect(status).toBe(201);
    const path = `/Groups/${body.id}`;
    const removed = await app.send(
      "PATCH",
      path,
      patch({ op: "remove", path: `members[value eq "${members[0]?.value}"]` }),
    );
    expect(removed.status).toBe(204);
    expect(await memberIds(app, String(body.id))).toHaveLength(11_999);
  });
});

describe("users are found, and only those of the source", () => {
  it("lesson 7: what conflicts is found by the look-up that follows, or the error says that it is elsewhere [req 72]", async () => {
    const app = await scene();
    await createUser(app, "ada", { active: false });
    const again = await app.send("POST", "/Users", { schemas: [USER], userName: "ADA" });
    expect([again.status, again.body.scimType]).toEqual([409, "uniqueness"]);
    const filter = encodeURIComponent('userName eq "ADA"');
    expect((await app.send("GET", `/Users?filter=${filter}`)).body.totalResults).toBe(1);
    class Inhabited extends RecordingDirectory {
      override saveUser(): Promise<never> {
        return Promise.reject(new UniquenessError("The login is taken"));
      }
    }
    const inhabited = await createSourceApp({ storage: memoryStorage(), directory: new Inhabited() });
    const elsewhere = await inhabited.send("POST", "/Users", { schemas: [USER], userName: "ada" });
    expect([elsewhere.status, elsewhere.body.scimType]).toEqual([409, "uniqueness"]);
    expect(elsewhere.body.detail).toContain("outside of this source");
    expect((await inhabited.send("GET", `/Users?filter=${filter}`)).body.totalResults).toBe(0);
  });
  it("lesson 13: a rename keeps the user, its id, its groups and its account", async () => {
    const app = await scene();
    const { users, group } = await groupOfThree(app);
    const [id = ""] = users;
    const before = (await app.accounts.read()).ownIds[id];
    await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "userName", value: "countess" }));
    const { users: rows, ownIds } = await app.accounts.read();
    expect([rows[id], ownIds[id]]).toEqual([expect.objectContaining({ login: "countess" }), before]);
    expect(await app.membersOf(group)).toEqual(users);
  });
  it("lesson 16: no filter and no id leads out of the tenant [req 8, 116]", async () => {
    const storage = sqliteStorage(":memory:");
    const one = await createSourceApp({ storage, slug: "one" });
    const other = await createSourceApp({ storage, slug: "other" });
    const id = await createUser(other, "victim", { emails: [{ value: "victim@other.example" }] });
    const filters = ['userName pr or userName eq "x"', 'id pr or id ne "x"', `id eq "${id}"`, 'not (userName eq "x")'];
    for (const filter of filters) {
      const { body } = await one.send("GET", `/Users?filter=${encodeURIComponent(filter)}`);
      expect(body.totalResults, filter).toBe(0);
    }
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      const body =
        method === "PATCH" ? patch({ op: "replace", path: "title", value: "x" }) : { schemas: [USER], userName: "x" };
      expect((await one.send(method, `/Users/${id}`, method === "GET" ? undefined : body)).status).toBe(404);
    }
    const members = [{ value: id }];
    expect((await one.send("POST", "/Groups", { schemas: [GROUP], displayName: "g", members })).status).toBe(400);
    expect((await other.send("GET", `/Users/${id}`)).body.userName).toBe("victim");
  });
  it("lesson 17: an address alone takes no account over [req 76]", async () => {
    const app = await scene({ domains: ["customer.example"] });
    const emails = [{ value: "root@victim.example", primary: true }];
    const created = await app.send("POST", "/Users", { schemas: [USER], userName: "mallory", emails });
    expect([created.status, created.body.scimType]).toEqual([400, "invalidValue"]);
    expect((await app.accounts.read()).users).toEqual({});
    // Without domains the address is accepted, and its user is another account than the one that has it.
    const open = await scene();
    const root = await createUser(open, "root", { emails });
    const mallory = await createUser(open, "mallory", { emails });
    const { users, ownIds } = await open.accounts.read();
    expect([users[root], users[mallory]]).toMatchObject([{ login: "root" }, { login: "mallory" }]);
    expect(ownIds[root]).not.toBe(ownIds[mallory]);
  });
  it("lesson 23: who comes back can have the old id, so that nothing that refers to it breaks", async () => {
    const app = await scene({ recreate: "restore" });
    const ada = { schemas: [USER], userName: "ada", externalId: "42" };
    const first = (await app.send("POST", "/Users", ada)).body.id;
    await app.send("DELETE", `/Users/${first}`);
    expect((await app.send("POST", "/Users", ada)).body.id).toBe(first);
    expect((await app.send("POST", "/Users", { ...ada, externalId: "43", userName: "eva" })).body.id).not.toBe(first);
  });
});

describe("operators see what is wrong, and nothing that they must not see", () => {
  it("lesson 15: names, addresses and tokens are neither in events nor in the log of requests [req 18]", async () => {
    const app = await scene();
    const emails = [{ value: "ada.secret@customer.example" }];
    const id = await createUser(app, "ada.secret", { emails, password: "hunter2-secret" });
    await app.send("GET", `/Users?filter=${encodeURIComponent('userName eq "ada.secret"')}`);
    await app.send("POST", "/Users", { schemas: [USER], userName: "ada.secret" });
    await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "title", value: 7 }));
    const log = await app.source.requests({ take: 50 });
    const seen = JSON.stringify([app.events, log]);
    expect(seen).not.toMatch(/secret/);
    expect(seen).not.toContain(app.token);
  });
  it("lesson 20: a token that expires is announced, and two are valid while it is replaced", async () => {
    const clock = createTestClock();
    const app = await scene({ now: clock.now, timer: false });
    const expiresAt = new Date(clock.now() + 40 * 86_400_000);
    const issued = await app.source.tokens.issue({ name: "Entra ID", expiresAt });
    clock.advance(34 * 86_400_000);
    await app.source.task.run(new AbortController().signal);
    expect(app.events).toContainEqual(expect.objectContaining({ type: "source.expiring", days: 7, name: "Entra ID" }));
    const { token } = await app.source.tokens.rotate(issued.id);
    const statusOf = async (bearer: string): Promise<number> => {
      const headers = { authorization: `Bearer ${bearer}` };
      return (await app.source.fetch(new Request(`${app.source.baseUrl}/Users`, { headers }))).status;
    };
    expect([await statusOf(issued.token), await statusOf(token)]).toEqual([200, 200]);
  });
  it("lesson 24: one bad object stops no other, and the error names what is wrong with it", async () => {
    const app = await scene();
    const users = [
      { userName: "ada" },
      { userName: "bob", emails: [{ primary: "perhaps", value: "b" }] },
      { userName: "eva" },
    ];
    const Operations = users.map((data, n) => ({
      ...{ method: "POST", path: "/Users", bulkId: `u${n}`, data: { schemas: [USER], ...data } },
    }));
    const { body } = await app.send("POST", "/Bulk", { schemas: [BULK], Operations });
    const results = body.Operations as { status: string; response?: { detail: string } }[];
    expect(results.map(({ status }) => status)).toEqual(["201", "400", "201"]);
    expect(results[1]?.response?.detail).toContain("emails[0].primary");
    const logins = Object.values((await app.accounts.read()).users).map((row) => (row as { login: string }).login);
    expect(logins.sort()).toEqual(["ada", "eva"]);
  });
});

describe("an identity provider cannot lock out, or let in, whom it should not", () => {
  it("lesson 12: a wrong filter at the identity provider does not deactivate everybody [req 185]", async () => {
    const app = await scene({ guard: { deactivations: 3 } });
    const ids = await Promise.all(Array.from({ length: 8 }, (_, n) => createUser(app, `user${n}`)));
    for (const id of ids)
      await app.send("PATCH", `/Users/${id}`, patch({ op: "Replace", path: "active", value: "False" }));
    const rows = Object.values((await app.accounts.read()).users) as { active: boolean }[];
    expect(rows.filter(({ active }) => !active)).toHaveLength(3);
    expect(app.events).toContainEqual(expect.objectContaining({ type: "source.held", kind: "deactivations" }));
  });
  it("lesson 14: active: false disables a user, and deletes nothing [req 165]", async () => {
    const app = await scene();
    const id = await createUser(app, "ada", { title: "Countess" });
    await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
    expect((await app.accounts.read()).users[id]).toEqual({ login: "ada", title: "Countess", active: false });
    expect((await app.send("GET", `/Users/${id}`)).body.active).toBe(false);
  });
  it("lesson 18: no request gets in without a token, whether one was issued or not [req 9]", async () => {
    const source = createSource({ slug: "new", baseUrl: "https://app.example", storage: memoryStorage() });
    for (const authorization of [undefined, "", "Bearer", "Bearer ", "Bearer undefined", "Bearer null", "Basic Og=="]) {
      const request = new Request(`${source.baseUrl}/Users`);
      if (authorization !== undefined) request.headers.set("authorization", authorization);
      const { status } = await source.fetch(request);
      expect(status, authorization).toBe(401);
    }
  });
  it("lesson 19: the last administrator stays, and a group that is renamed grants nothing [req 182]", async () => {
    const storage = memoryStorage();
    const first = await createSourceApp({ storage });
    const [ada, eva] = [await createUser(first, "ada"), await createUser(first, "eva")];
    const admins = await createGroup(first, "admins", [ada]);
    const floors = [{ group: admins, atLeast: 1 }];
    const granted: string[] = [];
    class WithRoles extends RecordingDirectory {
      changeRoles = async ({ granted: users }: RoleDelta): Promise<void> => {
        granted.push(...users.map(({ user }) => user));
      };
    }
    const app = await createSourceApp({
      ...{ storage, floors, directory: new WithRoles(), roles: { [admins]: "admin" } },
      protect: ({ id }) => (id === admins ? "changes" : false),
    });
    const statuses = [
      await app.send("DELETE", `/Users/${ada}`),
      await app.send("PATCH", `/Users/${ada}`, patch({ op: "replace", path: "active", value: false })),
      await app.send("PATCH", `/Groups/${admins}`, patch({ op: "add", path: "members", value: [{ value: eva }] })),
    ].map(({ status }) => status);
    expect(statuses).toEqual([403, 403, 403]);
    expect(await memberIds(app, admins)).toEqual([ada]);
    const other = await createGroup(app, "others", [eva]);
    const renamed = patch({ op: "replace", path: "displayName", value: "admins" });
    await app.send("PATCH", `/Groups/${other}`, renamed);
    expect((await app.send("GET", `/Groups/${other}`)).body).toMatchObject({ displayName: "admins" });
    expect(granted).toEqual([]);
  });
  it("lesson 22: a group that comes before its users has them as soon as they are there [req 68]", async () => {
    let next: string | undefined;
    const app = await scene({ unknownMembers: "accept", newId: () => next ?? crypto.randomUUID() });
    const group = await createGroup(app, "team", ["user-to-come"]);
    next = "user-to-come";
    expect(await createUser(app, "ada")).toBe(next);
    expect([await memberIds(app, group), await app.membersOf(group)]).toEqual([[next], [next]]);
  });
});
