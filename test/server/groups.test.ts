import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MemberStorage } from "../../src/storage/member-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import {
  type App,
  BASE_URL,
  createApp,
  createGroup,
  createUser,
  EVERY_STORAGE,
  GROUP,
  memberIds,
  patch,
} from "../helpers/scim-app.ts";

let app: App;

/** Each test has a server of its own over this storage. */
function setUp(storageName: string): void {
  beforeEach(() => {
    app = createApp({ storage: EVERY_STORAGE[storageName]?.() });
  });
  afterEach(() => app.storage.close());
}

describe.each(Object.keys(EVERY_STORAGE))("groups over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 60] shows members with value, $ref and type", async () => {
    const user = await createUser(app, "a");
    const group = await createGroup(app, "g", [user]);
    expect((await app.send("GET", `/Groups/${group}`)).body.members).toEqual([
      { value: user, type: "User", $ref: `${BASE_URL}/Users/${user}` },
    ]);
  });

  it("[req 59] derives a user's groups, direct and indirect", async () => {
    const user = await createUser(app, "a");
    const inner = await createGroup(app, "inner", [user]);
    const outer = await createGroup(app, "outer", [inner]);
    const { body } = await app.send("GET", `/Users/${user}`);
    expect(body.groups).toHaveLength(2);
    expect(body.groups).toEqual(
      expect.arrayContaining([
        { value: inner, display: "inner", type: "direct", $ref: `${BASE_URL}/Groups/${inner}` },
        { value: outer, display: "outer", type: "indirect", $ref: `${BASE_URL}/Groups/${outer}` },
      ]),
    );
  });

  it("refuses a member without an id, naming its place", async () => {
    for (const [member, detail] of [
      [{ value: "" }, "members[0].value must not be empty"],
      [7, "members[0] must be an object with a value"],
      [{}, "members[0].value is required"],
      [null, "members[0].value is required"],
      [{ value: null }, "members[0].value is required"],
      [{ $ref: `${BASE_URL}/Users/1` }, "members[0].value is required"],
      [{ display: "Ann" }, "members[0].value is required"],
    ]) {
      const body = { schemas: [GROUP], displayName: "g", members: [member] };
      expect((await app.send("POST", "/Groups", body)).body).toMatchObject({ status: "400", detail });
      const group = await createGroup(app, "g");
      expect((await app.send("PUT", `/Groups/${group}`, body)).body).toMatchObject({ status: "400", detail });
    }
  });

  it("[req 68] refuses a member that does not exist, naming it, and writes nothing", async () => {
    const user = await createUser(app, "a");
    const answer = await app.send("POST", "/Groups", {
      schemas: [GROUP],
      displayName: "g",
      members: [{ value: user }, { value: "ghost" }],
    });
    expect([answer.status, answer.body.scimType]).toEqual([400, "invalidValue"]);
    expect(answer.body.detail).toContain("ghost");
    expect((await app.send("GET", "/Groups")).body.totalResults).toBe(0);
    const group = await createGroup(app, "g");
    const added = await app.send(
      "PATCH",
      `/Groups/${group}`,
      patch({ op: "add", path: "members", value: [{ value: user }, { value: "ghost" }] }),
    );
    expect(added.status).toBe(400);
    expect(await memberIds(app, group)).toEqual([]);
  });

  it("[req 68] does not take a resource of another tenant for a member", async () => {
    const stranger = await createUser(app.as("other"), "stranger");
    const group = await createGroup(app, "g");
    const answer = await app.send(
      "PATCH",
      `/Groups/${group}`,
      patch({ op: "add", path: "members", value: [{ value: stranger }] }),
    );
    expect(answer.status).toBe(400);
  });

  it("[req 69] takes a group as a member and refuses a cycle", async () => {
    const outer = await createGroup(app, "outer");
    const inner = await createGroup(app, "inner");
    const add = (group: string, member: string) =>
      app.send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: [{ value: member }] }));
    expect((await add(outer, inner)).status).toBe(204);
    for (const [group, member] of [
      [inner, outer],
      [outer, outer],
    ] as const) {
      const answer = await add(group, member);
      expect([answer.status, answer.body.scimType]).toEqual([400, "invalidValue"]);
    }
    expect(await memberIds(app, inner)).toEqual([]);
  });
});

describe.each(Object.keys(EVERY_STORAGE))("changes of members over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 133] keeps members that a PUT leaves out or gives as null, and clears them for an empty list", async () => {
    const user = await createUser(app, "a");
    const group = await createGroup(app, "g", [user]);
    const put = (body: object) => app.send("PUT", `/Groups/${group}`, { schemas: [GROUP], displayName: "h", ...body });
    expect((await put({})).body).toMatchObject({ displayName: "h", members: [{ value: user }] });
    await put({ members: null });
    expect(await memberIds(app, group)).toEqual([user]);
    await put({ members: [] });
    expect(await memberIds(app, group)).toEqual([]);
  });

  it("[req 141, 143, 150] adds and removes members with 204 and repeats nothing", async () => {
    const [a, b] = [await createUser(app, "a"), await createUser(app, "b")];
    const group = await createGroup(app, "g", [a]);
    const send = (operation: object) => app.send("PATCH", `/Groups/${group}`, patch(operation));
    expect((await send({ op: "add", path: "members", value: [{ value: b }, { value: a }] })).status).toBe(204);
    expect((await send({ op: "add", path: "members", value: [{ value: b }] })).status).toBe(204);
    expect(await memberIds(app, group)).toEqual([a, b].sort());
    expect((await send({ op: "remove", path: `members[value eq "${a}"]` })).status).toBe(204);
    expect(await memberIds(app, group)).toEqual([b]);
    expect(
      (await app.send("PATCH", `/Groups/${group}?attributes=displayName`, patch({ op: "remove", path: "members" })))
        .status,
    ).toBe(200);
    expect(await memberIds(app, group)).toEqual([]);
  });

  it("[req 151] takes a remove with a value for those members only, and never for all", async () => {
    const [a, b] = [await createUser(app, "a"), await createUser(app, "b")];
    for (const value of [[{ value: a }], { value: a }, [a], a]) {
      const group = await createGroup(app, "g", [a, b]);
      await app.send("PATCH", `/Groups/${group}`, patch({ op: "Remove", path: "members", value }));
      expect(await memberIds(app, group), JSON.stringify(value)).toEqual([b]);
    }
    const group = await createGroup(app, "g", [a, b]);
    await app.send("PATCH", `/Groups/${group}`, patch({ op: "Remove", path: "members", value: [] }));
    expect(await memberIds(app, group)).toEqual([a, b].sort());
  });

  it("[req 137] takes back memberships with the rest when one operation fails", async () => {
    const a = await createUser(app, "a");
    const group = await createGroup(app, "g");
    const answer = await app.send(
      "PATCH",
      `/Groups/${group}`,
      patch({ op: "add", path: "members", value: [{ value: a }] }, { op: "replace", path: "displayName", value: 7 }),
    );
    expect(answer.status).toBe(400);
    expect(await memberIds(app, group)).toEqual([]);
  });

  it("[req 138] does operations on members in order, mixed with others", async () => {
    const [a, b] = [await createUser(app, "a"), await createUser(app, "b")];
    const group = await createGroup(app, "g", [a]);
    const answer = await app.send(
      "PATCH",
      `/Groups/${group}`,
      patch(
        { op: "remove", path: `members[value eq "${a}"]` },
        { op: "replace", path: "displayName", value: "h" },
        { op: "add", path: "members", value: [{ value: b }, { value: a }] },
        { op: "remove", path: `members[value eq "${b}"]` },
      ),
    );
    expect(answer.status).toBe(204);
    expect(await memberIds(app, group)).toEqual([a]);
    expect((await app.send("GET", `/Groups/${group}`)).body.displayName).toBe("h");
  });

  it("[req 157] changes no members in a PATCH that names none", async () => {
    const a = await createUser(app, "a");
    const group = await createGroup(app, "g", [a]);
    await app.send("PATCH", `/Groups/${group}`, patch({ op: "replace", value: { id: group, displayName: "h" } }));
    await app.send("PATCH", `/Groups/${group}`, patch({ op: "replace", path: "displayName", value: "i" }));
    expect(await memberIds(app, group)).toEqual([a]);
  });
});

describe.each(Object.keys(EVERY_STORAGE))("members in filters and deletions over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 119, 120] finds groups by member, and users by group, without reading all members", async () => {
    const [a, b] = [await createUser(app, "a"), await createUser(app, "b")];
    const group = await createGroup(app, "g", [a]);
    await createGroup(app, "h", [b]);
    const find = async (path: string, filter: string) =>
      (
        (await app.send("GET", `${path}?attributes=id&filter=${encodeURIComponent(filter)}`)).body.Resources as {
          id: string;
        }[]
      ).map((resource) => resource.id);
    expect(await find("/Groups", `members.value eq "${a}"`)).toEqual([group]);
    expect(await find("/Groups", `members[value eq "${a}"]`)).toEqual([group]);
    expect(await find("/Groups", `id eq "${group}" and members eq "${b}"`)).toEqual([]);
    expect(await find("/Users", `groups.value eq "${group}"`)).toEqual([a]);
  });

  it("[req 164] takes a deleted user out of its groups, and leaves members of a deleted group alone", async () => {
    const [a, b] = [await createUser(app, "a"), await createUser(app, "b")];
    const group = await createGroup(app, "g", [a, b]);
    await app.send("DELETE", `/Users/${a}`);
    expect(await memberIds(app, group)).toEqual([b]);
    await app.send("DELETE", `/Groups/${group}`);
    const { status, body } = await app.send("GET", `/Users/${b}`);
    expect([status, body.groups]).toEqual([200, undefined]);
  });

  it("[req 176] loses none of forty parallel additions and removals", async () => {
    const stay = await Promise.all(Array.from({ length: 20 }, (_, index) => createUser(app, `stay${index}`)));
    const leave = await Promise.all(Array.from({ length: 20 }, (_, index) => createUser(app, `leave${index}`)));
    const group = await createGroup(app, "g", leave);
    const answers = await Promise.all([
      ...stay.map((id) =>
        app.send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: [{ value: id }] })),
      ),
      ...leave.map((id) =>
        app.send("PATCH", `/Groups/${group}`, patch({ op: "remove", path: `members[value eq "${id}"]` })),
      ),
    ]);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([204]));
    expect(await memberIds(app, group)).toEqual(stay.sort());
  });
});

describe("a large group", () => {
  it("[req 93, 161] is neither read nor counted for one member, nor for a projection without members", async () => {
    const app = createApp();
    const group = await createGroup(app, "g");
    const user = await createUser(app, "a");
    const reads = { page: 0 };
    const watched = watchPages(app.storage, reads);
    const again = createApp({ storage: watched });
    await again.send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: [{ value: user }] }));
    await again.send("GET", `/Groups/${group}?excludedAttributes=members`);
    await again.send("GET", "/Groups?excludedAttributes=members");
    await again.send("PATCH", `/Groups/${group}`, patch({ op: "replace", path: "displayName", value: "h" }));
    expect(reads.page).toBe(0);
    expect(await memberIds(again, group)).toEqual([user]);
    expect(reads.page).toBe(1);
  });
});

function watchPages(storage: Storage, reads: { page: number }): Storage {
  const { members } = storage.resources;
  if (members === undefined) throw new Error("the storage keeps memberships");
  const watched: MemberStorage = {
    page: (...query) => {
      reads.page += 1;
      return members.page(...query);
    },
    change: (...change) => members.change(...change),
    groupsOf: (...query) => members.groupsOf(...query),
  };
  const { resources } = storage;
  return {
    ...storage,
    transaction: (run) => storage.transaction(run),
    resources: {
      capabilities: resources.capabilities,
      insert: (...call) => resources.insert(...call),
      find: (...call) => resources.find(...call),
      replace: (...call) => resources.replace(...call),
      remove: (...call) => resources.remove(...call),
      list: (...call) => resources.list(...call),
      members: watched,
    },
  };
}
