import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, asyncProperty, constantFrom, letrec, record, tuple } from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileFilter } from "../../src/filter/compile-filter.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { type App, createApp, createGroup, createUser, patch } from "../helpers/scim-app.ts";
import { runs } from "../helpers/soak.ts";
import { DRIVERS } from "./under-fire-drivers.ts";

const PEOPLE = ["ada", "grace", "linus", "ken"] as const;

/** What the user of this name and tenant is made of; the tenant's name is the secret that no other may see. */
function personOf(tenant: string, name: string, n: number): object {
  return {
    externalId: `${n}`,
    title: n % 2 === 0 ? `of ${tenant}` : "engineer",
    nickName: tenant,
    active: n % 2 === 0,
    emails: [{ type: "work", value: `${name}@${tenant}.example` }],
  };
}

/** Parts of filters that would find the other tenant's users, or tell whether there are any. */
const atoms = [
  ...["nickName", "title", "emails.value"].flatMap((path) => [`${path} co "zeta"`, `${path} co "acme"`, `${path} pr`]),
  'nickName eq "zeta"',
  'nickName ne "acme"',
  'emails[type eq "work" and value ew "@zeta.example"]',
  ...PEOPLE.map((name) => `userName eq "${name}"`),
  'externalId eq "1"',
  "active eq true",
  'userName gt "b"',
  "id pr",
  'meta.created gt "2020-01-01T00:00:00Z"',
  'groups.display eq "Secret zeta"',
  'groups.display co "acme"',
];

const { filter: filters } = letrec<{ filter: string; atom: string; pair: string; not: string }>((tie) => ({
  atom: constantFrom(...atoms),
  pair: tuple(tie("filter"), constantFrom("and", "or"), tie("filter")).map(([a, word, b]) => `(${a} ${word} ${b})`),
  not: tie("filter").map((one) => `not (${one})`),
  filter: constantFrom("atom", "atom", "pair", "not").chain((kind) => tie(kind as "atom")),
}));

interface Scene {
  readonly acme: Pick<App, "send">;
  readonly theirs: readonly string[];
  readonly theirGroup: string;
  readonly own: readonly Readonly<Record<string, unknown>>[];
}

async function sceneOver(storage: Storage): Promise<Scene> {
  const app = createApp({ storage });
  const made: Record<string, string[]> = {};
  const teams: Record<string, string> = {};
  for (const tenant of ["acme", "zeta"]) {
    const client = app.as(tenant);
    const ids: string[] = [];
    for (const [n, name] of PEOPLE.entries()) ids.push(await createUser(client, name, personOf(tenant, name, n)));
    made[tenant] = ids;
    teams[tenant] = await createGroup(client, `Secret ${tenant}`, ids.slice(0, 2));
  }
  const acme = app.as("acme");
  const { body } = await acme.send("GET", "/Users?count=100");
  return {
    acme,
    theirs: made.zeta ?? [],
    theirGroup: teams.zeta ?? "",
    own: body.Resources as Record<string, unknown>[],
  };
}

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-tenants-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe.each(DRIVERS)("tenants over $name", ({ create }) => {
  let storage: Storage;
  let scene: Scene;
  beforeAll(async () => {
    storage = await create(directory);
    scene = await sceneOver(storage);
  });
  afterAll(() => storage.close());

  it("cannot read, count or sort each other's users by any filter [req 8]", async () => {
    const { acme, own, theirs } = scene;
    expect(own.length).toBe(PEOPLE.length);
    const query = record({
      filter: filters,
      sortBy: constantFrom("", "nickName", "emails.value", "meta.created"),
      sortOrder: constantFrom("ascending", "descending"),
      startIndex: constantFrom(1, 2, 4, 9),
      count: constantFrom(0, 1, 3, 100),
      isPost: constantFrom(true, false),
    });
    const check = asyncProperty(query, async ({ isPost, sortBy, sortOrder, ...rest }) => {
      const asked = { ...rest, ...(sortBy === "" ? {} : { sortBy, sortOrder }) };
      const parameters = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]));
      const schemas = ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"];
      const answer = isPost
        ? await acme.send("POST", "/Users/.search", { schemas, ...asked })
        : await acme.send("GET", `/Users?${parameters}`);
      if (answer.status === 501 && sortBy !== "") return;
      expect(answer.status, answer.text).toBe(200);
      const holds = compileFilter(parseFilter(rest.filter), userResourceType);
      expect(answer.body.totalResults, rest.filter).toBe(own.filter((one) => holds(one)).length);
      expect(answer.text).not.toContain("zeta");
      for (const id of theirs) expect(answer.text).not.toContain(id);
    });
    await assert(check, runs({ seed: 5, numRuns: 150 }));
  });

  it("learn nothing of each other's ids: these get the response of unknown ids [req 8]", async () => {
    const { acme, theirs, theirGroup } = scene;
    const [id = ""] = theirs;
    const change = patch({ op: "add", path: "title", value: "x" });
    const user = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "x" };
    const asks: ((id: string) => ReturnType<App["send"]>)[] = [
      (one) => acme.send("GET", `/Users/${one}`),
      (one) => acme.send("PATCH", `/Users/${one}`, change),
      (one) => acme.send("PUT", `/Users/${one}`, user),
      (one) => acme.send("DELETE", `/Users/${one}`),
      (one) => acme.send("GET", `/Users?filter=id%20eq%20%22${one}%22`),
      (one) => acme.send("GET", `/Groups?filter=members.value%20eq%20%22${one}%22`),
    ];
    const unknown = crypto.randomUUID();
    for (const ask of asks) {
      const [foreign, none] = [await ask(id), await ask(unknown)];
      expect([foreign.status, foreign.text.replaceAll(id, unknown)]).toEqual([none.status, none.text]);
    }
    const group = await createGroup(acme, `Own ${crypto.randomUUID()}`);
    const join = (value: string) =>
      acme.send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: [{ value }] }));
    const [foreign, none] = [await join(id), await join(unknown)];
    expect([foreign.status, foreign.text.replaceAll(id, unknown)]).toEqual([none.status, none.text]);
    const leave = await acme.send("PATCH", `/Groups/${theirGroup}`, patch({ op: "remove", path: "members" }));
    expect(leave.status).toBe(404);
    const page = await storage.resources.members?.page({ tenant: "zeta", type: "Group" }, theirGroup, { take: 9 });
    expect(page?.members.length).toBe(2);
    expect((await storage.resources.list({ tenant: "zeta", type: "User" }, { take: 99 })).resources.length).toBe(4);
  });
});
