import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { filter } from "../../src/client/resources/filter-template.ts";
import { TooManyRequestsError } from "../../src/errors/request-errors.ts";
import { ScimError } from "../../src/errors/scim-error.ts";
import { BASE, notFound, oddClient, oddProvider, oddServer, type People, scim } from "./odd-server.ts";
import { rejection } from "./scripted-server.ts";

const server = oddServer();

const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/** The configuration of a service provider that states these features. */
function configuration(features: object, path = "/ServiceProviderConfig"): void {
  server.use(http.get(`${BASE}${path}`, () => scim(200, { schemas: [], ...features })));
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `u${index}`);
const user = (id: string): People["users"][number] => ({ id, userName: `${id}@x.example`, displayName: id });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe("AWS IAM Identity Center", () => {
  it("sends errors with `schema` instead of `schemas`, which are understood", async () => {
    server.collection("/Users", {
      methods: ["create"],
      before: () => scim(409, { schema: [ERROR], detail: "Refused to create a new, duplicate resource", status: 409 }),
    });
    const error = await rejection(oddClient({ profile: "aws" }).client.users.create({ userName: "anna" }));
    expect(error).toBeInstanceOf(ScimError);
    expect(error).toMatchObject({ status: 409, detail: "Refused to create a new, duplicate resource" });
  });

  it("sends such an error with a status of success, which is not taken for a resource", async () => {
    server.collection("/Users", {
      methods: ["create"],
      before: () => scim(200, { schema: ERROR, detail: "slow down", status: "429" }, { "retry-after": "1" }),
    });
    const error = await rejection(oddClient({ profile: "aws" }).client.users.create({ userName: "anna" }));
    expect(error).toBeInstanceOf(TooManyRequestsError);
  });

  it("lists the same fifty users again and again, which is an error and never a complete listing", async () => {
    const fifty = numbered(50).map((id) => ({ id, userName: id }));
    server.use(
      http.get(`${BASE}/Users`, () =>
        scim(200, { schemas: [LIST], totalResults: 120, itemsPerPage: 50, Resources: fifty }),
      ),
    );
    const pages: boolean[] = [];
    const error = await rejection(
      (async () => {
        for await (const page of oddClient({ profile: "aws" }).client.users.pages()) pages.push(page.complete);
      })(),
    );
    expect(error).toMatchObject({ name: "TransportError", reason: "not-scim" });
    expect(pages).toEqual([false]);
  });

  it("never returns members: a group is pushed in PATCHes of a hundred, and a second run writes nothing", async () => {
    configuration({ patch: { supported: true }, filter: { supported: true, maxResults: 50 } });
    server.collection("/Users", { methods: ["list", "create", "get", "replace"] });
    const groups = server.collection("/Groups", {
      methods: ["list", "create", "patch"],
      show: ({ members: _, ...group }) => group,
      before: (request, { members, Operations }) => {
        const changes = (Operations as { path?: string; value?: unknown[] }[] | undefined) ?? [];
        const isLarge = changes.some(({ value }) => (value?.length ?? 0) > 100) || changes.length > 100;
        if (members === undefined && !isLarge && !(request.method === "PATCH" && changes.some(({ path }) => !path)))
          return;
        return scim(400, { schema: [ERROR], status: 400 });
      },
    });
    const people: People = {
      users: numbered(130).map(user),
      groups: [{ id: "g", displayName: "Everyone", members: numbered(130) }],
    };
    const provider = oddProvider(oddClient({ profile: "aws" }).client, people);
    expect(await provider.sync()).toMatchObject({ state: "succeeded", counts: { created: 131, membersAdded: 130 } });
    expect(server.log.filter((line) => line === "PATCH /Groups/{id}")).toHaveLength(2);
    const membersThere = (): unknown[] => [...groups.values()].flatMap(({ members }) => members);
    expect(membersThere()).toHaveLength(130);

    server.log.splice(0);
    expect(await provider.sync()).toMatchObject({ state: "succeeded", counts: { writes: 0 } });
    people.groups = [{ id: "g", displayName: "Everyone", members: numbered(129) }];
    people.users[0] = { ...user("u0"), displayName: "Renamed" };
    expect(await provider.sync()).toMatchObject({ counts: { membersRemoved: 1 } });
    expect(membersThere()).toHaveLength(129);
  });
});

describe("Snowflake", () => {
  it("publishes with a number that it supports filters", async () => {
    configuration({ filter: { supported: 1, maxResults: "200" }, patch: { supported: 1 }, bulk: { supported: 0 } });
    const { capabilities, failure } = await oddClient().client.serviceProviderConfig();
    expect(failure).toBeUndefined();
    expect(capabilities).toMatchObject({ filter: true, filterMaxResults: 200, patch: true, bulk: false });
    expect(capabilities.origin).toMatchObject({ filter: "discovered", patch: "discovered" });
  });

  it("returns one synthetic user whatever the filter is, which is never taken for a match", async () => {
    const synthetic = { id: "synthetic", userName: "SNOWFLAKE_USER", externalId: "none" };
    const users = server.collection("/Users", { methods: ["list", "create", "get"], listed: () => [synthetic] });
    const provider = oddProvider(oddClient().client, { users: [user("u1"), user("u2")], groups: [] });
    expect(await provider.sync()).toMatchObject({ state: "succeeded", counts: { adopted: 0, created: 2 } });
    expect([...users.values()].map(({ userName }) => userName)).toEqual(["u1@x.example", "u2@x.example"]);
    expect((await provider.sync()).counts.writes).toBe(0);
  });

  it("returns the same synthetic user after a create with unknown outcome, which is not taken for a match", async () => {
    const synthetic = { id: "synthetic", userName: "SNOWFLAKE_USER" };
    server.collection("/Users", {
      methods: ["list", "create"],
      listed: () => [synthetic],
      before: (request) => (request.method === "POST" ? scim(500, {}) : undefined),
    });
    const error = await rejection(oddClient().client.users.create({ userName: "anna", externalId: "7" }));
    expect(error).toMatchObject({ status: 500 });
  });
});

describe("Salesforce", () => {
  it("has its configuration at a plural path", async () => {
    configuration({ patch: { supported: true }, sort: { supported: false } }, "/ServiceProviderConfigs");
    const { client } = oddClient({ profile: "salesforce" });
    const { capabilities } = await client.serviceProviderConfig();
    expect(capabilities).toMatchObject({ patch: true, filterMaxResults: 200 });
    expect(capabilities.origin).toMatchObject({ patch: "discovered", filterMaxResults: "profile" });
    expect(server.log).toEqual(["GET /ServiceProviderConfigs"]);
  });

  it("may return it as a list with one entry", async () => {
    configuration({ totalResults: 1, Resources: [{ patch: { supported: "true" } }] }, "/ServiceProviderConfigs");
    const { capabilities } = await oddClient({ profile: "salesforce" }).client.serviceProviderConfig();
    expect(capabilities.patch).toBe(true);
  });
});

describe("Slack", () => {
  it("publishes that it cannot filter, and is sent filters all the same: an account with the name is adopted", async () => {
    configuration({ filter: { supported: false }, patch: { supported: true } });
    const users = server.collection("/Users", { methods: ["list", "get", "replace"] });
    users.set("W1", { id: "W1", userName: "u1@x.example", active: true });
    const { client } = oddClient({ profile: "slack" });
    const { capabilities } = await client.serviceProviderConfig();
    expect([capabilities.filter, capabilities.origin.filter]).toEqual([true, "enforced"]);
    expect(await all(client.users.list({ filter: filter`userName eq ${"u1@x.example"}` }))).toHaveLength(1);
    const run = await oddProvider(client, { users: [user("u1")], groups: [] }).sync();
    expect(run).toMatchObject({ state: "succeeded", counts: { adopted: 1, created: 0 } });
    expect(users.get("W1")?.displayName).toBe("u1");
  });
});

describe("Sentry", () => {
  const conflict = (): Response => HttpResponse.json({ detail: "A user with this email exists." }, { status: 409 });

  it("responds with 409 without scimType, status and schemas", async () => {
    server.collection("/Users", { methods: ["create"], before: conflict });
    const error = await rejection(oddClient().client.users.create({ userName: "anna" }));
    expect(error).toMatchObject({ status: 409, scimType: undefined, detail: "A user with this email exists." });
  });

  it("hides a user until it is looked up after the 409, and then it is adopted", async () => {
    configuration({ patch: { supported: true } });
    let refused = false;
    const users = server.collection("/Users", {
      methods: ["list", "create", "get", "replace"],
      before: (request) => {
        if (request.method !== "POST") return undefined;
        refused = true;
        return conflict();
      },
      listed: (asked, there) =>
        refused && asked !== null ? there.filter(({ userName }) => asked.includes(`"${userName}"`)) : [],
    });
    users.set("1", { id: "1", userName: "u1@x.example", active: true });
    const run = await oddProvider(oddClient().client, { users: [user("u1")], groups: [] }).sync();
    expect(run).toMatchObject({ state: "succeeded", counts: { adopted: 1, created: 0 } });
    expect(server.log.filter((line) => line.startsWith("POST"))).toHaveLength(1);
  });
});

describe("vCenter", () => {
  it("has no configuration, no PATCH and no body after a PUT, and never returns members: each PUT has them all", async () => {
    const users = server.collection("/Users", { methods: ["list", "create", "get"] });
    const groups = server.collection("/Groups", {
      methods: ["list", "create", "get", "replace"],
      show: ({ members: _, ...group }) => group,
      replaced: () => new HttpResponse(null, { status: 204 }),
    });
    const people: People = {
      users: ["u1", "u2", "u3"].map(user),
      groups: [{ id: "g", displayName: "Admins", members: ["u1", "u2"] }],
    };
    const provider = oddProvider(oddClient({ profile: "vcenter" }).client, people);
    expect(await provider.sync()).toMatchObject({ state: "succeeded", counts: { created: 4, membersAdded: 2 } });
    const namesThere = (): unknown[] =>
      [...groups.values()]
        .flatMap(({ members }) => members as { value: string }[])
        .map(({ value }) => users.get(value)?.userName);
    expect(namesThere()).toEqual(["u1@x.example", "u2@x.example"]);

    people.groups = [{ id: "g", displayName: "Administrators", members: ["u2", "u3"] }];
    expect(await provider.sync()).toMatchObject({ state: "succeeded", counts: { membersAdded: 1, membersRemoved: 1 } });
    expect(namesThere()).toEqual(["u2@x.example", "u3@x.example"]);
    expect([...groups.values()].map(({ displayName }) => displayName)).toEqual(["Administrators"]);
    expect((await provider.sync()).counts.writes).toBe(0);
    expect(server.log.filter((line) => /PATCH|ServiceProviderConfig/.test(line))).toEqual([]);
  });
});

describe("GitHub Enterprise Managed Users", () => {
  const withoutAgent = (request: Request): Response | undefined =>
    (request.headers.get("user-agent") ?? "").trim() === ""
      ? HttpResponse.json({ message: "Request forbidden by administrative rules." }, { status: 403 })
      : undefined;

  it.each([
    ["the client's own", {}, "scimkit"],
    ["the one it is given", { userAgent: "acme-provisioning/2" }, "acme-provisioning/2"],
  ])("always receives a User-Agent: %s", async (_, options, expected) => {
    const agents: (string | null)[] = [];
    server.collection("/Users", {
      methods: ["list", "create", "delete"],
      before: (request) => {
        agents.push(request.headers.get("user-agent"));
        return withoutAgent(request);
      },
    });
    const { client } = oddClient({ profile: "github", ...options });
    const { resource } = await client.users.create({ userName: "anna" });
    await all(client.users.list());
    await client.users.delete(resource.id);
    expect(agents).toEqual([expected, expected, expected]);
  });
});

describe("Zoom", () => {
  /** Refuses the first `times` requests. */
  const throttled = (times: number, headers: Record<string, string>): (() => Response | undefined) => {
    let left = times;
    return () => {
      left -= 1;
      return left < 0
        ? undefined
        : HttpResponse.json({ code: 429, message: "Too many requests" }, { status: 429, headers });
    };
  };

  it("says with 429 how long to wait, and the client waits that long", async () => {
    server.collection("/Users", { methods: ["create"], before: throttled(2, { "retry-after": "2" }) });
    const { client, waits } = oddClient();
    const { outcome } = await client.users.create({ userName: "anna" });
    expect(outcome).toBe("created");
    expect(waits).toEqual([2000, 2000]);
  });

  it("may ask for a wait that is too long: the caller gets the error, and nothing is sent again", async () => {
    server.collection("/Users", { methods: ["get"], before: throttled(1, { "retry-after": "86400" }) });
    const { client, waits } = oddClient();
    const error = await rejection(client.users.get("1"));
    expect(error).toBeInstanceOf(TooManyRequestsError);
    expect(error).toMatchObject({ retryAfterMs: 86_400_000, detail: "Too many requests" });
    expect([waits, server.log]).toEqual([[], ["GET /Users/{id}"]]);
  });

  it("slows a sync down without failures", async () => {
    const slow = throttled(3, { "retry-after": "1" });
    const users = server.collection("/Users", { methods: ["list", "create"], before: () => slow() });
    const { client, waits } = oddClient();
    const run = await oddProvider(client, { users: numbered(5).map(user), groups: [] }).sync();
    expect(run).toMatchObject({ state: "succeeded", counts: { created: 5, failed: 0 } });
    // Those that got a 429 wait for the whole second, and all others for the rest of it.
    expect([users.size, waits.filter((ms) => ms === 1000).length >= 3]).toEqual([5, true]);
    expect(Math.max(...waits)).toBe(1000);
  });

  it("leaves objects for the next sync if it refuses all requests", async () => {
    let isClosed = true;
    const users = server.collection("/Users", {
      methods: ["list", "create"],
      before: (request) =>
        isClosed && request.method === "POST" ? new HttpResponse(null, { status: 429 }) : undefined,
    });
    const provider = oddProvider(oddClient().client, { users: [user("u1")], groups: [] });
    expect(await provider.sync()).toMatchObject({ state: "failed", counts: { failed: 1 } });
    isClosed = false;
    expect(await provider.sync()).toMatchObject({ state: "succeeded", counts: { created: 1, failed: 0 } });
    expect(users.size).toBe(1);
  });
});

it("a 404 of a gateway in front of any of them says nothing about a resource", async () => {
  server.use(http.get(`${BASE}/Users/1`, () => HttpResponse.html("<h1>Not found</h1>", { status: 404 })));
  server.use(http.get(`${BASE}/Users/2`, () => notFound()));
  const { client } = oddClient();
  expect(await rejection(client.users.get("1"))).toMatchObject({ name: "TransportError", reason: "not-scim" });
  expect(await rejection(client.users.get("2"))).toMatchObject({ name: "NotFoundError" });
});
