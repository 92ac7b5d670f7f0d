import { copyFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScimHandler, createSource, memoryStorage } from "scimkit";
import type { ResourceStorage } from "scimkit/storage";
import { resourceStorageContract, runContract } from "scimkit/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Connect, FiveMethods } from "../../examples/own-tables/five-methods.ts";
import { buildApp, main } from "../../examples/own-tables/main.ts";
import { OwnTables } from "../../examples/own-tables/own-tables.ts";
import { connect, makeApplication, migrate } from "../../examples/own-tables/tables.ts";

let directory = "";
let files = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-own-tables-"));
  const template = join(directory, "template.db");
  makeApplication(template);
  migrate(template);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function newApplication(): string {
  files += 1;
  const file = join(directory, `${files}.db`);
  copyFileSync(join(directory, "template.db"), file);
  return file;
}

/** Connections that leave writing to the operating system: no test pulls the plug. */
function connections(): Connect {
  const file = newApplication();
  return () => {
    const database = connect(file);
    database.exec("PRAGMA synchronous = OFF");
    return database;
  };
}

const NO_NESTING = "the application has no groups in groups";
const cases = resourceStorageContract({
  create: async () => new OwnTables(connections()),
  destroy: async (resources) => resources.close(),
});
runContract({ describe, it }, "storage: an application's own tables", cases, {
  "members.nested": NO_NESTING,
  "members.cycle": NO_NESTING,
  "members.groups-nested": NO_NESTING,
  "members.groups-cycle": NO_NESTING,
  "list.filter-nested": NO_NESTING,
});

const minimal = resourceStorageContract({
  create: async () => new FiveMethods(connections()),
  destroy: async (resources) => resources.close(),
});
runContract({ describe, it }, "storage: five methods over own tables", minimal);

/** Sends a request as an identity provider does. */
async function send(
  fetch: (request: Request) => Promise<Response>,
  method: string,
  url: string,
  options: { readonly token?: string; readonly body?: object } = {},
) {
  const { token = "any", body } = options;
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" };
  const response = await fetch(new Request(url, { method, headers, ...(body && { body: JSON.stringify(body) }) }));
  return { status: response.status, body: response.status === 204 ? undefined : await response.json() };
}

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

const BASE = "https://app.example/scim/v2";

function handlerOver(storage: ResourceStorage) {
  return createScimHandler({
    storage,
    baseUrl: BASE,
    authenticate: async () => ({ id: "hr", tenant: "acme", rights: "write" }),
  });
}

describe("own tables behind a handler and a source", () => {
  it("put what comes in into the application's columns, and the rest beside them", async () => {
    expect(await main()).toMatchObject({
      org: "acme",
      login: "ada@example.com",
      full_name: "Ada Lovelace",
      isTheOne: true,
      details: expect.stringContaining("Countess"),
    });
  });

  it("are the same for the handler and the source, with filters, memberships and deletions", async () => {
    const { handler, source, resources } = buildApp(newApplication());
    const { token } = await source.tokens.issue({ name: "test" });
    const ada = await send(source.fetch, "POST", `${source.baseUrl}/Users`, {
      token,
      body: { schemas: [USER], userName: "ada", name: { familyName: "Lovelace" } },
    });
    expect(ada.status).toBe(201);
    const found = await send(handler, "GET", `${BASE}/Users?filter=userName%20eq%20%22ADA%22`);
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id: ada.body.id, userName: "ada" }] });
    const madeUp = await send(handler, "GET", `${BASE}/Users?filter=name.familyName%20sw%20%22love%22`);
    expect(madeUp.body).toMatchObject({ totalResults: 1 });
    const members = [{ value: ada.body.id }];
    const team = await send(handler, "POST", `${BASE}/Groups`, {
      body: { schemas: [GROUP], displayName: "Team", members },
    });
    expect(team.body).toMatchObject({ members: [{ value: ada.body.id }] });
    const user = await send(handler, "GET", `${BASE}/Users/${ada.body.id}`);
    expect(user.body).toMatchObject({ groups: [{ value: team.body.id, display: "Team", type: "direct" }] });
    const operations = (value: object[]) => ({
      schemas: [PATCH_OP],
      Operations: [{ op: "add", path: "members", value }],
    });
    const stranger = await send(handler, "PATCH", `${BASE}/Groups/${team.body.id}`, {
      body: operations([{ value: "nobody" }]),
    });
    expect(stranger).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
    const nested = await send(handler, "PATCH", `${BASE}/Groups/${team.body.id}`, {
      body: operations([{ value: team.body.id, type: "Group" }]),
    });
    expect(nested).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
    expect((await send(handler, "DELETE", `${BASE}/Users/${ada.body.id}`)).status).toBe(204);
    expect((await send(handler, "GET", `${BASE}/Groups/${team.body.id}`)).body.members ?? []).toEqual([]);
    expect(resources.usersNamed("ada")).toEqual([]);
    resources.close();
  });

  it("keep who was there before out of sight, and the name from everybody else", async () => {
    const { handler, resources } = buildApp(newApplication());
    expect((await send(handler, "GET", `${BASE}/Users`)).body).toMatchObject({ totalResults: 0 });
    const taken = await send(handler, "POST", `${BASE}/Users`, { body: { schemas: [USER], userName: "grace" } });
    expect(taken).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    expect(resources.usersNamed("Grace")).toHaveLength(1);
    resources.close();
  });
});

describe("own tables that implement only a part", () => {
  it("of five methods keep members as an attribute, and the library filters and sorts", async () => {
    const resources = new FiveMethods(connections());
    const handler = handlerOver(resources);
    const ada = await send(handler, "POST", `${BASE}/Users`, { body: { schemas: [USER], userName: "ada" } });
    await send(handler, "POST", `${BASE}/Users`, { body: { schemas: [USER], userName: "Alan" } });
    const members = [{ value: ada.body.id }];
    const team = await send(handler, "POST", `${BASE}/Groups`, {
      body: { schemas: [GROUP], displayName: "Team", members },
    });
    expect([team.status, team.body.members?.length]).toEqual([201, 1]);
    const query = "filter=userName%20sw%20%22a%22&sortBy=userName&sortOrder=descending";
    const found = await send(handler, "GET", `${BASE}/Users?${query}`);
    expect(found.body).toMatchObject({ totalResults: 2, Resources: [{ userName: "Alan" }, { userName: "ada" }] });
    resources.close();
  });

  it("without transactions refuse with 501 what needs two writes, and write nothing of it", async () => {
    const whole = new OwnTables(connections());
    const resources: ResourceStorage = {
      capabilities: { ...whole.capabilities, transactions: false },
      insert: (...given) => whole.insert(...given),
      find: (...given) => whole.find(...given),
      replace: (...given) => whole.replace(...given),
      remove: (...given) => whole.remove(...given),
      list: (...given) => whole.list(...given),
      members: whole.members,
    };
    const handler = handlerOver(resources);
    const ada = await send(handler, "POST", `${BASE}/Users`, { body: { schemas: [USER], userName: "ada" } });
    const body = { schemas: [GROUP], displayName: "Team", members: [{ value: ada.body.id }] };
    expect((await send(handler, "POST", `${BASE}/Groups`, { body })).status).toBe(501);
    expect((await send(handler, "GET", `${BASE}/Groups`)).body).toMatchObject({ totalResults: 0 });
    const empty = await send(handler, "POST", `${BASE}/Groups`, { body: { ...body, members: [] } });
    expect(empty.status).toBe(201);
    const join = { schemas: [PATCH_OP], Operations: [{ op: "add", path: "members", value: body.members }] };
    const joined = await send(handler, "PATCH", `${BASE}/Groups/${empty.body.id}`, { body: join });
    expect(joined.status).toBeLessThan(300);
    whole.close();
  });

  it("that do not keep unique values unique are refused when the handler or source is made", () => {
    const whole = new OwnTables(connections());
    const careless = Object.assign(Object.create(whole), {
      capabilities: { ...whole.capabilities, uniqueness: false },
    });
    expect(() => handlerOver(careless)).toThrow(TypeError);
    const source = { slug: "acme", baseUrl: "https://app.example", storage: memoryStorage(), resources: careless };
    expect(() => createSource(source)).toThrow(/unique/);
    whole.close();
  });
});
