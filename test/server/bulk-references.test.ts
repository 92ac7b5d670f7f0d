import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NotFoundError } from "../../src/errors/request-errors.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userSchema } from "../../src/schema/definitions/user.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import { bulk, idOf, postGroup, postUser, sendBulk, statuses } from "../helpers/bulk-request.ts";
import {
  type App,
  BASE_URL,
  createApp,
  createGroup,
  createUser,
  ENTERPRISE,
  memberIds,
  patch,
  STORAGES,
  USER,
} from "../helpers/scim-app.ts";

/** A user whose manager is given by id or reference. */
function postManaged(userName: string, manager: string): object {
  return postUser(userName, { schemas: [USER, ENTERPRISE], [ENTERPRISE]: { manager: { value: manager } } });
}

async function managerOf(app: Pick<App, "send">, id: string): Promise<unknown> {
  const { body } = await app.send("GET", `/Users/${id}`);
  return (body[ENTERPRISE] as { manager?: unknown } | undefined)?.manager;
}

async function count(app: Pick<App, "send">, endpoint: string): Promise<unknown> {
  return (await app.send("GET", endpoint)).body.totalResults;
}

let app: App;

/** Each test has a server of its own over this storage. */
function setUp(storageName: string): void {
  beforeEach(() => {
    app = createApp({ storage: STORAGES[storageName]?.() });
  });
  afterEach(() => app.storage.close());
}

describe.each(Object.keys(STORAGES))("references by bulkId over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 169] echoes bulkIds and puts the ids of what was created into data", async () => {
    const results = await sendBulk(app, [
      postUser("alice"),
      postUser("bob"),
      postGroup("guides", ["bulkId:alice", "bulkId:bob"]),
    ]);
    expect(results.map(({ bulkId, status }) => [bulkId, status])).toEqual([
      ["alice", "201"],
      ["bob", "201"],
      ["guides", "201"],
    ]);
    const [alice, bob, guides] = results.map(idOf);
    expect(await memberIds(app, guides ?? "")).toEqual([alice, bob].sort());
  });

  it("[req 169] puts them into extensions, and into a $ref as a URL", async () => {
    const results = await sendBulk(app, [
      postUser("alice"),
      postManaged("bob", "bulkId:alice"),
      postUser("carl", { [ENTERPRISE]: { manager: { value: "bulkId:alice", $ref: "bulkId:alice" } } }),
      postUser("dora", { [ENTERPRISE]: { manager: { value: "bulkId:alice", $ref: "../Users/bulkId:alice" } } }),
    ]);
    const [alice = "", bob = "", carl = "", dora = ""] = results.map(idOf);
    expect(await managerOf(app, bob)).toMatchObject({ value: alice });
    expect(await managerOf(app, carl)).toMatchObject({ value: alice, $ref: `${BASE_URL}/Users/${alice}` });
    expect(await managerOf(app, dora)).toMatchObject({ value: alice, $ref: `../Users/${alice}` });
  });

  it("[req 169] puts them into the paths of operations and into the paths and values of patches", async () => {
    const old = await createUser(app, "old");
    const group = await createGroup(app, "g", [old]);
    const results = await sendBulk(app, [
      postUser("alice"),
      {
        method: "PATCH",
        path: `/Groups/${group}`,
        data: patch({ op: "add", path: "members", value: [{ value: "bulkId:alice" }] }),
      },
      postUser("bob"),
      {
        method: "PATCH",
        path: `/Groups/${group}`,
        data: patch({ op: "add", value: { members: [{ value: "bulkId:bob" }] } }),
      },
      {
        method: "PATCH",
        path: `/Groups/${group}`,
        data: patch({ op: "remove", path: 'members[value eq "bulkId:alice"]' }),
      },
      { method: "PUT", path: "/Users/bulkId:bob", data: { schemas: [USER], userName: "bob", title: "t" } },
      {
        method: "PATCH",
        path: "/users/bulkId:bob",
        data: patch({ op: "add", path: `${ENTERPRISE}:manager.value`, value: "bulkId:alice" }),
      },
      { method: "DELETE", path: "/Users/bulkId:alice" },
    ]);
    expect(statuses(results)).toEqual(["201", "204", "201", "204", "204", "200", "200", "204"]);
    const [alice, , bob = ""] = results.map(idOf);
    expect(await memberIds(app, group)).toEqual([bob, old].sort());
    expect((await app.send("GET", `/Users/${bob}`)).body.title).toBe("t");
    expect(await managerOf(app, bob)).toMatchObject({ value: alice });
    expect(results[5]?.location).toBe(`${BASE_URL}/Users/${bob}`);
    expect(results[7]?.location).toBe(`${BASE_URL}/Users/${alice}`);
    expect((await app.send("GET", `/Users/${alice}`)).status).toBe(404);
  });

  it("leaves texts alone that only hold a reference", async () => {
    const texts = { displayName: "see bulkId:alice", title: 'the "bulkId:alice"', nickName: "BulkId:alice" };
    const results = await sendBulk(app, [postUser("alice"), postUser("bob", texts)]);
    expect((await app.send("GET", `/Users/${idOf(results[1])}`)).body).toMatchObject(texts);
  });

  it.each(['a"b', "a\\b", "a/b", "a b", "ü", "bulkId:x", "__proto__", "constructor"])(
    "[req 169] takes any text for a bulkId: %s",
    async (bulkId) => {
      const results = await sendBulk(app, [
        { ...postUser("alice"), bulkId },
        postGroup("g", [`bulkId:${bulkId}`]),
        {
          method: "PATCH",
          path: `/Users/${encodeURIComponent(`bulkId:${bulkId}`)}`,
          data: patch({ op: "add", path: "title", value: "t" }),
        },
        {
          method: "PATCH",
          path: "/Groups/bulkId:g",
          data: patch({ op: "remove", path: `members[value eq ${JSON.stringify(`bulkId:${bulkId}`)}]` }),
        },
      ]);
      expect(results[0]?.bulkId).toBe(bulkId);
      expect(statuses(results)).toEqual(["201", "201", "200", "204"]);
      expect(await memberIds(app, idOf(results[1]))).toEqual([]);
    },
  );
});

describe.each(Object.keys(STORAGES))("the order of references by bulkId over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 170] resolves references to what is created later, and returns results in the order of the request", async () => {
    const results = await sendBulk(app, [
      { method: "PATCH", path: "/Users/bulkId:alice", data: patch({ op: "add", path: "title", value: "t" }) },
      postGroup("outer", ["bulkId:inner", "bulkId:alice"]),
      postGroup("inner", ["bulkId:alice"]),
      postManaged("alice", "bulkId:bob"),
      postUser("bob"),
    ]);
    expect(results.map(({ bulkId, status }) => [bulkId, status])).toEqual([
      [undefined, "200"],
      ["outer", "201"],
      ["inner", "201"],
      ["alice", "201"],
      ["bob", "201"],
    ]);
    const [, outer = "", inner = "", alice = "", bob = ""] = results.map(idOf);
    expect(await memberIds(app, outer)).toEqual([alice, inner].sort());
    expect(await managerOf(app, alice)).toMatchObject({ value: bob });
    expect((await app.send("GET", `/Users/${alice}`)).body.title).toBe("t");
  });

  it("keeps the order of the request for what does not refer to anything", async () => {
    const held = await createUser(app, "alice");
    const results = await sendBulk(app, [
      { method: "DELETE", path: `/Users/${held}` },
      postUser("alice"),
      postUser("bob"),
    ]);
    expect(statuses(results)).toEqual(["204", "201", "201"]);
    const writes = app.events.filter((event) => event.type === "server.write");
    expect(writes.slice(1).map((event) => event.requestId.split(":")[1])).toEqual(["0", "1", "2"]);
  });

  it("[req 170] resolves users who refer to each other, and to themselves", async () => {
    const results = await sendBulk(app, [
      postManaged("alice", "bulkId:bob"),
      postGroup("g", ["bulkId:alice"]),
      postManaged("bob", "bulkId:carl"),
      postManaged("carl", "bulkId:alice"),
      postManaged("dora", "bulkId:dora"),
    ]);
    expect(statuses(results)).toEqual(["201", "201", "201", "201", "201"]);
    const [alice = "", g = "", bob = "", carl = "", dora = ""] = results.map(idOf);
    expect(await managerOf(app, alice)).toMatchObject({ value: bob });
    expect(await managerOf(app, bob)).toMatchObject({ value: carl });
    expect(await managerOf(app, carl)).toMatchObject({ value: alice });
    expect(await managerOf(app, dora)).toMatchObject({ value: dora });
    expect(await memberIds(app, g)).toEqual([alice]);
  });

  it("[req 170] returns 409 for groups that would be members of each other, attempts the rest and leaves nothing behind", async () => {
    const results = await sendBulk(app, [
      postGroup("a", ["bulkId:b"]),
      postGroup("b", ["bulkId:a"]),
      postGroup("self", ["bulkId:self"]),
      postGroup("above", ["bulkId:a"]),
      postGroup("fine"),
    ]);
    expect(statuses(results)).toEqual(["409", "409", "409", "409", "201"]);
    expect(results[0]?.response?.detail).toMatch(/own members.*bulkId:a, bulkId:b/);
    expect(results[3]?.response?.detail).toBe("bulkId:a cannot be resolved: Operations[0] failed with 409");
    expect(await count(app, "/Groups")).toBe(1);
  });
});

describe.each(Object.keys(STORAGES))("references by bulkId that cannot be resolved, over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 170] returns 409 for all operations of a cycle if one of them fails, and deletes what was created", async () => {
    await createUser(app, "taken");
    const results = await sendBulk(app, [
      postManaged("alice", "bulkId:bob"),
      postManaged("bob", "bulkId:other"),
      { ...postManaged("taken", "bulkId:alice"), bulkId: "other" },
      postManaged("dora", "bulkId:alice"),
      postUser("emil"),
    ]);
    expect(statuses(results)).toEqual(["409", "409", "409", "409", "201"]);
    expect(results[2]?.response?.scimType).toBe("uniqueness");
    expect(results[0]?.response?.detail).toContain("Operations[2] failed with 409");
    expect(results[0]).not.toHaveProperty("location");
    expect(await count(app, "/Users")).toBe(2);
    expect(
      statuses(await sendBulk(app, [postManaged("alice", "bulkId:bob"), postManaged("bob", "bulkId:alice")])),
    ).toEqual(["201", "201"]);
  });

  it("keeps what was created in a cycle if its deletion is rejected, and says so", async () => {
    await app.storage.close();
    app = createApp({
      storage: STORAGES[storageName]?.(),
      hooks: {
        beforeWrite: ({ action, after }) => {
          if (action === "delete" || after?.userName === "bob") throw new NotFoundError("not here");
        },
      },
    });
    const results = await sendBulk(app, [postManaged("alice", "bulkId:bob"), postManaged("bob", "bulkId:alice")]);
    expect(statuses(results)).toEqual(["201", "404"]);
    expect((await app.send("GET", `/Users/${idOf(results[0])}`)).body.userName).toBe("alice");
  });

  it("[req 170] returns 409 for an operation that refers to a failed creation, without doing it, and says why", async () => {
    await createUser(app, "taken");
    const group = await createGroup(app, "g");
    const results = await sendBulk(app, [
      postGroup("h", ["bulkId:taken"]),
      postUser("taken"),
      {
        method: "PATCH",
        path: `/Groups/${group}`,
        data: patch({ op: "add", path: "members", value: [{ value: "bulkId:taken" }] }),
      },
      { method: "DELETE", path: "/Users/bulkId:taken" },
      postGroup("i", ["bulkId:h"]),
    ]);
    expect(statuses(results)).toEqual(["409", "409", "409", "409", "409"]);
    expect(results[2]?.response?.detail).toBe("bulkId:taken cannot be resolved: Operations[1] failed with 409");
    expect(results[4]?.response?.detail).toBe("bulkId:h cannot be resolved: Operations[0] failed with 409");
    expect(results[2]?.location).toBe(`${BASE_URL}/Groups/${group}`);
    expect(results[3]).not.toHaveProperty("location");
    expect([await count(app, "/Users"), await count(app, "/Groups")]).toEqual([1, 1]);
  });

  it("[req 170] returns 409 for a bulkId that no POST of the request has", async () => {
    const id = await createUser(app, "a");
    const results = await sendBulk(app, [
      postGroup("g", ["bulkId:nobody"]),
      { method: "PATCH", path: `/Users/${id}`, bulkId: "patch", data: patch({ op: "add", path: "title", value: "t" }) },
      postGroup("h", ["bulkId:patch"]),
      { method: "DELETE", path: "/Users/bulkId:nobody" },
      postUser("bulkId:"),
    ]);
    expect(statuses(results)).toEqual(["409", "200", "409", "409", "409"]);
    expect(results[0]?.response?.detail).toBe(
      "bulkId:nobody cannot be resolved: no POST of this request has that bulkId",
    );
    expect(await count(app, "/Groups")).toBe(0);
  });

  it("[req 168, 170] counts what refers to a failed creation as an error of its own", async () => {
    await createUser(app, "taken");
    const operations = [postUser("taken"), postGroup("g", ["bulkId:taken"]), postUser("b")];
    expect(statuses(await sendBulk(app, operations, { failOnErrors: 2 }))).toEqual(["409", "409"]);
    expect(statuses(await sendBulk(app, operations, { failOnErrors: 1 }))).toEqual(["409"]);
  });

  it("[req 174] does not resolve a reference into another tenant, nor for credentials that may only read", async () => {
    const results = await sendBulk(app.as("acme", "read"), [postUser("a"), postGroup("g", ["bulkId:a"])]);
    expect(statuses(results)).toEqual(["403", "403"]);
  });
});

describe("references by bulkId", () => {
  it("[req 63, 170] creates a cycle of a group and a member that names it, in the only order in which this is possible", async () => {
    const home = "urn:example:home";
    const homed = defineResourceType({
      name: "User",
      endpoint: "/Users",
      schema: userSchema,
      extensions: [
        {
          schema: defineSchema({
            id: home,
            name: "Home",
            attributes: [{ name: "groups", type: "string", multiValued: true }],
          }),
        },
      ],
    });
    const app = createApp({ resourceTypes: [homed, groupResourceType] });
    const results = await sendBulk(app, [
      postGroup("g", ["bulkId:u"]),
      postUser("u", { schemas: [USER, home], [home]: { groups: ["bulkId:g"] } }),
    ]);
    expect(statuses(results)).toEqual(["201", "201"]);
    const [g = "", u = ""] = results.map(idOf);
    expect(await memberIds(app, g)).toEqual([u]);
    expect((await app.send("GET", `/Users/${u}`)).body[home]).toEqual({ groups: [g] });
  });

  it("[req 170] resolves the groups of RFC 7644 section 3.7.1 where a storage keeps members in the group", async () => {
    const { members: _, ...resources } = memoryStorage().resources;
    const plain = { ...resources, capabilities: { ...resources.capabilities, members: false } } as ResourceStorage;
    const app = createApp({ storage: plain as never });
    const results = await sendBulk(app, [
      postGroup("Group A", ["bulkId:Group B"]),
      postGroup("Group B", ["bulkId:Group A"]),
    ]);
    expect(statuses(results)).toEqual(["201", "201"]);
    const [a = "", b = ""] = results.map(idOf);
    expect(await memberIds(app, a)).toEqual([b]);
    expect(await memberIds(app, b)).toEqual([a]);
  });

  it("[req 36] never gives out an id that holds bulkId", async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `${index % 2 === 1 ? "bulkId" : "id"}-${index}`);
    const app = createApp({ newId: () => ids.shift() ?? "none" });
    const answers = [
      await app.send("POST", "/Users", { schemas: [USER], userName: "a" }),
      await app.send("POST", "/Bulk", bulk([postUser("b")])),
    ];
    expect(answers.map(({ text }) => text).join()).not.toContain("bulkId-");
    expect(app.events).toContainEqual(
      expect.objectContaining({
        type: "server.error",
        error: expect.objectContaining({ message: expect.stringContaining("newId") }),
      }),
    );
  });

  it("shows a bulkId that is made to be long only in part", async () => {
    const results = await sendBulk(createApp(), [postGroup("g", [`bulkId:${"x".repeat(10_000)}`])]);
    expect(results[0]?.response?.detail.length).toBeLessThan(200);
  });

  it("[req 186] keeps prototypes out of reach", async () => {
    const app = createApp();
    const operation = JSON.stringify(postUser("a")).replace(
      '"userName"',
      '"__proto__":{"polluted":"bulkId:a"},"userName"',
    );
    const body = JSON.stringify(bulk([])).replace("[]", `[${operation}]`);
    expect((await app.send("POST", "/Bulk", body)).status).toBe(200);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
