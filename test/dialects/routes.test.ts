import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";
import { withTransforms } from "../../src/dialects/dialect.ts";
import { strict } from "../../src/dialects/strict.ts";
import type { Dialect } from "../../src/patch/dialect.ts";
import { URN } from "../../src/protocol/urns.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { type App, createApp, ENTERPRISE, GROUP, patch, USER } from "../helpers/scim-app.ts";
import { everything } from "../schema/everything.ts";
import { everythingType } from "../schema/everything-type.ts";
import { type Places, type Row, routeTable } from "./route-table.ts";

type Json = Record<string, unknown>;
type Endpoint = NonNullable<Row["on"]>;

const PATHS: Readonly<Record<Endpoint, string>> = {
  Users: "/Users",
  Groups: "/Groups",
  Everythings: everythingType.endpoint,
};

/** What a new resource of each endpoint has, under what a row lays over it. */
const NEW: Readonly<Record<Endpoint, Json>> = {
  Users: { schemas: [USER], userName: "new" },
  Groups: { schemas: [GROUP], displayName: "new" },
  Everythings: everything("300"),
};

const person = (userName: string, department: string): Json => ({
  schemas: [USER, ENTERPRISE],
  userName,
  active: userName === "ada",
  externalId: userName === "ada" ? "42" : "1",
  name: { givenName: userName, familyName: "X" },
  emails: [
    { type: "work", value: `${userName[0]}@x.example` },
    { type: "home", value: `${userName}@home.example` },
  ],
  roles: [{ value: "r1", primary: userName === "ada" }, { value: "r2" }],
  addresses: [
    { type: "work", postalCode: userName === "ada" ? "42" : "1", locality: "L" },
    { type: "home", locality: "M" },
  ],
  [ENTERPRISE]: { department, manager: { value: "m" } },
});

interface Scene {
  readonly app: App;
  readonly ids: Readonly<Record<string, string>>;
}

/** The same users and groups for each dialect, under the same ids. */
async function createScene(dialect: Dialect): Promise<Scene> {
  let count = 0;
  const app = createApp({
    dialect,
    resourceTypes: [userResourceType, groupResourceType, everythingType],
    newId: () => `id${++count}`,
  });
  const ids: Record<string, string> = {};
  const add = async (name: string, endpoint: Endpoint, body: Json): Promise<void> => {
    const { body: made, text } = await app.send("POST", PATHS[endpoint], body);
    if (typeof made.id !== "string") throw new Error(text);
    ids[name] = made.id;
  };
  await add("ada", "Users", person("ada", "D"));
  await add("bob", "Users", person("bob", "E"));
  const members = [{ value: ids.ada }, { value: ids.bob }];
  await add("staff", "Groups", { schemas: [GROUP], displayName: "staff", members });
  await add("thing", "Everythings", everything("100"));
  return { app, ids };
}

const SEEDED: Readonly<Record<Endpoint, string>> = { Users: "ada", Groups: "staff", Everythings: "thing" };

/** Puts the ids of the scene where an example has a name in braces. */
function fill(value: unknown, ids: Scene["ids"]): unknown {
  const text = JSON.stringify(value).replaceAll(/\{(ada|bob)\}/g, (_, name: string) => ids[name] ?? "");
  return JSON.parse(text);
}

/** What came of a request: its status, and the resource without what differs from one to the other. */
async function outcome(app: App, answer: Awaited<ReturnType<App["send"]>>, path?: string): Promise<unknown> {
  if (answer.status >= 400) return { status: answer.status, detail: answer.body.detail };
  const { id: _, meta, ...resource } = (await app.send("GET", path ?? `${answer.headers.get("location")}`)).body;
  return resource;
}

/** The outcome of one operation of a bulk request, which must not fail. */
async function inBulk(app: App, operation: Json, path?: string): Promise<unknown> {
  const { body } = await app.send("POST", "/Bulk", { schemas: [URN.bulkRequest], Operations: [operation] });
  const [result] = body.Operations as { status: string; location?: string; response?: Json }[];
  if (Number(result?.status) >= 400) return { status: Number(result?.status), detail: result?.response?.detail };
  const { id: _, meta, ...resource } = (await app.send("GET", path ?? `${result?.location}`)).body;
  return resource;
}

/** The resources of a listing, in their order. */
function listed({ status, body }: Awaited<ReturnType<App["send"]>>): unknown {
  if (status >= 400) return { status, detail: body.detail };
  return (body.Resources as Json[]).map(({ meta: _, ...resource }) => resource);
}

type Send = (scene: Scene, on: Endpoint, sent: unknown) => Promise<unknown>;

const isMessage = (sent: Json): boolean => Object.keys(sent).some((name) => name.toLowerCase() === "operations");
const toPatch = (sent: unknown): object => (isMessage(sent as Json) ? (sent as object) : patch(sent as object));

const sendPatch: Readonly<Record<string, Send>> = {
  PATCH: async ({ app, ids }, on, sent) => {
    const path = `${PATHS[on]}/${ids[SEEDED[on]]}`;
    return outcome(app, await app.send("PATCH", path, toPatch(sent)), path);
  },
  "PATCH in Bulk": async ({ app, ids }, on, sent) => {
    const path = `${PATHS[on]}/${ids[SEEDED[on]]}`;
    return inBulk(app, { method: "PATCH", path, data: toPatch(sent) }, path);
  },
};

const search = (app: App, on: string, body: Json): ReturnType<App["send"]> =>
  app.send("POST", `${on}/.search`, { schemas: [URN.searchRequest], ...body });

const query = (app: App, on: Endpoint, parameters: Record<string, string>): ReturnType<App["send"]> =>
  app.send("GET", `${PATHS[on]}?${new URLSearchParams(parameters)}`);

const withBody = (on: Endpoint, sent: unknown): Json => JSON.parse(JSON.stringify({ ...NEW[on], ...(sent as Json) }));

/** How each kind of place is reached by requests. */
const routes: Readonly<Record<keyof Places, Readonly<Record<string, Send>>>> = {
  body: {
    POST: async ({ app }, on, sent) => outcome(app, await app.send("POST", PATHS[on], withBody(on, sent))),
    PUT: async ({ app, ids }, on, sent) => {
      const path = `${PATHS[on]}/${ids[SEEDED[on]]}`;
      return outcome(app, await app.send("PUT", path, withBody(on, sent)), path);
    },
    "POST in Bulk": ({ app }, on, sent) =>
      inBulk(app, { method: "POST", path: PATHS[on], bulkId: "1", data: withBody(on, sent) }),
    "PUT in Bulk": ({ app, ids }, on, sent) => {
      const path = `${PATHS[on]}/${ids[SEEDED[on]]}`;
      return inBulk(app, { method: "PUT", path, data: withBody(on, sent) }, path);
    },
  },
  withPath: sendPatch,
  withoutPath: sendPatch,
  pathFilter: sendPatch,
  filter: {
    GET: async ({ app }, on, sent) => listed(await query(app, on, { filter: String(sent) })),
    "GET of the root": async ({ app }, _, sent) =>
      listed(await app.send("GET", `/?${new URLSearchParams({ filter: String(sent) })}`)),
    ".search": async ({ app }, on, sent) => listed(await search(app, PATHS[on], { filter: sent })),
    ".search of the root": async ({ app }, _, sent) => listed(await search(app, "", { filter: sent })),
  },
  name: {
    attributes: async ({ app }, on, sent) => listed(await query(app, on, { attributes: String(sent) })),
    excludedAttributes: async ({ app }, on, sent) => listed(await query(app, on, { excludedAttributes: String(sent) })),
    sortBy: async ({ app }, on, sent) =>
      listed(await query(app, on, { sortBy: String(sent), sortOrder: "descending" })),
    "attributes in .search": async ({ app }, on, sent) => listed(await search(app, PATHS[on], { attributes: [sent] })),
    "excludedAttributes in .search": async ({ app }, on, sent) =>
      listed(await search(app, PATHS[on], { excludedAttributes: [sent] })),
    "sortBy in .search": async ({ app }, on, sent) =>
      listed(await search(app, PATHS[on], { sortBy: sent, sortOrder: "descending" })),
    "attributes of one resource": async ({ app, ids }, on, sent) => {
      const parameters = new URLSearchParams({ attributes: String(sent) });
      return (await app.send("GET", `${PATHS[on]}/${ids[SEEDED[on]]}?${parameters}`)).body;
    },
    "excludedAttributes of a response": async ({ app, ids }, on, sent) => {
      const parameters = new URLSearchParams({ excludedAttributes: String(sent) });
      const { meta: _, ...shown } = (
        await app.send(
          "PATCH",
          `${PATHS[on]}/${ids[SEEDED[on]]}?${parameters}`,
          patch({ op: "add", path: "title", value: "T" }),
        )
      ).body;
      return shown;
    },
  },
};

const examples = Object.entries(routeTable).flatMap(([transform, row]) =>
  Object.entries(routes).flatMap(([place, ways]) => {
    const cell = row[place as keyof Places];
    if (typeof cell === "string") return [];
    const { on = "Users", besides = [] } = row;
    const possible = Object.entries(ways).filter(([route]) => row.notInBulk === undefined || !route.includes("Bulk"));
    return possible.map(([route, send]) => ({ transform, route, place, on, besides, cell, send }));
  }),
);

describe("each transform, on each route on which its quirk can occur", () => {
  it("has a row, with an example or a reason for every place", () => {
    expect(Object.keys(routeTable).sort()).toEqual(compatible.transforms.map(({ name }) => name).sort());
    for (const [name, row] of Object.entries(routeTable)) {
      const cells = Object.keys(routes).map((place) => row[place as keyof Places]);
      expect(cells.filter((cell) => typeof cell === "object").length, name).toBeGreaterThan(0);
      for (const cell of cells) if (typeof cell === "string") expect(cell, name).toMatch(/^.{10,}\.$/);
    }
  });

  it.each(examples)("$transform: $route ($place)", async ({ transform, on, besides, cell, send }) => {
    const [quirky, plain] = [await createScene(compatible), await createScene(strict)];
    const means = await send(plain, on, fill(cell.means, plain.ids));
    expect(means).not.toHaveProperty("detail");
    expect(await send(quirky, on, fill(cell.sent, quirky.ids))).toEqual(means);
    const named = quirky.app.events.flatMap((event) => (event.type === "server.dialect" ? event.transforms : []));
    expect(named).toContain(transform);
    const without = await createScene(withTransforms(compatible, { off: [transform, ...besides] }));
    expect(await send(without, on, fill(cell.sent, without.ids))).not.toEqual(means);
  });
});
