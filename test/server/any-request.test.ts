import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { uniqueValues } from "../../src/schema/resources/unique-values.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import type { ScimHandler } from "../../src/server/handler.ts";
import type { Storage } from "../../src/storage/storage.ts";
import {
  BASE_URL,
  createApp,
  createGroup,
  createUser,
  ENTERPRISE,
  GROUP,
  memberIds,
  patch,
  STORAGES,
  USER,
} from "../helpers/scim-app.ts";
import { runs, SOAK_SECONDS } from "../helpers/soak.ts";
import { operations } from "../patch/arbitraries.ts";
import { type AnyRequest, anyRequests, fittingRequests } from "./arbitrary-requests.ts";

const PROTOTYPES = [
  Object.prototype,
  Array.prototype,
  String.prototype,
  Function.prototype,
  Map.prototype,
  Promise.prototype,
];

/** What would be different if anything had reached a prototype. */
const prototypes = (): string =>
  JSON.stringify(
    PROTOTYPES.map((each) =>
      Object.entries(Object.getOwnPropertyDescriptors(each)).map(([name, { enumerable }]) => [name, enumerable]),
    ),
  );

const BULK = { schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"] };
const JSON_TYPE = { "content-type": "application/scim+json" };
const SINCE = "2026-01-01T00:00:00.000Z";
const USER_ATTRIBUTES = {
  schemas: [USER],
  userName: "known",
  title: "t",
  emails: [{ value: "a@x.example", type: "work" }],
};
const GROUP_ATTRIBUTES = { schemas: [GROUP], displayName: "known" };

/** Sees to it that there are a user and a group to work on, whatever earlier requests did. */
async function seed(storage: Storage): Promise<void> {
  const known = [
    { type: userResourceType, id: "known-user", attributes: USER_ATTRIBUTES },
    { type: groupResourceType, id: "known-group", attributes: GROUP_ATTRIBUTES },
  ];
  for (const { type, id, attributes } of known) {
    const partition = { tenant: "acme", type: type.name };
    if ((await storage.resources.find(partition, id)) !== undefined) continue;
    const unique = uniqueValues(type, attributes);
    const resource = { id, version: "1", created: SINCE, lastModified: SINCE, attributes, unique };
    // Another user may have taken the name by now: then there is none, which is well too.
    await storage.resources.insert(partition, resource).catch(() => {});
  }
}

function handlerOver(
  storage: Storage,
  dialect: "strict" | "compatible" = "compatible",
): { handler: ScimHandler; faults: unknown[] } {
  const faults: unknown[] = [];
  let last = 0;
  const handler = createScimHandler({
    storage,
    dialect,
    me: () => ({ type: "User", id: "known-user" }),
    baseUrl: BASE_URL,
    authenticate: () => ({ id: "fuzz", tenant: "acme", rights: "write" }),
    observe: (event) => void (event.type === "server.error" && event.error && faults.push(event.error)),
    newId: () => {
      last += 1;
      return `id-${dialect}-${last}`;
    },
  });
  return { handler, faults };
}

async function send(handler: ScimHandler, { method, target, headers, body }: AnyRequest): Promise<Response> {
  const bare = method === "GET" || method === "HEAD" || body.length === 0;
  return handler(
    new Request(`${BASE_URL}${target}`, { method, headers: { ...JSON_TYPE, ...headers }, ...(bare ? {} : { body }) }),
  );
}

/** Checks that an answer is one of SCIM's and gives its status: no 5xx but 501, and whatever it says in the form that the protocol has for it. */
async function expectAnswer(response: Response, method: string): Promise<number> {
  const text = await response.text();
  const said = `${response.status} ${text.slice(0, 300)}`;
  expect(response.status === 501 || (response.status >= 200 && response.status < 500), said).toBe(true);
  expect(response.headers.get("x-request-id")).toBeTruthy();
  if (method === "HEAD" || text === "") return response.status;
  expect(response.headers.get("content-type"), said).toBe("application/scim+json");
  const answer = JSON.parse(text);
  if (response.status < 400) return response.status;
  expect(answer, said).toMatchObject({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    status: String(response.status),
  });
  return response.status;
}

describe.each(Object.keys(STORAGES))("any request, over %s storage,", (storageName) => {
  it.each([
    ["of any method to anywhere", anyRequests],
    ["that is nearly right", fittingRequests],
  ])("%s gets a response of SCIM, never a 500, and reaches no prototype [req 186, 187]", async (_, requests) => {
    const storage = STORAGES[storageName]?.() as Storage;
    const handlers = { strict: handlerOver(storage, "strict"), compatible: handlerOver(storage, "compatible") };
    const before = prototypes();
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(requests, fc.constantFrom("strict", "compatible"), async (request, dialect) => {
        const { handler, faults } = handlers[dialect];
        await seed(storage);
        const answer = await send(handler, request);
        expect(faults).toEqual([]);
        statuses.add(await expectAnswer(answer, request.method));
        expect(prototypes()).toBe(before);
      }),
      runs({ seed: 7644, numRuns: 400 }),
    );
    // Some must have got through, or nothing was looked at but refusals. How many depends on the time where that is given.
    const usual = requests === fittingRequests ? [200, 201, 204, 400, 409] : [200, 204, 400, 404];
    if (SOAK_SECONDS === 0) expect([...statuses]).toEqual(expect.arrayContaining(usual));
    await storage.close();
  });
});

describe("texts of a hundred thousand characters", () => {
  const long = (unit: string): string => unit.repeat(Math.ceil(100_000 / unit.length));
  const texts = [
    "(",
    "not (",
    "a.",
    "a[",
    "emails[type eq ",
    "a:",
    '"',
    "\\",
    "a,",
    "%",
    "\u0301",
    "__proto__.",
    "userName pr and ",
  ];

  it.each(texts)("made of %j are refused or ignored in every place, and cost no stack [req 115, 186]", async (unit) => {
    const storage = STORAGES.memory?.() as Storage;
    await seed(storage);
    const { handler, faults } = handlerOver(storage);
    const text = long(unit);
    const search = (members: object): object => ({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
      ...members,
    });
    const query = encodeURIComponent(text.slice(0, 20_000));
    const requests: [string, string, object | undefined][] = [
      ["POST", "/Users/.search", search({ filter: text })],
      ["POST", "/.search", search({ sortBy: text })],
      ["POST", "/.search", search({ attributes: [text], excludedAttributes: text.split(",") })],
      ["POST", "/.search", search({ cursor: text })],
      ["PATCH", "/Users/known-user", patch({ op: "add", path: text, value: "x" })],
      ["PATCH", "/Users/known-user", patch({ op: "Add", value: { [text]: "x" } })],
      ["PATCH", "/Users/known-user", patch({ op: "remove", path: `emails[${text}]` })],
      ["POST", "/Users", { schemas: [USER, text], userName: text, [text]: text, externalId: text }],
      ["GET", `/Users?filter=${query}&attributes=${query}&sortBy=${query}`, undefined],
      ["GET", `/Users/${query}`, undefined],
      ["POST", "/Bulk", { ...BULK, Operations: [{ method: "POST", path: text, bulkId: text, data: {} }] }],
    ];
    for (const [method, target, body] of requests) {
      const answer = await send(handler, {
        method,
        target,
        headers: {},
        body: body === undefined ? "" : JSON.stringify(body),
      });
      expect(faults).toEqual([]);
      expect(await expectAnswer(answer, method)).not.toBe(415);
    }
  });
});

/** A JSON text for every object in a value, with keys in it that lead to prototypes in careless hands. */
function polluted(value: unknown): string[] {
  const mark = "\u0001";
  const texts: string[] = [];
  const visit = (node: unknown, rebuild: (inner: unknown) => unknown): void => {
    if (typeof node !== "object" || node === null) return;
    if (Array.isArray(node)) {
      for (const [at, inner] of node.entries()) visit(inner, (changed) => rebuild(node.with(at, changed)));
      return;
    }
    texts.push(JSON.stringify(rebuild({ [mark]: 0, ...node })));
    for (const [name, inner] of Object.entries(node)) visit(inner, (changed) => rebuild({ ...node, [name]: changed }));
  };
  visit(value, (whole) => whole);
  const bad =
    '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1},"__proto__.polluted":1,"constructor.prototype.polluted":1';
  return texts.map((text) => text.replace(`${JSON.stringify(mark)}:0`, bad));
}

describe("keys that lead to prototypes", () => {
  const user = {
    schemas: [USER],
    userName: "a",
    name: { givenName: "g" },
    emails: [{ value: "a@x.example" }],
    [ENTERPRISE]: { manager: { value: "m" } },
  };
  const group = { schemas: [GROUP], displayName: "g", members: [{ value: "known-user" }] };
  const change = (value: object) =>
    patch({ op: "add", value }, { op: "Replace", path: "name", value: { givenName: "x" } });
  const bulk = {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
    Operations: [
      { method: "POST", path: "/Users", bulkId: "b", data: user },
      { method: "PATCH", path: "/Users/known-user", data: change(user) },
    ],
  };
  const search = { schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], attributes: ["id"] };
  const paths = [
    "__proto__",
    "__proto__.polluted",
    "constructor.prototype.polluted",
    "emails[__proto__ pr]",
    "name.__proto__",
    "name.constructor",
  ];

  it.each([
    ["POST", "/Users", polluted(user)],
    ["POST", "/Groups", polluted(group)],
    ["PUT", "/Users/known-user", polluted(user)],
    ["PUT", "/Groups/known-group", polluted(group)],
    ["PATCH", "/Users/known-user", polluted(change(user))],
    ["PATCH", "/Groups/known-group", polluted(change(group))],
    [
      "PATCH",
      "/Users/known-user",
      paths.map((path) => JSON.stringify(patch({ op: "add", path, value: { polluted: 1 } }))),
    ],
    ["POST", "/Bulk", polluted(bulk)],
    ["POST", "/.search", polluted(search)],
    ["POST", "/Users/.search", polluted(search)],
  ])("are inert at every place of a %s to %s [req 186]", async (method, target, texts) => {
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) {
      const storage = STORAGES.memory?.() as Storage;
      await seed(storage);
      const { handler, faults } = handlerOver(storage);
      const before = prototypes();
      const answer = await send(handler, { method, target, headers: {}, body: text });
      expect(await expectAnswer(answer, method)).not.toBe(415);
      expect([prototypes() === before, faults, "polluted" in {}, "polluted" in []]).toEqual([true, [], false, false]);
      const all = await storage.resources.list({ tenant: "acme", type: "User" }, { take: 10 });
      expect(JSON.stringify(all)).not.toContain("polluted");
    }
  });
});

describe("any sequence of PATCHes", () => {
  it("changes nothing that it does not name, and nothing at all where it fails [req 137, 142, 157, 177]", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(operations, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
        async (sequence) => {
          const app = createApp();
          const kept = { locale: "de", roles: [{ value: "r" }], externalId: "E" };
          const id = await createUser(app, "a", { ...kept, emails: [{ value: "x", type: "work", primary: true }] });
          const other = await createUser(app, "b", kept);
          const group = await createGroup(app, "g", [id, other]);
          const untouched = [
            (await app.send("GET", `/Users/${other}`)).text,
            (await app.send("GET", `/Groups/${group}`)).text,
          ];
          for (const list of sequence) {
            const before = await app.send("GET", `/Users/${id}`);
            const answer = await app.send("PATCH", `/Users/${id}`, patch(...list));
            const after = await app.send("GET", `/Users/${id}`);
            if (answer.status === 200) expect(answer.text).toBe(after.text);
            else expect([answer.status, after.text]).toEqual([400, before.text]);
            const { meta: _, ...had } = before.body;
            const { meta: __, ...has } = after.body;
            const isSame = JSON.stringify(had) === JSON.stringify(has);
            expect(after.headers.get("etag") === before.headers.get("etag")).toBe(isSame);
            expect(after.body).toMatchObject({ ...kept, userName: "a", groups: [{ value: group }] });
          }
          expect([
            (await app.send("GET", `/Users/${other}`)).text,
            (await app.send("GET", `/Groups/${group}`)).text,
          ]).toEqual(untouched);
        },
      ),
      runs({ seed: 3552, numRuns: 60 }),
    );
  });

  it("on a group changes its members only by operations on them, and by those nothing else [req 157]", async () => {
    const people = ["a", "b", "c"];
    const own: fc.Arbitrary<Step> = fc.constantFrom(
      { op: "replace", path: "displayName", value: "h" },
      { op: "Replace", value: { displayName: "i" } },
      { op: "add", path: "externalId", value: "E" },
      { op: "remove", path: "externalId" },
      { op: "replace", value: { displayName: "j", externalId: "F" } },
    );
    const member: fc.Arbitrary<Step> = fc.record({
      op: fc.constantFrom("add", "remove", "Remove", "replace"),
      person: fc.constantFrom(...people),
    });
    const steps = fc.array(fc.oneof(own, member), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (list, atOnce) => {
        const app = createApp();
        const ids = new Map<string, string>();
        for (const name of people) ids.set(name, await createUser(app, name));
        const idOf = (name: string): string => ids.get(name) ?? "";
        const group = await createGroup(app, "g", [idOf("a")]);
        const changes = list.map((step) => operationOf(step, idOf));
        for (const batch of atOnce ? [changes] : changes.map((operation) => [operation])) {
          expect((await app.send("PATCH", `/Groups/${group}`, patch(...batch))).status).toBe(204);
        }
        const model = playedOut(list);
        const { displayName, externalId } = (await app.send("GET", `/Groups/${group}`)).body;
        expect({ displayName, externalId }).toEqual({ displayName: model.displayName, externalId: model.externalId });
        expect(await memberIds(app, group)).toEqual(model.members.map(idOf).sort());
      }),
      runs({ seed: 3553, numRuns: 60 }),
    );
  });
});

/** An operation on a group: on one member, or on what else it has. */
interface Step {
  readonly op: string;
  readonly person?: string;
  readonly path?: string;
  readonly value?: unknown;
}

function operationOf({ person, ...rest }: Step, idOf: (name: string) => string): object {
  if (person === undefined) return rest;
  const id = idOf(person);
  if (rest.op === "remove") return { op: "remove", path: `members[value eq "${id}"]` };
  return { op: rest.op, path: "members", value: [{ value: id }] };
}

interface Played {
  members: string[];
  displayName: string;
  externalId: string | undefined;
}

/** The same steps done by hand on a group that holds `a`. */
function playedOut(steps: readonly Step[]): Played {
  const group: Played = { members: ["a"], displayName: "g", externalId: undefined };
  for (const { op, person, path, value } of steps) {
    if (person !== undefined) {
      const others = group.members.filter((each) => each !== person);
      group.members = op === "replace" ? [person] : op === "add" ? [...others, person] : others;
    } else if (path === "displayName") group.displayName = String(value);
    else if (path === "externalId") group.externalId = op === "remove" ? undefined : String(value);
    else Object.assign(group, value);
  }
  return group;
}
