import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { bulk, postUser } from "../helpers/bulk-request.ts";
import { BASE_URL, createApp, createUser, GROUP, patch, USER } from "../helpers/scim-app.ts";

const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";

describe("requests and errors", () => {
  it("[req 1] responds with application/scim+json", async () => {
    const app = createApp();
    for (const path of ["/Users", "/Users/unknown", "/Schemas"]) {
      expect((await app.send("GET", path)).headers.get("content-type")).toBe("application/scim+json");
    }
  });

  it.each(["application/scim+json", "application/json", "application/scim+json; charset=utf-8", ""])(
    "[req 3] accepts a body of content type '%s'",
    async (type) => {
      const answer = await createApp().send(
        "POST",
        "/Users",
        { schemas: [USER], userName: "a" },
        { "content-type": type },
      );
      expect(answer.status).toBe(201);
    },
  );

  it("[req 3] refuses a body of another type with 415", async () => {
    const answer = await createApp().send("POST", "/Users", "<user/>", { "content-type": "application/xml" });
    expect(answer.status).toBe(415);
  });

  it.each([
    ["what is not JSON", "{"],
    ["an array", "[]"],
    ["a text", '"x"'],
    ["null", "null"],
    ["nothing", ""],
    ["nesting without end", `{"a":${"[".repeat(100_000)}`],
  ])("[req 4] refuses %s with 400 invalidSyntax", async (_, body) => {
    const answer = await createApp().send("POST", "/Users", body);
    expect(answer.status).toBe(400);
    expect(answer.body.scimType).toBe("invalidSyntax");
  });

  it("[req 4] refuses bytes that are not UTF-8", async () => {
    const app = createApp();
    const answer = await app.send("POST", "/Users", new Uint8Array([0x22, 0xff, 0x22]));
    expect([answer.status, answer.body.scimType]).toEqual([400, "invalidSyntax"]);
  });

  it("[req 5] responds to unknown credentials with 401 and says how to authenticate", async () => {
    const answer = await createApp().send("GET", "/Users", undefined, { authorization: "Bearer nobody" });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  it("[req 6] refuses a write with read rights with 403 and writes nothing", async () => {
    const app = createApp();
    const reader = app.as("acme", "read");
    expect((await reader.send("POST", "/Users", { schemas: [USER], userName: "a" })).status).toBe(403);
    expect((await reader.send("GET", "/Users")).body.totalResults).toBe(0);
  });

  it("[req 7] puts the status into the error as a string", async () => {
    const answer = await createApp().send("GET", "/Users/unknown");
    expect(answer.body).toMatchObject({ schemas: [ERROR], status: "404" });
  });

  it("[req 8] responds to an id of another tenant exactly as to an unknown one", async () => {
    const app = createApp();
    const id = await createUser(app, "a");
    const other = app.as("other");
    const unknown = (await other.send("GET", "/Users/unknown")).text;
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      const body =
        method === "PUT"
          ? { schemas: [USER], userName: "b" }
          : method === "PATCH"
            ? patch({ op: "remove", path: "title" })
            : undefined;
      const answer = await other.send(method, `/Users/${id}`, body);
      expect([answer.status, answer.text]).toEqual([404, unknown]);
    }
    expect((await other.send("GET", `/Users?filter=${encodeURIComponent(`id eq "${id}"`)}`)).body.totalResults).toBe(0);
    expect((await app.send("GET", `/Users/${id}`)).body.userName).toBe("a");
  });
});

describe("addresses, methods and limits", () => {
  it.each(["/scim/v1/Users", "/scim/v3/Users"])("[req 11] responds to %s with 400 invalidVers", async (path) => {
    const answer = await createApp().send("GET", `https://app.example${path}`);
    expect([answer.status, answer.body.scimType]).toEqual([400, "invalidVers"]);
  });

  it("[req 12] ignores query parameters it does not know", async () => {
    expect((await createApp().send("GET", "/Users?aadOptscim062020&x=1")).status).toBe(200);
  });

  it("[req 13] accepts a trailing slash and another case of the endpoint", async () => {
    const app = createApp();
    for (const path of ["/Users/", "/users"]) expect((await app.send("GET", path)).status).toBe(200);
  });

  it.each([
    ["DELETE", "/Users"],
    ["PATCH", "/Users"],
    ["POST", "/Users/1"],
    ["PUT", "/ServiceProviderConfig"],
    ["POST", "/Schemas"],
    ["DELETE", "/ResourceTypes/User"],
  ])("[req 14, 29, 77] responds to %s %s with 405 and the supported methods", async (method, path) => {
    const answer = await createApp().send(method, path, method === "DELETE" ? undefined : {});
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toContain("GET");
  });

  it.each([
    ["/Bulk", { bulk: false }],
    ["/Me", {}],
  ])("[req 14, 99, 166] responds to %s with 501 if it is not supported", async (path, options) => {
    expect((await createApp(options).send("POST", path, {})).status).toBe(501);
  });

  it("[req 15] refuses a body that is too large with 413, by its length and by its bytes", async () => {
    const app = createApp({ limits: { maxBodyBytes: 200 } });
    const answer = await app.send("POST", "/Users", { schemas: [USER], userName: "a".repeat(500) });
    expect(answer.status).toBe(413);
    expect(answer.body.detail).toContain("200");
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(0);
  });

  it("[req 17] changes nothing on HEAD and OPTIONS", async () => {
    const app = createApp();
    const id = await createUser(app, "a");
    const head = await app.send("HEAD", `/Users/${id}`);
    expect([head.status, head.text]).toEqual([200, ""]);
    const options = await app.send("OPTIONS", "/Users");
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, POST, OPTIONS"]);
  });

  it("[req 18] gives every response a request id and reports it to the observer, without values", async () => {
    const app = createApp();
    await createUser(app, "secret-name");
    const answer = await app.send("GET", `/Users?filter=${encodeURIComponent('userName eq "secret-name"')}`);
    const id = answer.headers.get("x-request-id");
    expect(app.events).toContainEqual(
      expect.objectContaining({ type: "server.response", requestId: id, route: "/Users", status: 200, method: "GET" }),
    );
    expect(JSON.stringify(app.events)).not.toContain("secret-name");
  });

  it("[req 77] responds to the collection of an unknown type with 404", async () => {
    expect((await createApp().send("POST", "/Robots", {})).status).toBe(404);
    expect((await createApp().send("GET", "/Users/1/2")).status).toBe(404);
    expect((await createApp().send("GET", `${BASE_URL}x/Users`)).status).toBe(404);
  });

  it("[req 186] keeps prototypes out of reach", async () => {
    const app = createApp();
    const body = `{"schemas":["${USER}"],"userName":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"name":{"__proto__":{"polluted":1},"givenName":"x"}}`;
    await app.send("POST", "/Users", body);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

/** A storage whose every call fails as a database does that is away. */
function brokenStorage(): Storage {
  const storage = memoryStorage();
  const fail = (): never => {
    throw Object.assign(new Error("connect ECONNREFUSED db password is hunter2"), { code: "ECONNREFUSED" });
  };
  const broken: ResourceStorage = {
    ...storage.resources,
    capabilities: storage.resources.capabilities,
    insert: async () => fail(),
    find: async () => fail(),
    replace: async () => fail(),
    remove: async () => fail(),
    list: async () => fail(),
    members: { page: async () => fail(), change: async () => fail(), groupsOf: async () => fail() },
  };
  return { ...storage, resources: broken, transaction: async () => fail() };
}

describe("a storage that is away", () => {
  const requests: [string, string, unknown][] = [
    ["GET", "/Users", undefined],
    ["GET", "/Users/1", undefined],
    ["POST", "/Users", { schemas: [USER], userName: "a" }],
    ["PUT", "/Users/1", { schemas: [USER], userName: "a" }],
    ["PATCH", "/Users/1", patch({ op: "replace", path: "title", value: "x" })],
    ["DELETE", "/Users/1", undefined],
    ["POST", "/Groups", { schemas: [GROUP], displayName: "g", members: [{ value: "1" }] }],
    ["PATCH", "/Groups/1", patch({ op: "add", path: "members", value: [{ value: "1" }] })],
  ];

  it.each(requests)(
    "[req 187] responds to %s %s with a 500 without details, and reports everything to the observer",
    async (method, path, body) => {
      const app = createApp({ storage: brokenStorage() });
      const answer = await app.send(method, path, body);
      expect(answer.status).toBe(500);
      expect(answer.body).toMatchObject({ schemas: [ERROR], status: "500" });
      expect(answer.text).not.toContain("hunter2");
      const told = app.events.filter((event) => event.type === "server.error");
      expect(told).toHaveLength(1);
      expect(String((told[0] as { error: unknown }).error)).toContain("ECONNREFUSED");
    },
  );
});

describe("a storage of the application's own that is wrong", () => {
  it.each([[{}], ["a row"], [{ id: "1", attributes: {} }], [{ id: 1, version: "1", attributes: {} }]])(
    "[req 187] never makes a resource of %j: 500, and the observer learns why",
    async (row) => {
      const storage = memoryStorage();
      const find = async () => row as never;
      const list = async () => ({ resources: [row as never], total: 1 });
      const app = createApp({ storage: { ...storage, resources: { ...storage.resources, find, list } } });
      for (const path of ["/Users/1", "/Users?filter=id%20pr"]) {
        const answer = await app.send("GET", path);
        expect([answer.status, answer.body.detail]).toEqual([500, "Internal error"]);
        const told = app.events.filter((event) => event.type === "server.error").at(-1) as { error: unknown };
        expect(String(told.error)).toContain("The storage returned a resource without");
      }
    },
  );
});

describe("authenticate", () => {
  it.each([
    [undefined, "an id"],
    [null, "an id"],
    [{ tenant: "t", rights: "write" }, "an id"],
    [{ id: "a", rights: "write" }, "a tenant"],
    [{ id: "a", tenant: 7, rights: "write" }, "a tenant"],
    [{ id: "a", tenant: "t" }, 'the rights "read" or "write"'],
    [{ id: "a", tenant: "t", rights: "admin" }, 'the rights "read" or "write"'],
  ])("[req 8] that returns %j lets nobody in, anywhere, and the observer learns why", async (principal, missing) => {
    const app = createApp({ authenticate: () => principal as never });
    for (const [method, path, body] of [
      ["GET", "/Users"],
      ["GET", "/Schemas"],
      ["GET", "/ServiceProviderConfig"],
      ["POST", "/Users", { schemas: [USER], userName: "a" }],
      ["POST", "/Bulk", bulk([postUser("a")])],
    ] as const) {
      const answer = await app.send(method, path, body);
      expect([path, answer.status, answer.body.detail]).toEqual([path, 500, "Internal error"]);
      const told = app.events.filter((event) => event.type === "server.error").at(-1) as { error: unknown };
      expect(String(told.error)).toContain(`must return a principal with ${missing}`);
    }
    for (const tenant of ["undefined", "7", "t"]) {
      const { resources } = await app.storage.resources.list({ tenant, type: "User" }, { take: 1 });
      expect(resources).toEqual([]);
    }
  });
});

describe("options", () => {
  it.each([
    [{ baseUrl: "not a url" }, "baseUrl"],
    [{ dialect: "klingon" }, "dialect"],
    [{ authentcate: () => {} }, "authentcate"],
    [{ limits: { maxBodyBytes: -1 } }, "maxBodyBytes"],
    [{ storage: {} }, "storage"],
    [{ authenticate: "me" }, "authenticate"],
  ])("refuses %j with a TypeError that names the option", (wrong, named) => {
    expect(() => createApp(wrong as object)).toThrow(TypeError);
    expect(() => createApp(wrong as object)).toThrow(named);
  });

  it("refuses a storage that cannot keep values unique, when the handler is made", () => {
    const storage = memoryStorage();
    const careless = {
      ...storage.resources,
      capabilities: { ...storage.resources.capabilities, uniqueness: false, filter: () => false, sort: () => false },
    };
    expect(() => createApp({ storage: careless as unknown as Storage })).toThrow("uniqueness");
  });
});
