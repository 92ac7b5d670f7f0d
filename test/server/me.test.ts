import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ForbiddenError } from "../../src/errors/request-errors.ts";
import type { MeResource } from "../../src/server/requests/principal.ts";
import {
  type App,
  BASE_URL,
  createApp,
  createGroup,
  createUser,
  GROUP,
  patch,
  STORAGES,
  USER,
} from "../helpers/scim-app.ts";

let app: App;
let me: MeResource | undefined | null;
let asked: { principal: string; agent: string | null }[];

const createMe = async (userName = "ada"): Promise<string> => {
  const id = await createUser(app, userName, { title: "t" });
  me = { type: "User", id };
  return id;
};

/** Each test has a server of its own over this storage, with `me` behind /Me. */
function setUp(storageName: string): void {
  beforeEach(() => {
    asked = [];
    app = createApp({
      storage: STORAGES[storageName]?.(),
      me: async (principal, request) => {
        asked.push({ principal: principal.id, agent: request.headers.get("user-agent") });
        return me as MeResource | undefined;
      },
    });
  });
  afterEach(() => app.storage.close());
}

describe.each(Object.keys(STORAGES))("/Me over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 99] returns the resource of the sender, with its own URL in Location", async () => {
    const id = await createMe();
    await createUser(app, "other");
    const own = await app.send("GET", `/Users/${id}`);
    for (const path of ["/Me", "/me/"]) {
      const answer = await app.send("GET", path, undefined, { "user-agent": "test" });
      expect([answer.status, answer.body]).toEqual([200, own.body]);
      expect(answer.headers.get("location")).toBe(`${BASE_URL}/Users/${id}`);
      expect(answer.headers.get("content-location")).toBe(`${BASE_URL}/Users/${id}`);
    }
    expect(asked[0]).toEqual({ principal: "tester of acme", agent: "test" });
    const head = await app.send("HEAD", "/Me");
    expect([head.status, head.text, head.headers.get("location")]).toEqual([200, "", `${BASE_URL}/Users/${id}`]);
  });

  it("[req 92, 99] shows what attributes and excludedAttributes ask for, and holds the resource to a filter", async () => {
    const id = await createMe();
    expect((await app.send("GET", "/Me?attributes=title")).body).toEqual({ schemas: [USER], id, title: "t" });
    expect((await app.send("GET", "/Me?excludedAttributes=title")).body).not.toHaveProperty("title");
    const filter = encodeURIComponent('userName eq "other"');
    expect((await app.send("GET", `/Me?filter=${filter}`)).status).toBe(404);
  });

  it("[req 99] replaces, patches and deletes it", async () => {
    const id = await createMe();
    const location = `${BASE_URL}/Users/${id}`;
    const put = await app.send("PUT", "/Me", { schemas: [USER], userName: "ada", nickName: "n" });
    expect([put.status, put.headers.get("location")]).toEqual([200, location]);
    const patched = await app.send("PATCH", "/Me", patch({ op: "add", path: "title", value: "new" }));
    expect([patched.status, patched.headers.get("location")]).toEqual([200, location]);
    expect((await app.send("GET", `/Users/${id}`)).body).toMatchObject({
      userName: "ada",
      nickName: "n",
      title: "new",
    });
    const deleted = await app.send("DELETE", "/Me");
    expect([deleted.status, deleted.headers.get("location")]).toEqual([204, location]);
    expect((await app.send("GET", `/Users/${id}`)).status).toBe(404);
  });

  it("[req 99, 175] takes conditions on its version", async () => {
    await createMe();
    const etag = (await app.send("GET", "/Me")).headers.get("etag") ?? "";
    expect((await app.send("GET", "/Me", undefined, { "if-none-match": etag })).status).toBe(304);
    const change = patch({ op: "add", path: "title", value: "new" });
    expect((await app.send("PATCH", "/Me", change, { "if-match": etag })).status).toBe(200);
    expect((await app.send("PATCH", "/Me", change, { "if-match": etag })).status).toBe(412);
    expect((await app.send("DELETE", "/Me", undefined, { "if-match": etag })).status).toBe(412);
    expect((await app.send("GET", "/Me")).body.title).toBe("new");
  });

  it("[req 99] names the resource in errors too", async () => {
    const id = await createMe();
    const location = `${BASE_URL}/Users/${id}`;
    const refused = await app.send("PATCH", "/Me", patch({ op: "replace", path: "active", value: "perhaps" }));
    expect([refused.status, refused.headers.get("location")]).toEqual([400, location]);
    await app.send("DELETE", "/Me");
    const gone = await app.send("GET", "/Me");
    expect([gone.status, gone.headers.get("location")]).toEqual([404, location]);
    expect(app.events.at(-1)).toMatchObject({
      type: "server.response",
      route: "/Me",
      status: 404,
      detail: expect.any(String),
    });
  });
});

describe.each(Object.keys(STORAGES))("what /Me returns and rejects, over %s storage", (storageName) => {
  setUp(storageName);

  it("can return a resource of any type", async () => {
    me = { type: "Group", id: await createGroup(app, "g") };
    expect((await app.send("GET", "/Me")).body).toMatchObject({ schemas: [GROUP], displayName: "g" });
    expect((await app.send("PATCH", "/Me", patch({ op: "replace", path: "displayName", value: "h" }))).status).toBe(
      204,
    );
  });

  it.each([undefined, null])("returns 404 if the sender has no resource: %s", async (nobody) => {
    me = nobody;
    for (const method of ["GET", "DELETE"]) {
      const answer = await app.send(method, "/Me");
      expect([answer.status, answer.headers.get("location")]).toEqual([404, null]);
    }
  });

  it("[req 8] looks for the resource in the sender's tenant only", async () => {
    const id = await createMe();
    const other = app.as("other");
    expect((await other.send("GET", "/Me")).status).toBe(404);
    expect((await other.send("DELETE", "/Me")).status).toBe(404);
    expect((await app.send("GET", `/Users/${id}`)).status).toBe(200);
  });

  it("[req 6] lets credentials that may only read do no more", async () => {
    const id = await createMe();
    const reader = app.as("acme", "read");
    expect((await reader.send("GET", "/Me")).status).toBe(200);
    expect((await reader.send("DELETE", "/Me")).status).toBe(403);
    expect((await app.send("GET", `/Users/${id}`)).status).toBe(200);
  });

  it("[req 5] asks nobody who a stranger is", async () => {
    await createMe();
    expect((await app.send("GET", "/Me", undefined, { authorization: "Bearer nobody" })).status).toBe(401);
    expect(asked).toEqual([]);
  });

  it("[req 99] creates nothing, and says where to", async () => {
    await createMe();
    const answer = await app.send("POST", "/Me", { schemas: [USER], userName: "b" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"]);
    expect(answer.body.detail).toContain("endpoint of their type");
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(1);
  });

  it("[req 77] knows nothing below it", async () => {
    await createMe();
    for (const path of ["/Me/1", "/Me/.search", "/Me/Users"]) expect((await app.send("GET", path)).status).toBe(404);
  });
});

describe("/Me", () => {
  it.each(["GET", "PUT", "PATCH", "DELETE", "POST"])(
    "[req 14, 99] responds to %s with 501 without the option",
    async (method) => {
      const app = createApp();
      const answer = await app.send(method, "/Me", method === "GET" || method === "DELETE" ? undefined : {});
      expect([answer.status, answer.body.detail]).toEqual([501, "/Me is not supported by this service provider"]);
    },
  );

  it("responds with what the option throws", async () => {
    const app = createApp({
      me: () => {
        throw new ForbiddenError("not for machines");
      },
    });
    const answer = await app.send("GET", "/Me");
    expect([answer.status, answer.body.detail]).toEqual([403, "not for machines"]);
  });

  it.each([{ type: "Robot", id: "1" }, { type: "User", id: "" }, { type: "User" }, "1"])(
    "returns 500 for %j, and reports to the observer what is wrong with it",
    async (wrong) => {
      const app = createApp({ me: () => wrong as MeResource });
      const answer = await app.send("GET", "/Me");
      expect([answer.status, answer.body.detail]).toEqual([500, "Internal error"]);
      const told = app.events.find((event) => event.type === "server.error");
      expect(String(told?.error)).toContain("createScimHandler: me");
    },
  );

  it("rejects an option that is not a function", () => {
    expect(() => createApp({ me: { type: "User", id: "1" } as never })).toThrow(/me/);
  });
});
