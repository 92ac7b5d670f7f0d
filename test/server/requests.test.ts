import { describe, expect, it } from "vitest";
import {
  ForbiddenError,
  TooManyRequestsError,
  UnauthorizedError,
  UnavailableError,
} from "../../src/errors/request-errors.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import { bearerTokenOf } from "../../src/server/requests/principal.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { figure } from "../conformance/figure.ts";
import { BASE_URL, createApp, createUser, patch, USER } from "../helpers/scim-app.ts";

describe("a request", () => {
  it.each(["application/scim+json", "application/json", "*/*", "text/html, application/scim+json;q=0.9", undefined])(
    "[req 1, 2] that accepts %s gets UTF-8 as application/scim+json",
    async (accept) => {
      const app = createApp();
      const headers: Record<string, string> = accept === undefined ? {} : { accept };
      const id = await createUser(app, "ünï", { displayName: "Zoë 日本 😀" });
      const answer = await app.send("GET", `/Users/${id}`, undefined, headers);
      expect(answer.headers.get("content-type")).toBe("application/scim+json");
      expect([answer.status, answer.body.displayName]).toEqual([200, "Zoë 日本 😀"]);
    },
  );

  it("[req 5, 9] without credentials, with empty ones or with others is refused with 401 on every endpoint", async () => {
    const app = createApp();
    for (const authorization of ["Bearer", "Bearer ", "Bearer  ", "Basic YTpi", "x", ""]) {
      expect(bearerTokenOf(new Request(BASE_URL, { headers: { authorization } })), authorization).toBeUndefined();
      for (const path of ["/Users", "/Users/1", "/Schemas", "/Bulk", "/Me", "/ServiceProviderConfig"]) {
        const answer = await app.send("GET", path, undefined, { authorization });
        expect([answer.status, answer.body.status], `${authorization} ${path}`).toEqual([401, "401"]);
        expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="SCIM"');
      }
    }
    const basic = createApp({
      authenticate: () => {
        throw Object.assign(new UnauthorizedError(), { scheme: "Basic" });
      },
    });
    expect((await basic.send("GET", "/Users")).headers.get("www-authenticate")).toMatch(/^Basic /);
  });

  it("[req 10] over plain text can be refused by the application, which sees its URL", async () => {
    const handler = createScimHandler({
      storage: memoryStorage(),
      baseUrl: BASE_URL,
      authenticate: (request) => {
        if (new URL(request.url).protocol !== "https:") throw new ForbiddenError("TLS only");
        return { id: "a", tenant: "t", rights: "write" };
      },
    });
    expect((await handler(new Request(`${BASE_URL.replace("https", "http")}/Users`))).status).toBe(403);
    expect((await handler(new Request(`${BASE_URL}/Users`))).status).toBe(200);
  });

  it("[req 11] to a base URL without a version is served, and to a version that is not the base URL's refused", async () => {
    const bare = createApp({ baseUrl: "https://app.example/scim" });
    expect((await bare.send("GET", "https://app.example/scim/Users")).status).toBe(200);
    const app = createApp();
    for (const path of ["/scim/v1/Users", "/scim/v3/Users/1", "/scim/v10/ServiceProviderConfig", "/scim/v1"]) {
      const answer = await app.send("GET", `https://app.example${path}`);
      expect([answer.status, answer.body.scimType], path).toEqual([400, "invalidVers"]);
    }
  });

  it("[req 12] may have an unknown parameter in any place, with or without a value", async () => {
    const app = createApp();
    const id = await createUser(app, "a", { title: "t" });
    for (const path of [
      "/Users?aadOptscim062020",
      "/Users?aadOptscim062020&startIndex=1",
      "/Users?filter=userName+eq+%22a%22&aadOptscim062020=",
      `/Users/${id}?x[]=1&attributes=title&aadOptscim062020`,
    ]) {
      expect((await app.send("GET", path)).status, path).toBe(200);
    }
    const changed = await app.send(
      "PATCH",
      `/Users/${id}?aadOptscim062020`,
      patch({ op: "Replace", path: "title", value: "u" }),
    );
    expect([changed.status, changed.body.title]).toEqual([200, "u"]);
  });
});

describe("a request, by its endpoint, method and URL,", () => {
  it("[req 13] finds an endpoint with a trailing slash and in another case, but an id only as it is", async () => {
    const app = createApp({ newId: counter("Id") });
    const id = await createUser(app, "a");
    for (const path of [`/users/${id}`, `/USERS/${id}/`, `/Users/${id}/`]) {
      expect((await app.send("GET", path)).status, path).toBe(200);
    }
    expect((await app.send("GET", `/Users/${id.toLowerCase()}`)).status).toBe(404);
    for (const path of ["/schemas", "/RESOURCETYPES/", "/serviceproviderconfig"]) {
      expect((await app.send("GET", path)).status, path).toBe(200);
    }
  });

  it.each([
    ["429", new TooManyRequestsError("slow down", { retryAfterMs: 1500 }), "2"],
    ["503", new UnavailableError("later"), "1"],
  ])("[req 16] that is rejected with %s gets Retry-After", async (status, error, seconds) => {
    const app = createApp({
      authenticate: () => {
        throw error;
      },
    });
    const answer = await app.send("GET", "/Users");
    expect([String(answer.status), answer.body.status, answer.headers.get("retry-after")]).toEqual([
      status,
      status,
      seconds,
    ]);
  });

  it("[req 17] of HEAD or OPTIONS changes nothing, whatever it contains, and gets no body in the response", async () => {
    const app = createApp();
    const id = await createUser(app, "a");
    const before = await app.storage.resources.list({ tenant: "acme", type: "User" }, { take: 10, count: true });
    for (const path of [
      "/Users",
      `/Users/${id}`,
      "/Users/unknown",
      "/ServiceProviderConfig",
      "/Schemas",
      "/Bulk",
      "/Me",
    ]) {
      const get = await app.send("GET", path);
      const head = await app.send("HEAD", path);
      expect([head.status, head.text], path).toEqual([get.status, ""]);
      expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
      const options = await app.send("OPTIONS", path);
      expect([options.status, options.text], path).toEqual([204, ""]);
    }
    expect(await app.storage.resources.list({ tenant: "acme", type: "User" }, { take: 10, count: true })).toEqual(
      before,
    );
  });

  it("[req 98] with personal data in its URL is refused where the application says so, as the RFC's figure shows", async () => {
    const shown = figure("rfc7644-7.5.2-sensitive-response");
    const app = createApp({ sensitiveFilters: ["name"] });
    const filter = 'name.familyName eq "Jensen"';
    const refused = await app.send("GET", `/Users?filter=${encodeURIComponent(filter)}`);
    expect(refused.status).toBe(shown.status);
    expect({ ...refused.body, detail: "" }).toEqual({ ...(shown.body as object), detail: "" });
    expect(refused.body.detail).toMatch(/name/);
    expect((await app.send("GET", `/Users?filter=${encodeURIComponent('userName eq "a"')}`)).status).toBe(200);
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"];
    expect((await app.send("POST", "/Users/.search", { schemas, filter })).status).toBe(200);
  });
});

describe("a handler", () => {
  it("[req 188] keeps nothing between requests: another one over the same storage goes on where it was", async () => {
    const storage = memoryStorage();
    const [one, other] = [createApp({ storage }), createApp({ storage })];
    const id = await createUser(one, "a");
    await other.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "title", value: "t" }));
    expect((await one.send("GET", `/Users/${id}`)).body.title).toBe("t");
    expect((await other.send("DELETE", `/Users/${id}`)).status).toBe(204);
    expect((await one.send("GET", `/Users/${id}`)).status).toBe(404);
    const request = new Request(`${BASE_URL}/Users`, { headers: { authorization: "Bearer acme:read" } });
    const handler = createScimHandler({
      storage,
      baseUrl: BASE_URL,
      authenticate: () => ({ id: "a", tenant: "t", rights: "read" }),
    });
    expect(await handler(request)).toBeInstanceOf(Response);
  });

  it("[req 190] tells of each write who did what to which attributes, and of each refusal why", async () => {
    const app = createApp();
    const id = await createUser(app, "secret-name", { title: "secret-title" });
    await app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "title", value: "secret-other" }));
    await app.send("POST", "/Users", { schemas: [USER], userName: "secret-name" });
    await app.send("DELETE", `/Users/${id}`);
    const writes = app.events.filter((event) => event.type === "server.write");
    const who = { principal: "tester of acme", tenant: "acme", resourceType: "User", id };
    expect(writes).toMatchObject([
      { ...who, action: "create", attributes: expect.arrayContaining(["userName", "title"]) },
      { ...who, action: "patch", attributes: ["title"] },
      { ...who, action: "delete" },
    ]);
    const answers = app.events.filter((event) => event.type === "server.response");
    for (const { requestId } of writes) expect(answers.map((answer) => answer.requestId)).toContain(requestId);
    expect(answers.map(({ status, scimType }) => [status, scimType])).toContainEqual([409, "uniqueness"]);
    expect(JSON.stringify(app.events)).not.toContain("secret-");
  });

  it("[req 182, 183, 184, 189] lets the application refuse a write, and see what it is about", async () => {
    const ended: string[] = [];
    const app = createApp({
      hooks: {
        beforeWrite: ({ id, before, after }) => {
          if (before?.userName === "admin") throw new ForbiddenError("The administrator is not managed from outside");
          if (before !== undefined && after !== undefined && before.userName !== after.userName) {
            throw new ForbiddenError("Names do not change here");
          }
          const roles = (after?.roles ?? []) as { value: string }[];
          if (roles.some(({ value }) => value !== "reader"))
            throw new ForbiddenError("That role is not given from outside");
          if (before?.active !== false && after?.active === false) ended.push(id);
        },
      },
    });
    const admin = await createUser(app, "admin");
    const user = await createUser(app, "a", { active: true, roles: [{ value: "reader" }] });
    const deactivate = patch({ op: "replace", path: "active", value: false });
    for (const [method, path, body] of [
      ["PATCH", `/Users/${admin}`, deactivate],
      ["DELETE", `/Users/${admin}`, undefined],
      ["PUT", `/Users/${admin}`, { schemas: [USER], userName: "other" }],
      ["PATCH", `/Users/${user}`, patch({ op: "replace", path: "userName", value: "b" })],
      ["POST", "/Users", { schemas: [USER], userName: "c", roles: [{ value: "owner" }] }],
    ] as const) {
      expect((await app.send(method, path, body)).status, `${method} ${path}`).toBe(403);
    }
    expect((await app.send("GET", "/Users")).body.totalResults).toBe(2);
    expect(ended).toEqual([]);
    expect((await app.send("PATCH", `/Users/${user}`, deactivate)).status).toBe(200);
    expect(ended).toEqual([user]);
  });
});

function counter(prefix: string): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `${prefix}${last}`;
  };
}
