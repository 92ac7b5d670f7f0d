import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ServerLimits } from "../../src/server/requests/limits.ts";
import {
  type App,
  createApp,
  createGroup,
  createUser,
  ENTERPRISE,
  memberIds,
  patch,
  STORAGES,
  USER,
} from "../helpers/scim-app.ts";

const emails = (count: number, from = 0): object[] =>
  Array.from({ length: count }, (_, index) => ({ value: `${from + index}@example.com` }));
const add = (path: string, value: unknown): object => patch({ op: "add", path, value });

describe.each(Object.keys(STORAGES))("the size of a resource, over %s storage", (storageName) => {
  let app: App;
  const open = (limits: Partial<ServerLimits>): App => {
    app = createApp({ storage: STORAGES[storageName]?.(), limits });
    return app;
  };
  beforeEach(() => open({}));
  afterEach(() => app.storage.close());

  it("[req 15] lets an attribute have 10,000 values, refuses more with 413 and writes nothing", async () => {
    const id = await createUser(app, "ada", { emails: emails(10_000) });
    const before = await app.send("GET", `/Users/${id}`);
    const refused = await app.send("PATCH", `/Users/${id}`, add("emails", emails(1, 10_000)));
    expect(refused.body).toMatchObject({
      status: "413",
      detail: "emails would have 10001 values, which exceeds maxValues (10000)",
    });
    expect(refused.body).not.toHaveProperty("scimType");
    expect((await app.send("GET", `/Users/${id}`)).headers.get("etag")).toBe(before.headers.get("etag"));
    const created = await app.send("POST", "/Users", { schemas: [USER], userName: "bob", emails: emails(10_001) });
    expect(created.status).toBe(413);
    expect((await app.send("GET", "/Users?count=0")).body.totalResults).toBe(1);
  });

  it("refuses a text beyond maxValueBytes, counted in UTF-8, in a POST, PUT, PATCH and in an extension", async () => {
    open({ maxValueBytes: 100 });
    const id = await createUser(app, "ada", { title: "é".repeat(50) });
    const put = { schemas: [USER], userName: "ada", title: "é".repeat(51) };
    for (const [method, path, body] of [
      ["POST", "/Users", { ...put, userName: "bob" }],
      ["PUT", `/Users/${id}`, put],
      ["PATCH", `/Users/${id}`, add("title", "é".repeat(51))],
      ["PATCH", `/Users/${id}`, add("title", "😀".repeat(26))],
      ["PATCH", `/Users/${id}`, add(`${ENTERPRISE}:department`, "x".repeat(101))],
    ] as const) {
      const answer = await app.send(method, path, body);
      expect([answer.status, answer.body.scimType]).toEqual([413, undefined]);
      expect(answer.body.detail).toMatch(/(?:title|:department) would have a value of 10[1-4] bytes.*maxValueBytes/);
    }
    expect((await app.send("GET", `/Users/${id}`)).body.title).toBe("é".repeat(50));
  });

  it("refuses a resource beyond maxResourceBytes, and does not count the members of a group", async () => {
    open({ maxResourceBytes: 2000 });
    const id = await createUser(app, "ada", { title: "x".repeat(1500) });
    const refused = await app.send("PATCH", `/Users/${id}`, add("displayName", "y".repeat(600)));
    expect([refused.status, refused.body.scimType]).toEqual([413, undefined]);
    expect(refused.body.detail).toMatch(/would have 2\d\d\d bytes, which exceeds maxResourceBytes \(2000\)/);
    const users = await Promise.all(Array.from({ length: 60 }, (_, index) => createUser(app, `user ${index}`)));
    const group = await createGroup(app, "all", users);
    expect(await memberIds(app, group)).toHaveLength(60);
  });

  it("refuses a member whose label is beyond maxValueBytes", async () => {
    open({ maxValueBytes: 100 });
    const [user, group] = [await createUser(app, "ada"), await createGroup(app, "all")];
    const refused = await app.send(
      "PATCH",
      `/Groups/${group}`,
      add("members", [{ value: user, display: "x".repeat(101) }]),
    );
    expect(refused.body.detail).toBe("members would have a value of 101 bytes, which exceeds maxValueBytes (100)");
    expect(await memberIds(app, group)).toEqual([]);
  });

  it("refuses an operation of a bulk request alone", async () => {
    open({ maxValues: 2 });
    const operation = (bulkId: string, count: number): object => ({
      method: "POST",
      path: "/Users",
      bulkId,
      data: { schemas: [USER], userName: bulkId, emails: emails(count) },
    });
    const answer = await app.send("POST", "/Bulk", {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
      Operations: [operation("a", 3), operation("b", 2)],
    });
    expect((answer.body.Operations as { status: string }[]).map(({ status }) => status)).toEqual(["413", "201"]);
  });
});

describe("a resource that is too large since the limits were higher", () => {
  it("can be changed and made smaller, but not larger", async () => {
    const storage = STORAGES.memory?.();
    const id = await createUser(createApp({ storage }), "ada", { emails: emails(10), title: "x".repeat(500) });
    const app = createApp({ storage, limits: { maxValues: 5, maxValueBytes: 100, maxResourceBytes: 300 } });
    const change = async (...operations: object[]): Promise<number> =>
      (await app.send("PATCH", `/Users/${id}`, patch(...operations))).status;
    expect(await change({ op: "add", path: "emails", value: emails(1, 10) })).toBe(413);
    expect(await change({ op: "add", path: "title", value: "x".repeat(501) })).toBe(413);
    expect(await change({ op: "add", path: "nickName", value: "Ada" })).toBe(413);
    expect(await change({ op: "remove", path: 'emails[value eq "1@example.com"]' })).toBe(200);
    expect(await change({ op: "replace", path: "active", value: false }, { op: "remove", path: "title" })).toBe(200);
  });
});

describe("bodies of legal size", () => {
  it("[req 15] have room for a group with 12,000 members", async () => {
    const app = createApp({ unknownMembers: "accept" });
    const members = Array.from({ length: 12_000 }, (_, index) => ({
      value: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
      display: `A member, and its number is ${index}`,
    }));
    const body = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName: "all", members };
    expect(JSON.stringify(body).length).toBeGreaterThan(1_100_000);
    expect((await app.send("POST", "/Groups", body)).status).toBe(201);
  });

  it("are charged to the work of their request", async () => {
    const app = createApp({ limits: { maxWork: 1000 } });
    const answer = await app.send("POST", "/Users", { schemas: [USER], userName: "ada", title: "x".repeat(100_000) });
    expect([answer.status, answer.body.scimType]).toEqual([400, "tooMany"]);
    expect(answer.body.detail).toBe("The request needs too much work for reading the body");
  });
});
