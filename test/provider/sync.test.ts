import { arrayDirectory, type DirectoryGroup, type DirectoryUser } from "scimkit/directory";
import { defineMapping, providerGroupMappings, providerUserMappings } from "scimkit/mapping";
import { createProvider, type Provider, type ProviderOptions } from "scimkit/provider";
import { memoryStorage, type Storage } from "scimkit/storage";
import { beforeEach, describe, expect, it } from "vitest";
import { providerRecords } from "../helpers/provider-records.ts";
import { createRemoteApp, losesAnswers, type RemoteApp } from "../helpers/remote-app.ts";
import { STORAGES, USER } from "../helpers/scim-app.ts";

type User = DirectoryUser & Record<string, unknown>;
type Group = DirectoryGroup & { members: string[] };

let users: User[];
let groups: Group[];
let storage: Storage;
let remote: RemoteApp;

function provider(options: Partial<ProviderOptions> = {}): Provider {
  return createProvider({
    name: "app",
    client: remote.client,
    directory: arrayDirectory({ users: () => users, groups: () => groups }),
    storage,
    sleep: async () => {},
    visibleMs: 0,
    pageSize: 3,
    ...options,
  });
}

const names = (resources: Record<string, unknown>[], attribute: string): unknown[] =>
  resources.map((resource) => resource[attribute]).sort();

async function membersOf(displayName: string): Promise<string[]> {
  const all = await remote.all("/Groups");
  const group = all.find((each) => each.displayName === displayName);
  const byId = new Map((await remote.all("/Users")).map((user) => [user.id, user.userName]));
  return ((group?.members ?? []) as { value: string }[]).map(({ value }) => String(byId.get(value))).sort();
}

beforeEach(() => {
  users = ["ann", "bob", "cy", "dan", "eve", "fay", "gus"].map((name, index) => ({
    id: `u${index}`,
    userName: name,
    displayName: name.toUpperCase(),
    active: true,
    emails: [{ value: `${name}@x.example`, type: "work", primary: true }],
  }));
  groups = [
    { id: "g1", displayName: "staff", members: users.map((user) => user.id) },
    { id: "g2", displayName: "few", members: ["u0", "u1"] },
    { id: "g3", displayName: "none", members: [] },
  ];
  storage = memoryStorage();
  remote = createRemoteApp();
});

describe.each(Object.keys(STORAGES))("a full sync over %s storage", (name) => {
  beforeEach(() => {
    storage = STORAGES[name]?.() ?? memoryStorage();
  });

  it("brings users, groups and memberships, and a second one sends no write", async () => {
    const run = await provider().sync();
    expect(run).toMatchObject({ state: "succeeded", counts: { created: 10, failed: 0, membersAdded: 9 } });
    expect(names(await remote.all("/Users"), "userName")).toEqual(["ann", "bob", "cy", "dan", "eve", "fay", "gus"]);
    expect(await membersOf("staff")).toEqual(["ann", "bob", "cy", "dan", "eve", "fay", "gus"]);
    expect(await membersOf("few")).toEqual(["ann", "bob"]);
    remote.drain();
    const again = await provider().sync();
    expect(again).toMatchObject({ state: "succeeded", counts: { writes: 0, checked: 10 } });
    expect(remote.writes()).toEqual([]);
  });

  it("sends exactly what changed", async () => {
    await provider().sync();
    users[0] = { ...users[0], id: "u0", displayName: "Ann A.", title: "Boss" };
    groups[1] = { id: "g2", displayName: "few", members: ["u1", "u2"] };
    groups[2] = { id: "g3", displayName: "nobody", members: [] };
    remote.drain();
    const run = await provider().sync();
    expect(run.counts).toMatchObject({ updated: 2, membersAdded: 1, membersRemoved: 1, writes: 4 });
    expect(remote.writes()).toEqual([
      "PUT /Users/{id}",
      "PATCH /Groups/{id}",
      "PATCH /Groups/{id}",
      "PATCH /Groups/{id}",
    ]);
    expect(await membersOf("few")).toEqual(["bob", "cy"]);
    const ann = (await remote.all("/Users")).find((user) => user.userName === "ann");
    expect(ann).toMatchObject({ displayName: "Ann A.", title: "Boss" });
  });
});

describe("updates", () => {
  it("[req C42] leave alone what is not mapped, and take out what is no longer desired", async () => {
    users[0] = { id: "u0", userName: "ann", title: "Boss", active: true };
    await provider().sync();
    const ann = (await remote.all("/Users")).find((user) => user.userName === "ann");
    await remote.send("PATCH", `/Users/${ann?.id}`, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "add", path: "nickName", value: "set over there" }],
    });
    users[0] = { id: "u0", userName: "ann", active: true };
    await provider().sync();
    const after = await remote.get(`/Users/${ann?.id}`);
    expect(after.nickName).toBe("set over there");
    expect(after.title).toBeUndefined();
  });

  it("go by PATCH where told so, with one operation an attribute", async () => {
    await provider({ userUpdates: "patch" }).sync();
    users[0] = { ...users[0], id: "u0", displayName: "Ann A." };
    remote.drain();
    remote.bodies.splice(0);
    await provider({ userUpdates: "patch" }).sync();
    expect(remote.writes()).toEqual(["PATCH /Users/{id}"]);
    expect(remote.bodies.at(-1)?.body).toMatchObject({
      Operations: [{ op: "replace", path: "displayName", value: "Ann A." }],
    });
  });

  it("[req C38] follow a rename by id, never by deleting and creating", async () => {
    await provider().sync();
    const before = (await remote.all("/Users")).find((user) => user.userName === "ann");
    users[0] = { ...users[0], id: "u0", userName: "ann.b" };
    remote.drain();
    await provider().sync();
    expect(remote.writes()).toEqual(["PUT /Users/{id}"]);
    expect((await remote.get(`/Users/${before?.id}`)).userName).toBe("ann.b");
  });

  it("[req C53] of groups send the whole list where there is no PATCH, keeping members from elsewhere", async () => {
    remote = createRemoteApp({ capabilities: { patch: false } });
    await provider().sync();
    expect(await membersOf("few")).toEqual(["ann", "bob"]);
    const group = (await remote.all("/Groups")).find((each) => each.displayName === "few");
    const created = await remote.send("POST", "/Users", { schemas: [USER], userName: "foreign" });
    const { id } = (await created.json()) as { id: string };
    await remote.send("PATCH", `/Groups/${group?.id}`, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "add", path: "members", value: [{ value: id }] }],
    });
    groups[1] = { id: "g2", displayName: "few", members: ["u1", "u2"] };
    await provider().sync();
    expect(await membersOf("few")).toEqual(["bob", "cy", "foreign"]);
    expect(remote.log.some((line) => line.startsWith("PATCH"))).toBe(false);
  });
});

describe("matching", () => {
  it("[req C31] adopts the one resource that has the name, and deactivates it where others would be deleted", async () => {
    await remote.send("POST", "/Users", { schemas: [USER], userName: "ANN", nickName: "was there" });
    const run = await provider().sync();
    expect(run.counts).toMatchObject({ adopted: 1, created: 9 });
    expect((await remote.all("/Users")).filter((user) => String(user.userName).toLowerCase() === "ann")).toHaveLength(
      1,
    );
    users = users.slice(1);
    groups = groups.map((group) => ({ ...group, members: group.members.filter((id) => id !== "u0") }));
    await provider().sync();
    const ann = (await remote.all("/Users")).find((user) => user.nickName === "was there");
    expect(ann).toMatchObject({ active: false });
  });

  it("[req C33] does not adopt what a server shows that ignores filters", async () => {
    await remote.send("POST", "/Users", { schemas: [USER], userName: "someone-else" });
    const everyone = await remote.all("/Users");
    remote.fault = (request) => {
      if (request.method !== "GET" || !new URL(request.url).searchParams.has("filter")) return undefined;
      return Response.json({ totalResults: everyone.length, Resources: everyone });
    };
    const run = await provider().sync();
    expect(run.counts).toMatchObject({ adopted: 0, created: 10 });
  });

  it("[req C34] reports a name that is taken by something it cannot see, and goes on with the others", async () => {
    remote.fault = (request, body) =>
      request.method === "POST" && body.includes('"ann"')
        ? Response.json({ schemas: [], status: "409", scimType: "uniqueness" }, { status: 409 })
        : undefined;
    const run = await provider().sync();
    expect(run.state).toBe("partly");
    expect(run.failures).toEqual([expect.objectContaining({ type: "User", id: "u0", label: "ann" })]);
    expect(run.counts.created).toBe(9);
    expect(remote.log.filter((line) => line === "POST /Users")).toHaveLength(7);
  });

  it("[req C13] finds a create whose response was lost, and does not send a second one", async () => {
    remote.fault = losesAnswers(remote, "POST", 3);
    const first = await provider().sync();
    expect(first.state).toBe("partly");
    remote.fault = () => undefined;
    const second = await provider().sync();
    expect(second.state).toBe("succeeded");
    expect(await remote.all("/Users")).toHaveLength(7);
    expect(await membersOf("staff")).toHaveLength(7);
  });

  it("[req C13] waits for a create that a process was sending when it died, and then looks again before it sends it", async () => {
    const begun = Promise.withResolvers<void>();
    remote.fault = (request, body) => {
      if (request.method !== "POST" || !body.includes('"ann"')) return undefined;
      begun.resolve();
      return new Promise<never>(() => {});
    };
    let time = Date.parse("2026-01-01T00:00:00Z");
    const now = () => time;
    void provider({ now }).sync();
    await begun.promise;
    remote.fault = () => undefined;
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      waits.push(ms);
      time += ms;
    };
    const run = await provider({ now, sleep, settleMs: 10 }).sync();
    expect(run).toMatchObject({ state: "succeeded", counts: { checked: 10, failed: 0 } });
    expect(Math.max(...waits)).toBeGreaterThan(10_000);
    expect(names(await remote.all("/Users"), "userName")).toHaveLength(7);
    expect(await membersOf("few")).toEqual(["ann", "bob"]);
  });

  it("[req C36] makes a resource again that was deleted over there, with its memberships", async () => {
    await provider().sync();
    const ann = (await remote.all("/Users")).find((user) => user.userName === "ann");
    await remote.send("DELETE", `/Users/${ann?.id}`);
    users[0] = { ...users[0], id: "u0", title: "new" };
    const run = await provider().sync();
    expect(run.state).toBe("succeeded");
    expect(await membersOf("few")).toEqual(["ann", "bob"]);
  });

  it("does not read a server that returns 404 for everything as a proof that people are gone", async () => {
    await provider().sync();
    users[0] = { ...users[0], id: "u0", title: "new" };
    remote.drain();
    remote.fault = () =>
      Response.json({ schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "404" }, { status: 404 });
    const run = await provider().sync();
    expect(run).toMatchObject({ state: "failed", counts: { updated: 0 } });
    expect(remote.writes()).toEqual([]);
  });
});

describe("leaving", () => {
  beforeEach(async () => {
    await provider({ scope: { memberOf: ["g1"] } }).sync();
    remote.drain();
  });

  it("deletes what the directory has no more, and nothing that a listing merely lacks", async () => {
    users = users.filter((user) => user.id !== "u0");
    groups = groups.filter((group) => group.id !== "g3");
    const run = await provider({ scope: { memberOf: ["g1"] } }).sync();
    expect(run.counts).toMatchObject({ deleted: 2, failed: 0 });
    expect(names(await remote.all("/Users"), "userName")).not.toContain("ann");
    expect(names(await remote.all("/Groups"), "displayName")).toEqual(["few", "staff"]);
  });

  it("deactivates who left the groups of memberOf, and brings back who returns", async () => {
    const leave = (id: string) => {
      groups = groups.map((group) => ({ ...group, members: group.members.filter((member) => member !== id) }));
    };
    leave("u0");
    const run = await provider({ scope: { memberOf: ["g1"] } }).sync();
    expect(run.counts.deactivated).toBe(1);
    expect((await remote.all("/Users")).find((user) => user.userName === "ann")?.active).toBe(false);
    remote.drain();
    expect((await provider({ scope: { memberOf: ["g1"] } }).sync()).counts.writes).toBe(0);
    groups = groups.map((group) => (group.id === "g1" ? { ...group, members: [...group.members, "u0"] } : group));
    await provider({ scope: { memberOf: ["g1"] } }).sync();
    expect((await remote.all("/Users")).find((user) => user.userName === "ann")?.active).toBe(true);
    expect(await membersOf("staff")).toContain("ann");
  });

  it("keeps who is out only because the configuration changed, as the seeds document", async () => {
    const run = await provider({ scope: { memberOf: ["g2"] } }).sync();
    expect(run.counts).toMatchObject({ deactivated: 0, deleted: 0, kept: 5 });
    expect((await remote.all("/Users")).every((user) => user.active === true)).toBe(true);
    remote.drain();
    await provider({ scope: { memberOf: ["g2"] } }).sync();
    expect(remote.writes()).toEqual([]);
  });

  it("stops when a group of memberOf cannot be found, and touches nobody", async () => {
    const run = await provider({ scope: { memberOf: ["gone"] } }).sync();
    expect(run.state).toBe("stopped");
    expect(run.reason).toContain("gone");
    expect(remote.log).toEqual([]);
  });

  it("does nothing to a user whose access is unknown", async () => {
    const access = (user: DirectoryUser) => {
      if (user.id === "u0") throw new Error("the rights server is away");
      return true;
    };
    const run = await provider({ scope: { memberOf: ["g1"], access } }).sync();
    expect(run.state).toBe("partly");
    expect((await remote.all("/Users")).find((user) => user.userName === "ann")?.active).toBe(true);
  });

  it("follows each policy", async () => {
    users = users.filter((user) => user.id !== "u0");
    for (const [policy, expected] of [
      ["keep", true],
      ["unlink", true],
      ["deactivate", false],
    ] as const) {
      const run = await provider({ scope: { memberOf: ["g1"] }, deprovision: { deleted: policy } }).sync();
      expect(run.counts.deleted).toBe(0);
      expect((await remote.all("/Users")).find((user) => user.userName === "ann")?.active, policy).toBe(
        policy === "deactivate" ? true : expected,
      );
    }
  });
});

describe("the guard", () => {
  const many = (count: number): User[] =>
    Array.from({ length: count }, (_, index) => ({ id: `m${index}`, userName: `many${index}`, active: true }));

  it("[req C63] holds more removals than it allows, goes on with the rest, and lets them pass when told so", async () => {
    users = many(60);
    groups = [];
    await provider().sync();
    users = [...many(40), { id: "new", userName: "newcomer", active: true }];
    const held = await provider().sync();
    expect(held).toMatchObject({ state: "held", counts: { created: 1, deleted: 0 } });
    expect(held.reason).toContain("20 of 60");
    expect(await remote.all("/Users")).toHaveLength(61);
    expect((await provider().sync()).state).toBe("held");
    expect(await provider().sync({ approveRemovals: true })).toMatchObject({
      state: "succeeded",
      counts: { deleted: 20 },
    });
    expect(await remote.all("/Users")).toHaveLength(41);
  });

  it("[req C64] holds back when the directory is suddenly empty", async () => {
    users = many(30);
    await provider().sync();
    users = [];
    groups = [];
    expect(await provider().sync()).toMatchObject({ state: "held", counts: { deleted: 0 } });
    expect(await remote.all("/Users")).toHaveLength(30);
  });

  it("holds a mass of leavers too, and lets single ones pass", async () => {
    users = many(30);
    groups = [{ id: "g1", displayName: "staff", members: users.map((user) => user.id) }];
    const scoped = { scope: { memberOf: ["g1"] } };
    await provider(scoped).sync();
    groups = [{ id: "g1", displayName: "staff", members: ["m0"] }];
    expect(await provider(scoped).sync()).toMatchObject({ state: "held", counts: { deactivated: 0 } });
    groups = [{ id: "g1", displayName: "staff", members: users.slice(0, 25).map((user) => user.id) }];
    expect(await provider(scoped).sync()).toMatchObject({ state: "succeeded", counts: { deactivated: 5 } });
  });

  it("does not hold anything if it is switched off", async () => {
    users = many(30);
    groups = [];
    await provider({ guard: false }).sync();
    users = [];
    expect(await provider({ guard: false }).sync()).toMatchObject({ state: "succeeded", counts: { deleted: 30 } });
  });
});

describe("scope", () => {
  it("leaves service accounts out unless asked for", async () => {
    users[0] = { ...users[0], id: "u0", kind: "service_account" };
    await provider().sync();
    expect(names(await remote.all("/Users"), "userName")).not.toContain("ann");
    await provider({ scope: { serviceAccounts: true } }).sync();
    expect(names(await remote.all("/Users"), "userName")).toContain("ann");
  });

  it("pushes the groups of the option", async () => {
    await provider({ scope: { groups: ["g2"] } }).sync();
    expect(names(await remote.all("/Groups"), "displayName")).toEqual(["few"]);
  });
});

describe("failures", () => {
  it("[req C71] of one object do not stop the others, and are gone once it succeeds", async () => {
    remote.fault = (request, body) =>
      request.method === "POST" && body.includes('"bob"')
        ? Response.json({ schemas: [], status: "400", detail: "no" }, { status: 400 })
        : undefined;
    const run = await provider().sync();
    expect(run.failures.map(({ label }) => label)).toEqual(["bob"]);
    expect(await membersOf("few")).toEqual(["ann"]);
    remote.fault = () => undefined;
    expect((await provider().sync()).state).toBe("succeeded");
    expect(await membersOf("few")).toEqual(["ann", "bob"]);
  });

  it("stops at credentials that are not accepted", async () => {
    remote.fault = () => Response.json({ schemas: [], status: "401" }, { status: 401 });
    const run = await provider().sync();
    expect(run).toMatchObject({ state: "failed", counts: { created: 0 } });
    expect(run.reason).toContain("credentials");
  });

  it("stops at an invalid result of a mapping before the page has sent anything, naming object, mapping and attribute", async () => {
    const broken = defineMapping({
      name: "zz broken",
      resourceType: "User",
      expression: ({ user }) => ((user as DirectoryUser).id === "u4" ? { active: "maybe" } : undefined),
    });
    const mappings = [...providerUserMappings, ...providerGroupMappings, broken];
    const run = await provider({ mappings }).sync();
    expect(run.state).toBe("stopped");
    expect(run.reason).toMatch(/u4|eve/);
    expect(run.reason).toContain("zz broken");
    expect(run.reason).toContain("active");
    // The first page was fine; of the second, nothing went out.
    expect(names(await remote.all("/Users"), "userName")).toEqual(["ann", "bob", "cy"]);
    const skipping = await provider({ mappings, invalid: "skip" }).sync();
    expect(skipping.state).toBe("partly");
    expect(names(await remote.all("/Users"), "userName")).toHaveLength(6);
  });
});

describe("a plan", () => {
  it("says what a sync would do, and writes nothing anywhere", async () => {
    const before = await providerRecords(storage);
    const changes = await collect(provider().plan());
    expect(changes.filter((change) => change.action === "create")).toHaveLength(10);
    expect(changes.find((change) => change.action === "members" && change.id === "g1")).toMatchObject({
      label: "staff",
      members: { add: 7, remove: 0 },
    });
    expect(changes.every((change) => change.summary.includes(change.label))).toBe(true);
    expect(remote.writes()).toEqual([]);
    expect(await providerRecords(storage)).toEqual(before);
  });

  it("is empty when there is nothing to do, and names what differs", async () => {
    await provider().sync();
    expect(await collect(provider().plan())).toEqual([]);
    users[0] = { ...users[0], id: "u0", title: "Boss" };
    users = users.filter((user) => user.id !== "u6");
    groups[0] = { id: "g1", displayName: "staff", members: ["u0", "u1"] };
    const changes = await collect(provider().plan());
    expect(changes.map(({ action, id, attributes }) => [action, id, attributes])).toEqual([
      ["update", "u0", ["title"]],
      ["members", "g1", []],
      ["delete", "u6", []],
    ]);
  });
});

describe("one object", () => {
  it("is looked at now, with a trace of its steps", async () => {
    await provider().sync();
    users[0] = { ...users[0], id: "u0", title: "Boss" };
    groups[1] = { id: "g2", displayName: "few", members: ["u1"] };
    remote.drain();
    const report = await provider().syncUser("u0");
    expect(report).toMatchObject({ did: "updated", writes: 1, label: "ann", memberships: { removed: 1 } });
    expect(report.trace.map(({ state, event, next }) => `${state} ${event} ${next}`)).toEqual([
      "linked inScope linked",
      "linked different updating",
      "updating succeeded linked",
    ]);
    expect(remote.writes()).toEqual(["PUT /Users/{id}", "PATCH /Groups/{id}"]);
  });

  it("that is new gets the memberships that waited for it", async () => {
    const late = users.pop();
    await provider().sync();
    users = [...users, ...(late === undefined ? [] : [late])];
    await provider().syncUser("u6");
    expect(await membersOf("staff")).toContain("gus");
  });

  it("that is a group is pushed with its members", async () => {
    await provider().sync();
    groups[2] = { id: "g3", displayName: "none", members: ["u3"] };
    const report = await provider().syncGroup("g3");
    expect(report).toMatchObject({ did: "nothing", memberships: { added: 1 } });
    expect(await membersOf("none")).toEqual(["dan"]);
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("references", () => {
  const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
  const withManager = (user: User | undefined, id: string, manager: string): User => ({
    ...user,
    id,
    enterprise: { manager: { value: manager } },
  });

  it("[req C55] carry the application's ids, also where the manager is sent later, and the next sync sends nothing", async () => {
    users[0] = withManager(users[0], "u0", "u6");
    users[6] = withManager(users[6], "u6", "u1");
    const run = await provider().sync();
    expect(run).toMatchObject({ state: "succeeded", counts: { created: 10, updated: 1 } });
    const all = await remote.all("/Users");
    const idOf = (userName: string) => all.find((user) => user.userName === userName)?.id;
    const managerOf = (userName: string) =>
      (all.find((user) => user.userName === userName)?.[ENTERPRISE] as { manager: { value: string } })?.manager.value;
    expect([managerOf("ann"), managerOf("gus")]).toEqual([idOf("gus"), idOf("bob")]);
    remote.drain();
    expect((await provider().sync()).counts.writes).toBe(0);
  });

  it("follow in the run that makes the manager, also where nothing else changed since a run that could not", async () => {
    users[0] = withManager(users[0], "u0", "u6");
    remote.fault = (request, body) =>
      request.method === "POST" && body.includes('"gus"')
        ? Response.json({ schemas: [], status: "400", detail: "no" }, { status: 400 })
        : undefined;
    await provider().sync();
    remote.fault = () => undefined;
    expect(await provider().sync()).toMatchObject({ state: "succeeded", counts: { created: 1, updated: 1 } });
    const all = await remote.all("/Users");
    const ann = all.find((user) => user.userName === "ann");
    expect(ann?.[ENTERPRISE]).toEqual({
      manager: expect.objectContaining({ value: all.find((user) => user.userName === "gus")?.id }),
    });
  });

  it("to someone who is not pushed are left out", async () => {
    users[0] = withManager(users[0], "u0", "nobody");
    await provider().sync();
    const ann = (await remote.all("/Users")).find((user) => user.userName === "ann");
    expect(ann?.[ENTERPRISE]).toBeUndefined();
    expect((await provider().sync()).counts.writes).toBe(0);
  });
});

describe("profiles", () => {
  it("[req C66] that say a DELETE cannot be taken back have leavers deactivated, unless somebody asks for deletion", async () => {
    remote = createRemoteApp({ profile: { name: "forever", deleteMeans: "irreversible" } });
    await provider().sync();
    users = users.filter((user) => user.id !== "u0");
    expect((await provider().sync()).counts).toMatchObject({ deleted: 0, deactivated: 1 });
    users = users.filter((user) => user.id !== "u1");
    const run = await provider({ deprovision: { deleted: "delete" } }).sync();
    expect(run.counts.deleted).toBeGreaterThanOrEqual(1);
    expect(names(await remote.all("/Users"), "userName")).not.toContain("bob");
  });

  it("[req C49] decide how members are written", async () => {
    remote = createRemoteApp({ profile: { name: "typed", memberType: "user", memberRemoval: "value" } });
    await provider().sync();
    groups[1] = { id: "g2", displayName: "few", members: ["u1"] };
    await provider().sync();
    const bodies = JSON.stringify(remote.bodies.filter(({ line }) => line.startsWith("PATCH")));
    expect(bodies).toContain('"type":"user"');
    expect(remote.bodies.at(-1)?.body).toMatchObject({
      Operations: [{ op: "remove", path: "members", value: [{ value: expect.any(String) }] }],
    });
    expect(await membersOf("few")).toEqual(["bob"]);
  });
});
