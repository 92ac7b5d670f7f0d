import { describe, expect, it } from "vitest";
import { bearerToken, type ClientAuth } from "../../src/client/auth/client-auth.ts";
import type { ScimClientOptions } from "../../src/client/client-options.ts";
import { createScimClient } from "../../src/client/create-client.ts";
import { filter } from "../../src/client/resources/filter-template.ts";
import { TransportError } from "../../src/errors/transport-error.ts";
import { closedUrl, LIST, page, refusal, rejection, respond, scripted } from "./scripted-server.ts";

const user = { id: "1", schemas: [], userName: "anna" };
const empty = respond(200, { schemas: [LIST], totalResults: 0 });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("a filter", () => {
  it("escapes its values and is encoded once in the URL [req C1]", async () => {
    const { client, arrived } = await scripted([empty]);
    for (const name of ['O"Brien\\', "a+b", "é", "😀", "100%25", '" or userName pr or "', "a&b=c#d"]) {
      await all(client.users.list({ filter: filter`userName eq ${name}` }));
      const target = arrived.at(-1)?.target ?? "";
      expect(target).not.toMatch(/[+" ]/);
      const sent = new URL(target, "http://localhost").searchParams.get("filter");
      expect(sent).toBe(`userName eq ${JSON.stringify(name)}`);
    }
  });

  it("writes numbers, booleans, null, dates and other filters as SCIM spells them", () => {
    const inner = filter`userName sw ${"a"} or userName sw ${"b"}`;
    expect(String(filter`active eq ${true} and ${inner}`)).toBe(
      'active eq true and (userName sw "a" or userName sw "b")',
    );
    expect(String(filter`meta.lastModified gt ${new Date(0)} and a eq ${1.5} and b eq ${null}`)).toBe(
      'meta.lastModified gt "1970-01-01T00:00:00.000Z" and a eq 1.5 and b eq null',
    );
    expect(`${filter`userName eq ${"\ud800"}`}`).toBe('userName eq "\ufffd"');
  });

  it("rejects what a filter cannot compare with", () => {
    for (const value of [undefined, {}, [], Number.NaN, new Date(Number.NaN), Symbol("a"), () => ""]) {
      expect(() => filter`userName eq ${value as never}`).toThrow(TypeError);
    }
  });
});

describe("a request", () => {
  it("has Accept, Content-Type and User-Agent [req C3]", async () => {
    const { client, arrived } = await scripted([respond(201, user)], { userAgent: "our-app/1" });
    await client.users.create({ userName: "anna" });
    expect(arrived[0]?.headers).toMatchObject({
      accept: "application/scim+json, application/json;q=0.9",
      "content-type": "application/scim+json",
      "user-agent": "our-app/1",
      authorization: "Bearer secret-token",
    });
    expect(JSON.parse(arrived[0]?.body ?? "")).toEqual({
      userName: "anna",
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    });
  });

  it("has the media type that the profile asks for, and none without a body [req C3]", async () => {
    const profile = { name: "plain", contentType: "application/json" } as const;
    const { client, arrived } = await scripted([respond(201, user), respond(204)], { profile });
    await client.users.create({ userName: "anna" });
    await client.users.delete("1");
    expect(arrived[0]?.headers["content-type"]).toBe("application/json");
    expect(arrived[1]?.headers["content-type"]).toBeUndefined();
    expect(arrived[1]?.headers["user-agent"]).toBe("scimkit");
  });

  it("joins base URL, path and query without double slashes [req C2]", async () => {
    const first = await scripted([respond(200, { ...user, id: "a/b ?" })]);
    const { url } = first;
    const send = async (baseUrl: string, keepBaseQuery: boolean): Promise<string | undefined> => {
      const profile = { name: "p", keepBaseQuery };
      const client = createScimClient({ baseUrl, auth: bearerToken("t"), profile });
      await client.users.get("a/b ?", { attributes: ["userName", "emails.value"] });
      return first.arrived.at(-1)?.target;
    };
    expect(await send(`${url}/v2//?tenant=7`, false)).toBe("/v2/Users/a%2Fb%20%3F?attributes=userName%2Cemails.value");
    expect(await send(`${url}/v2/?tenant=7`, true)).toBe(
      "/v2/Users/a%2Fb%20%3F?tenant=7&attributes=userName%2Cemails.value",
    );
    expect(await send(url, true)).toBe("/Users/a%2Fb%20%3F?attributes=userName%2Cemails.value");
  });

  it("lists the extensions that a resource uses in its schemas [req C52]", async () => {
    const { client, arrived } = await scripted([respond(201, user)]);
    const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    await client.users.create({ userName: "anna", [enterprise]: { department: "R&D" } });
    expect(JSON.parse(arrived[0]?.body ?? "").schemas).toEqual([
      "urn:ietf:params:scim:schemas:core:2.0:User",
      enterprise,
    ]);
  });

  it("of a PATCH is a PatchOp message, with If-Match if a version is given [req C19]", async () => {
    const { client, arrived } = await scripted([respond(200, user)]);
    const operations = [{ op: "replace", path: "active", value: false }] as const;
    expect(await client.users.patch("1", operations, { ifMatch: 'W/"3"' })).toEqual(user);
    expect(arrived[0]?.headers["if-match"]).toBe('W/"3"');
    expect(JSON.parse(arrived[0]?.body ?? "")).toEqual({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: operations,
    });
  });

  it("never leaves the endpoint of its resource", async () => {
    const { client, arrived } = await scripted([respond(204)]);
    for (const id of ["", ".", ".."]) expect(await rejection(client.users.delete(id))).toBeInstanceOf(TypeError);
    await client.users.delete("../Groups/1");
    expect(arrived.map(({ target }) => target)).toEqual(["/scim/v2/Users/..%2FGroups%2F1"]);
  });
});

describe("redirects", () => {
  it.each([307, 308])("with %d to the same origin keep method, body and credentials [req C9]", async (status) => {
    const { client, arrived } = await scripted([
      respond(status, undefined, { location: "/moved/Users" }),
      respond(201, user),
    ]);
    await client.users.create({ userName: "anna" });
    expect(arrived.map(({ method, target }) => `${method} ${target}`)).toEqual([
      "POST /scim/v2/Users",
      "POST /moved/Users",
    ]);
    expect(arrived[1]?.body).toBe(arrived[0]?.body);
    expect(arrived[1]?.headers.authorization).toBe("Bearer secret-token");
  });

  it("to another origin are not followed, so that no credentials are sent there [req C9]", async () => {
    const other = await scripted([respond(200, user)]);
    const { client } = await scripted([respond(307, undefined, { location: `${other.url}/Users/1` })]);
    const error = await rejection(client.users.get("1"));
    expect(error).toMatchObject({ reason: "not-scim", status: 307 });
    expect(other.arrived).toEqual([]);
  });

  it.each([301, 302, 303])("with %d are not followed: they may lose method and body", async (status) => {
    const { client, arrived } = await scripted([respond(status, undefined, { location: "/login" })]);
    expect(await rejection(client.users.get("1"))).toMatchObject({ reason: "not-scim", status });
    expect(arrived).toHaveLength(1);
  });

  it("in a circle end", async () => {
    const { client, arrived } = await scripted([respond(308, undefined, { location: "/scim/v2/Users/1" })]);
    expect(await rejection(client.users.get("1"))).toMatchObject({ reason: "not-scim", status: 308 });
    expect(arrived).toHaveLength(6);
  });
});

describe("credentials", () => {
  it("from a function are obtained for each request", async () => {
    let count = 0;
    const auth = bearerToken(() => `token-${++count}`);
    const { client, arrived } = await scripted([respond(200, user)], { auth });
    await client.users.get("1");
    await client.users.get("1");
    expect(arrived.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  it("are refreshed once after a 401 for all requests [req C10]", async () => {
    let token = "old";
    let refreshes = 0;
    const auth: ClientAuth = {
      authorize: async () => ({ Authorization: `Bearer ${token}` }),
      refresh: async () => {
        refreshes += 1;
        token = "new";
      },
    };
    const { client, arrived } = await scripted(
      [
        (res, { headers }) =>
          (headers.authorization === "Bearer new" ? respond(200, user) : refusal(401))(res, {} as never),
      ],
      { auth },
    );
    await Promise.all(["1", "1", "1"].map((id) => client.users.get(id)));
    expect(refreshes).toBe(1);
    expect(arrived).toHaveLength(6);
  });

  it("that are still refused are not sent again [req C10]", async () => {
    const auth = bearerToken(() => "same");
    const { client, arrived } = await scripted([refusal(401)], { auth });
    expect(await rejection(client.users.get("1"))).toMatchObject({ name: "UnauthorizedError", status: 401 });
    expect(arrived).toHaveLength(1);
    let count = 0;
    const changing = await scripted([refusal(401)], { auth: bearerToken(() => `t${++count}`) });
    expect(await rejection(changing.client.users.get("1"))).toMatchObject({ status: 401 });
    expect(changing.arrived).toHaveLength(2);
  });

  it("that cannot be obtained stop a request before it is sent", async () => {
    const auth = bearerToken(async () => Promise.reject(new RangeError("the vault is closed")));
    const { client, arrived } = await scripted([respond(200, user)], { auth, retry: { attempts: 1 } });
    const error = await rejection(client.users.create({ userName: "anna" }));
    expect(error).toMatchObject({ outcome: "not-sent", cause: { message: "the vault is closed" } });
    expect(arrived).toEqual([]);
  });

  it("that are not valid in a header are rejected without being shown", async () => {
    expect(() => bearerToken("line\nbreak")).toThrow(TypeError);
    expect(() => bearerToken("")).toThrow(TypeError);
    const auth: ClientAuth = { authorize: async () => ({ Authorization: "Bearer se\ncret" }) };
    const { client } = await scripted([respond(200, user)], { auth, retry: { attempts: 1 } });
    const error = await rejection(client.users.get("1"));
    expect(`${error} ${(error as Error).cause}`).not.toContain("cret");
  });
});

describe("options", () => {
  const good: ScimClientOptions = { baseUrl: "https://app.example/scim", auth: bearerToken("t") };

  it.each<[string, object, RegExp]>([
    ["an unknown one", { baseurl: "x" }, /baseurl/],
    ["plain http to another host", { baseUrl: "http://app.example/scim" }, /plain http/],
    ["credentials in the URL", { baseUrl: "https://user:pass@app.example" }, /credentials/],
    ["another protocol", { baseUrl: "ftp://app.example" }, /http or https/],
    ["no credentials", { auth: undefined }, /auth/],
    ["an unknown profile", { profile: "aol" }, /profile/],
    ["a capability that does not exist", { capabilities: { fly: true } }, /capabilities/],
    ["no tries", { retry: { attempts: 0 } }, /retry\.attempts/],
  ])("reject %s", (_, change, said) => {
    expect(() => createScimClient({ ...good, ...change } as ScimClientOptions)).toThrow(said);
    expect(() => createScimClient({ ...good, ...change } as ScimClientOptions)).toThrow(TypeError);
  });

  it("allow plain http on request and to this machine [req C8]", () => {
    createScimClient({ ...good, baseUrl: "http://app.example/scim", allowHttp: true });
    createScimClient({ ...good, baseUrl: "http://localhost:3000" });
    createScimClient({ ...good, baseUrl: "http://[::1]:3000" });
  });
});

describe("errors and events", () => {
  it("contain neither query nor body nor credentials [req C18]", async () => {
    const { client, events } = await scripted([page(200)], { retry: { attempts: 1 } });
    const errors = [
      await rejection(all(client.users.list({ filter: filter`userName eq ${"private"}` }))),
      await rejection(client.users.create({ userName: "private", password: "private" }, { lookup: false })),
    ];
    for (const error of errors) {
      expect(error).toBeInstanceOf(TransportError);
      const { message, url, cause } = error as TransportError;
      expect(`${message} ${url} ${cause}`).not.toMatch(/private|secret/);
    }
    expect(JSON.stringify(events)).not.toMatch(/private|secret/);
    expect(events[0]).toEqual({
      type: "client.request",
      method: "GET",
      route: "/Users",
      status: 200,
      ms: 0,
      attempt: 1,
    });
  });

  it("contain no query if the connection fails [req C18]", async () => {
    const auth = bearerToken("t");
    const client = createScimClient({ baseUrl: await closedUrl(), auth, retry: { attempts: 1 } });
    const error = await rejection(all(client.users.list({ filter: filter`userName eq ${"private"}` })));
    const { cause } = error as TransportError;
    expect(`${error} ${cause} ${JSON.stringify(cause)} ${(cause as Error).stack}`).not.toContain("private");
  });
});
