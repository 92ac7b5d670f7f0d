import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BULK_REQUEST, BULK_RESPONSE, bulk, idOf, postUser, sendBulk, statuses } from "../helpers/bulk-request.ts";
import {
  type App,
  BASE_URL,
  createApp,
  createGroup,
  createUser,
  memberIds,
  patch,
  STORAGES,
  USER,
} from "../helpers/scim-app.ts";

const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";

async function userNames(app: Pick<App, "send">): Promise<unknown[]> {
  const { body } = await app.send("GET", "/Users");
  return (body.Resources as { userName: string }[]).map((user) => user.userName).sort();
}

let app: App;

/** Each test has a server of its own over this storage. */
function setUp(storageName: string): void {
  beforeEach(() => {
    app = createApp({ storage: STORAGES[storageName]?.() });
  });
  afterEach(() => app.storage.close());
}

describe.each(Object.keys(STORAGES))("bulk requests over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 166, 171, 172] creates, replaces, patches and deletes, with the result of a request of its own for each", async () => {
    const [replaced, patched, deleted] = [
      await createUser(app, "r"),
      await createUser(app, "p"),
      await createUser(app, "d"),
    ];
    const group = await createGroup(app, "g");
    const answer = await app.send(
      "POST",
      "/Bulk",
      bulk([
        postUser("new"),
        { method: "PUT", path: `/Users/${replaced}`, data: { schemas: [USER], userName: "r", title: "t" } },
        { method: "PATCH", path: `/Users/${patched}`, data: patch({ op: "add", path: "title", value: "t" }) },
        { method: "DELETE", path: `/Users/${deleted}` },
        {
          method: "PATCH",
          path: `/Groups/${group}`,
          data: patch({ op: "add", path: "members", value: [{ value: patched }] }),
        },
      ]),
    );
    expect(answer.status).toBe(200);
    expect(answer.body.schemas).toEqual([BULK_RESPONSE]);
    const results = answer.body.Operations as Record<string, unknown>[];
    expect(results.map(({ method, status }) => [method, status])).toEqual([
      ["POST", "201"],
      ["PUT", "200"],
      ["PATCH", "200"],
      ["DELETE", "204"],
      ["PATCH", "204"],
    ]);
    expect(results[0]).toEqual({
      method: "POST",
      bulkId: "new",
      status: "201",
      location: expect.stringMatching(/^https:\/\/app\.example\/scim\/v2\/Users\/[^/]+$/),
      version: expect.stringMatching(/^W\/"/),
    });
    expect(results.slice(1).map(({ location }) => location)).toEqual(
      [`/Users/${replaced}`, `/Users/${patched}`, `/Users/${deleted}`, `/Groups/${group}`].map(
        (path) => BASE_URL + path,
      ),
    );
    expect(results.every((result) => !("response" in result))).toBe(true);
    expect(await userNames(app)).toEqual(["new", "p", "r"]);
    for (const [index, path] of [
      [1, `/Users/${replaced}`],
      [2, `/Users/${patched}`],
    ] as const) {
      const { body, headers } = await app.send("GET", path);
      expect(body.title).toBe("t");
      expect(results[index]?.version).toBe(headers.get("etag"));
    }
    expect(await memberIds(app, group)).toEqual([patched]);
  });

  it("[req 171, 172] returns 200 and goes on when operations fail, with the error of each and its location, except for a POST", async () => {
    const id = await createUser(app, "taken");
    const results = await sendBulk(app, [
      postUser("taken"),
      { method: "put", path: `/Users/${id}`, version: 'W/"other"', data: { schemas: [USER], userName: "x" } },
      { method: "Delete", path: "/Users/nobody" },
      { method: "PATCH", path: `/Users/${id}`, data: patch({ op: "replace", path: "active", value: "perhaps" }) },
      postUser("fine"),
    ]);
    expect(results).toEqual([
      {
        method: "POST",
        bulkId: "taken",
        status: "409",
        response: { schemas: [ERROR], status: "409", scimType: "uniqueness", detail: expect.any(String) },
      },
      expect.objectContaining({ method: "PUT", status: "412", location: `${BASE_URL}/Users/${id}` }),
      expect.objectContaining({ method: "DELETE", status: "404", location: `${BASE_URL}/Users/nobody` }),
      expect.objectContaining({ method: "PATCH", status: "400", location: `${BASE_URL}/Users/${id}` }),
      expect.objectContaining({ method: "POST", status: "201" }),
    ]);
    for (const failed of results.slice(1, 4)) expect(failed.response?.status).toBe(failed.status);
    expect(await userNames(app)).toEqual(["fine", "taken"]);
    expect((await app.send("GET", `/Users/${id}`)).body).not.toHaveProperty("active");
  });
});

describe.each(Object.keys(STORAGES))("errors and conditions in bulk requests over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 168] stops after as many errors as failOnErrors says, and leaves what is done", async () => {
    await createUser(app, "taken");
    const operations = [
      postUser("a"),
      { ...postUser("taken"), bulkId: "1" },
      postUser("b"),
      { ...postUser("taken"), bulkId: "2" },
      postUser("c"),
    ];
    expect(statuses(await sendBulk(app, operations, { failOnErrors: 2 }))).toEqual(["201", "409", "201", "409"]);
    expect(await userNames(app)).toEqual(["a", "b", "taken"]);
  });

  it("lets other requests run between the operations of a long job, in a cycle or not", async () => {
    const names = Array.from({ length: 400 }, (_, index) => `u${index}`);
    const ring = names.map((name, index) =>
      postUser(`r${name}`, { externalId: `bulkId:ru${(index + 1) % names.length}` }),
    );
    for (const operations of [names.map((name) => postUser(name)), ring]) {
      let turns = 0;
      const others = setInterval(() => {
        turns += 1;
      });
      const results = await sendBulk(app, operations);
      clearInterval(others);
      expect(turns).toBeGreaterThan(0);
      expect(new Set(statuses(results))).toEqual(new Set(["201"]));
    }
  });

  it("[req 168] does every operation without failOnErrors", async () => {
    await createUser(app, "taken");
    const failing = Array.from({ length: 5 }, (_, index) => ({ ...postUser("taken"), bulkId: String(index) }));
    const results = await sendBulk(app, [...failing, postUser("last")], { failOnErrors: null });
    expect(statuses(results)).toEqual(["409", "409", "409", "409", "409", "201"]);
  });

  it("[req 173] takes version for If-Match", async () => {
    const id = await createUser(app, "a");
    const version = (await app.send("GET", `/Users/${id}`)).headers.get("etag");
    const change = (value: string): object => ({
      method: "PATCH",
      path: `/Users/${id}`,
      version,
      data: patch({ op: "replace", path: "title", value }),
    });
    const results = await sendBulk(app, [
      change("first"),
      change("second"),
      { method: "DELETE", path: `/Users/${id}`, version },
    ]);
    expect(statuses(results)).toEqual(["200", "412", "412"]);
    expect((await app.send("GET", `/Users/${id}`)).body.title).toBe("first");
    const current = results[0]?.version;
    expect(statuses(await sendBulk(app, [{ method: "DELETE", path: `/Users/${id}`, version: current }]))).toEqual([
      "204",
    ]);
  });

  it("[req 173] refuses operations without version where If-Match is required", async () => {
    const careful = createApp({ storage: STORAGES[storageName]?.(), requireIfMatch: true });
    const id = await createUser(careful, "a");
    const results = await sendBulk(careful, [{ method: "DELETE", path: `/Users/${id}` }, postUser("b")]);
    expect(statuses(results)).toEqual(["428", "201"]);
    await careful.storage.close();
  });
});

describe.each(Object.keys(STORAGES))("the operations of bulk requests over %s storage", (storageName) => {
  setUp(storageName);

  it("accepts data without schemas, under strict too, since method and path say what it is", async () => {
    const strict = createApp({ storage: STORAGES[storageName]?.(), dialect: "strict" });
    const results = await sendBulk(strict, [
      { method: "POST", path: "/Users", bulkId: "u", data: { userName: "u" } },
      { method: "PATCH", path: "/Users/bulkId:u", data: { Operations: [{ op: "add", path: "title", value: "t" }] } },
      { method: "PUT", path: "/Users/bulkId:u", data: { userName: "v", title: "t" } },
    ]);
    expect(statuses(results)).toEqual(["201", "200", "200"]);
    expect((await strict.send("GET", `/Users/${idOf(results[0])}`)).body).toMatchObject({ userName: "v", title: "t" });
    await strict.storage.close();
  });

  it("reads data as the dialect has it, and tells so of the operation", async () => {
    const id = await createUser(app, "a");
    const data = patch({ op: "Replace", path: "active", value: "False" });
    expect(statuses(await sendBulk(app, [postUser("b"), { method: "PATCH", path: `/Users/${id}`, data }]))).toEqual([
      "201",
      "200",
    ]);
    expect((await app.send("GET", `/Users/${id}`)).body.active).toBe(false);
    const told = app.events.filter((event) => event.type === "server.dialect");
    expect(told).toEqual([expect.objectContaining({ requestId: expect.stringMatching(/:1$/), route: "/Users/{id}" })]);
  });

  it("[req 66] never shows a password", async () => {
    const operation = postUser("a", { password: "correct horse" });
    const answer = await app.send("POST", "/Bulk", bulk([operation, { ...operation, bulkId: "b" }]));
    expect(answer.text).not.toContain("horse");
    expect(JSON.stringify(app.events)).not.toContain("horse");
  });

  it("[req 8] reaches nothing of another tenant", async () => {
    const id = await createUser(app, "a");
    const results = await sendBulk(app.as("other"), [
      { method: "DELETE", path: `/Users/${id}` },
      { method: "DELETE", path: "/Users/nobody" },
    ]);
    expect(results[0]?.response).toEqual(results[1]?.response);
    expect(await userNames(app)).toEqual(["a"]);
  });

  it("[req 174] refuses every operation of credentials that may only read, and writes nothing", async () => {
    const results = await sendBulk(app.as("acme", "read"), [postUser("a"), { method: "DELETE", path: "/Users/x" }]);
    expect(statuses(results)).toEqual(["403", "403"]);
    expect(await userNames(app)).toEqual([]);
  });

  it("asks beforeWrite for each operation, which can refuse it alone", async () => {
    const { ForbiddenError } = await import("../../src/errors/request-errors.ts");
    const guarded = createApp({
      storage: STORAGES[storageName]?.(),
      hooks: {
        beforeWrite: ({ after }) => {
          if (after?.userName === "root") throw new ForbiddenError("root is ours");
        },
      },
    });
    const results = await sendBulk(guarded, [postUser("a"), postUser("root"), postUser("b")]);
    expect(statuses(results)).toEqual(["201", "403", "201"]);
    expect(results[1]?.response?.detail).toBe("root is ours");
    expect(await userNames(guarded)).toEqual(["a", "b"]);
    await guarded.storage.close();
  });
});

describe("the paths of bulk operations", () => {
  it.each([
    ["POST", "https://app.example/scim/v2/Users"],
    ["POST", "//evil.example/Users"],
    ["POST", "/Bulk"],
    ["POST", "/bulk/"],
    ["POST", "/%42ulk"],
    ["POST", "/Me"],
    ["PATCH", "/Me"],
    ["POST", "/.search"],
    ["POST", "/Users/.search"],
    ["POST", "/Schemas"],
    ["PUT", "/ServiceProviderConfig"],
    ["POST", "/"],
    ["POST", "Users"],
    ["POST", "/Users?attributes=userName"],
    ["DELETE", "/Users/1?x"],
    ["DELETE", "/Users/1#x"],
    ["DELETE", "/Users/../Groups"],
    ["DELETE", "/Users/.."],
    ["DELETE", "/Users/%2e%2E"],
    ["DELETE", "/Users\\1"],
    ["DELETE", "/Users/1\\2"],
    ["DELETE", "/Users/1/2"],
    ["DELETE", "/Users/\ud800"],
    ["PUT", "/Users/bulkId:\udc00"],
    ["GET", "/Users"],
    ["HEAD", "/Users/1"],
    ["OPTIONS", "/Users"],
  ])("[req 174] refuses %s %s alone with 400, and tells nothing of a resource", async (method, path) => {
    const app = createApp();
    const [refused, done] = await sendBulk(app, [
      { method, path, bulkId: "x", data: { schemas: [USER], userName: "a" } },
      postUser("b"),
    ]);
    expect([refused?.method, refused?.status, refused?.response?.scimType]).toEqual([method, "400", "invalidSyntax"]);
    expect(refused).not.toHaveProperty("location");
    expect(done?.status).toBe("201");
    expect(await userNames(app)).toEqual(["b"]);
  });

  it.each([
    ["POST", "/Users/1", "405"],
    ["PUT", "/Users", "405"],
    ["DELETE", "/Groups/", "405"],
    ["POST", "/Robots", "404"],
    ["DELETE", "/Users/%zz", "404"],
    ["DELETE", "/Users/a%00b", "404"],
    ["DELETE", "/Users/a%2Fb", "404"],
  ])("[req 174] responds to %s %s with %s, as to a request of its own", async (method, path, status) => {
    const data = { schemas: [USER], userName: "a" };
    expect(statuses(await sendBulk(createApp(), [{ method, path, bulkId: "x", data }]))).toEqual([status]);
  });

  it("[req 13] accepts a trailing slash and another case of the endpoint", async () => {
    const app = createApp();
    const results = await sendBulk(app, [{ ...postUser("a"), path: "/users/" }]);
    expect(results[0]?.location).toContain(`${BASE_URL}/Users/`);
  });
});

describe("the form of bulk requests", () => {
  it.each([
    ["no schemas", { Operations: [postUser("a")] }, "schemas"],
    ["other schemas", { schemas: [BULK_RESPONSE], Operations: [postUser("a")] }, "schemas"],
    ["no operations", { schemas: [BULK_REQUEST] }, "Operations"],
    ["an empty list", bulk([]), "Operations"],
    ["operations that are no list", { schemas: [BULK_REQUEST], Operations: postUser("a") }, "Operations"],
    ["failOnErrors of 0", bulk([postUser("a")], { failOnErrors: 0 }), "failOnErrors"],
    ["failOnErrors of 1.5", bulk([postUser("a")], { failOnErrors: 1.5 }), "failOnErrors"],
    ["failOnErrors that is a text", bulk([postUser("a")], { failOnErrors: "1" }), "failOnErrors"],
    ["an operation that is no object", bulk([postUser("a"), "DELETE /Users/1"]), "Operations[1]"],
    ["an operation without method", bulk([postUser("a"), { path: "/Users/1" }]), "Operations[1].method"],
    ["a method that is no text", bulk([postUser("a"), { method: 1, path: "/Users/1" }]), "Operations[1].method"],
    ["an operation without path", bulk([postUser("a"), { method: "DELETE" }]), "Operations[1].path"],
    [
      "[req 169] a POST without bulkId",
      bulk([postUser("a"), { ...postUser("b"), bulkId: undefined }]),
      "Operations[1].bulkId",
    ],
    ["[req 169] an empty bulkId", bulk([postUser("a"), { ...postUser("b"), bulkId: "" }]), "Operations[1].bulkId"],
    ["[req 169] a bulkId that is no text", bulk([{ ...postUser("b"), bulkId: 7 }]), "Operations[0].bulkId"],
    [
      "[req 169] a bulkId given twice",
      bulk([postUser("a"), postUser("b"), { ...postUser("c"), bulkId: "a" }]),
      "Operations[2].bulkId is the same as that of Operations[0]",
    ],
    ["a POST without data", bulk([postUser("a"), { ...postUser("b"), data: undefined }]), "Operations[1].data"],
    ["a PUT whose data is null", bulk([{ method: "PUT", path: "/Users/1", data: null }]), "Operations[0].data"],
    ["a PATCH whose data is a list", bulk([{ method: "PATCH", path: "/Users/1", data: [] }]), "Operations[0].data"],
    ["a version that is no text", bulk([{ method: "DELETE", path: "/Users/1", version: 1 }]), "Operations[0].version"],
    ["a member in two cases", bulk([{ ...postUser("a"), BulkID: "b" }]), "Operations[0]"],
  ])("refuses %s as a whole with 400 invalidSyntax, says where, and does nothing", async (_, body, where) => {
    const app = createApp();
    const answer = await app.send("POST", "/Bulk", body);
    expect([answer.status, answer.body.scimType]).toEqual([400, "invalidSyntax"]);
    expect(answer.body.detail).toContain(where);
    expect(await userNames(app)).toEqual([]);
  });

  it("accepts names of members, methods and the URN in any case", async () => {
    const { userName, ...operation } = { userName: "a", ...postUser("a") } as Record<string, unknown>;
    const app = createApp();
    const answer = await app.send("POST", "/bulk", {
      Schemas: [BULK_REQUEST.toUpperCase()],
      operations: [{ Method: "post", PATH: operation.path, bulkid: userName, Data: operation.data }],
    });
    expect(answer.status).toBe(200);
    expect(answer.body.Operations).toEqual([expect.objectContaining({ method: "POST", bulkId: "a", status: "201" })]);
  });

  it("[req 14] responds to other methods than POST with 405", async () => {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const answer = await createApp().send(method, "/Bulk");
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    }
  });

  it("[req 77] knows nothing below the endpoint", async () => {
    expect((await createApp().send("POST", "/Bulk/1", bulk([postUser("a")]))).status).toBe(404);
  });

  it("[req 5] responds to unknown credentials with 401", async () => {
    const answer = await createApp().send("POST", "/Bulk", bulk([postUser("a")]), { authorization: "Bearer nobody" });
    expect(answer.status).toBe(401);
  });
});

describe("the limits of bulk requests", () => {
  it("[req 22, 166] publishes them", async () => {
    expect((await createApp().send("GET", "/ServiceProviderConfig")).body.bulk).toEqual({
      supported: true,
      maxOperations: 1000,
      maxPayloadSize: 2_097_152,
    });
    const app = createApp({ limits: { maxBulkOperations: 3, maxBulkBytes: 5000 } });
    expect((await app.send("GET", "/ServiceProviderConfig")).body.bulk).toEqual({
      supported: true,
      maxOperations: 3,
      maxPayloadSize: 5000,
    });
  });

  it("[req 22, 166] returns 501 if bulk is switched off, and says so in ServiceProviderConfig", async () => {
    const app = createApp({ bulk: false });
    expect((await app.send("POST", "/Bulk", bulk([postUser("a")]))).status).toBe(501);
    expect((await app.send("GET", "/ServiceProviderConfig")).body.bulk).toEqual({
      supported: false,
      maxOperations: 0,
      maxPayloadSize: 0,
    });
    expect(await userNames(app)).toEqual([]);
  });

  it("[req 167] refuses more operations than maxOperations with 413 and does none of them", async () => {
    const app = createApp({ limits: { maxBulkOperations: 2 } });
    const answer = await app.send("POST", "/Bulk", bulk([postUser("a"), postUser("b"), postUser("c")]));
    expect(answer.status).toBe(413);
    expect(answer.body.detail).toContain("maxOperations (2)");
    expect(await userNames(app)).toEqual([]);
    expect(statuses(await sendBulk(app, [postUser("a"), postUser("b")]))).toEqual(["201", "201"]);
  });

  it("[req 167] refuses more bytes than maxPayloadSize with 413, before it parses them, whatever single bodies may have", async () => {
    const app = createApp({ limits: { maxBulkBytes: 1000, maxBodyBytes: 10 } });
    for (const body of [bulk([postUser("a".repeat(1000))]), `{${"x".repeat(1000)}`]) {
      const answer = await app.send("POST", "/Bulk", body);
      expect(answer.status).toBe(413);
      expect(answer.body.detail).toContain("maxPayloadSize (1000)");
    }
    expect(statuses(await sendBulk(app, [postUser("a")]))).toEqual(["201"]);
  });

  it("[req 4] lets data nest as deep as in a request of its own, and no deeper", async () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
    const depths = { limits: { maxJsonDepth: 5 } };
    const data = (levels: number): object => ({ schemas: [USER], userName: "a", x: nested(levels) });
    for (const [levels, alone, inBulk] of [
      [4, 201, 200],
      [5, 400, 400],
    ] as const) {
      expect((await createApp(depths).send("POST", "/Users", data(levels))).status).toBe(alone);
      const operation = { method: "POST", path: "/Users", bulkId: "a", data: data(levels) };
      expect((await createApp(depths).send("POST", "/Bulk", bulk([operation]))).status).toBe(inBulk);
    }
  });
});

describe("the events of a bulk request", () => {
  it("[req 18, 179] one response, and the result of each operation, under the request's id, a colon and its index", async () => {
    const app = createApp();
    const answer = await app.send(
      "POST",
      "/Bulk",
      bulk([postUser("a"), { ...postUser("a"), bulkId: "b" }, { method: "GET", path: "/Users" }]),
    );
    const requestId = answer.headers.get("x-request-id");
    expect(app.events.filter((event) => event.type === "server.response")).toEqual([
      expect.objectContaining({ requestId, method: "POST", route: "/Bulk", status: 200 }),
    ]);
    expect(app.events.filter((event) => event.type === "server.write")).toEqual([
      expect.objectContaining({ requestId: `${requestId}:0`, action: "create" }),
    ]);
    expect(app.events.filter((event) => event.type === "server.operation")).toEqual([
      { type: "server.operation", requestId: `${requestId}:0`, method: "POST", route: "/Users", status: 201 },
      {
        type: "server.operation",
        requestId: `${requestId}:1`,
        method: "POST",
        route: "/Users",
        status: 409,
        scimType: "uniqueness",
        detail: expect.any(String),
      },
      expect.objectContaining({ requestId: `${requestId}:2`, method: "GET", route: "unknown", status: 400 }),
    ]);
  });

  it("[req 187] tells it all of a fault, and the client nothing, and goes on", async () => {
    const app = createApp({
      hooks: {
        beforeWrite: ({ after }) => {
          if (after?.userName === "a") throw new Error("connect ECONNREFUSED, password is hunter2");
        },
      },
    });
    const answer = await app.send("POST", "/Bulk", bulk([postUser("a"), postUser("b")]));
    expect(answer.text).not.toContain("hunter2");
    expect((answer.body.Operations as { status: string }[]).map(({ status }) => status)).toEqual(["500", "201"]);
    const told = app.events.filter((event) => event.type === "server.error");
    expect(told).toEqual([expect.objectContaining({ requestId: expect.stringMatching(/:0$/), route: "/Users" })]);
    expect(String((told[0] as { error: unknown }).error)).toContain("ECONNREFUSED");
  });
});
