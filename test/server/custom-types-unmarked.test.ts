import fc from "fast-check";
import { expect, it } from "vitest";
import { printFilter } from "../../src/path/print.ts";
import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { filtersOf } from "../filter/arbitrary-filter.ts";
import { type App, createApp, GROUP, patch, USER } from "../helpers/scim-app.ts";
import { runs } from "../helpers/soak.ts";
import { operations, users } from "../patch/arbitraries.ts";
import { operationsOn, type PlainOperation, printOperation } from "../patch/arbitrary-operations.ts";
import { resourcesOf, resourceTypes } from "../schema/arbitrary-type.ts";

/** One request; the resource it names is the one that was made as the `target`th, counted round and round. */
interface Step {
  readonly method: "POST" | "GET" | "PUT" | "PATCH" | "DELETE";
  readonly endpoint: string;
  readonly target?: number;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

/** What a world of one or more types is asked. No request bears a vendor's mark, though many are wrong. */
interface World {
  readonly types: readonly ResourceType[];
  readonly steps: readonly Step[];
}

/** Values that are wrong and that no vendor means anything by. */
const faults = fc.constantFrom(
  { userName: undefined },
  { userName: 5 },
  { userName: " " },
  { active: 1 },
  { active: "perhaps" },
  { title: ["a", "b"] },
  { name: "Barbara" },
  { emails: "x" },
  {
    emails: [
      { value: "a", primary: true },
      { value: "b", primary: true },
    ],
  },
  { locale: null, roles: [] },
  {},
);

const badFilters = fc.constantFrom(
  "userName",
  "userName eq",
  "(",
  'userName is "a"',
  'nothing eq "a"',
  "active gt true",
  'password eq "a"',
);

const target = fc.nat({ max: 3 });

function queriesOf(type: ResourceType): fc.Arbitrary<Record<string, string>> {
  const names = fc.constantFrom(
    "id",
    "externalId",
    "meta.created",
    "schemas",
    ...type.schema.attributes.map(({ name }) => name),
    "nothing",
  );
  return fc.record(
    {
      filter: fc.oneof(
        { weight: 4, arbitrary: filtersOf(type).map(printFilter) },
        { weight: 1, arbitrary: badFilters },
      ),
      attributes: names,
      excludedAttributes: names,
      count: fc.constantFrom("0", "1", "-1", "x"),
      startIndex: fc.constantFrom("2", "0", "x"),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
}

/** Requests to a type whose bodies and operations are given. */
function stepsOf(type: ResourceType, body: fc.Arbitrary<unknown>, operation: fc.Arbitrary<object>): fc.Arbitrary<Step> {
  const { endpoint } = type;
  const query = queriesOf(type);
  const step = (
    method: Step["method"],
    rest: { [Name in "target" | "query" | "body"]?: fc.Arbitrary<never> | fc.Arbitrary<unknown> },
  ) => fc.record({ method: fc.constant(method), endpoint: fc.constant(endpoint), ...rest }) as fc.Arbitrary<Step>;
  return fc.oneof(
    { weight: 3, arbitrary: step("POST", { body }) },
    { weight: 1, arbitrary: step("PUT", { target, body }) },
    {
      weight: 3,
      arbitrary: step("PATCH", { target, body: fc.array(operation, { maxLength: 3 }).map((list) => patch(...list)) }),
    },
    { weight: 2, arbitrary: step("GET", { query }) },
    { weight: 1, arbitrary: step("GET", { target, query: query.map(({ filter, ...rest }) => rest) }) },
    { weight: 1, arbitrary: step("DELETE", { target }) },
  );
}

const userBodies = fc.tuple(users, faults).map(([user, fault]) => ({ schemas: [USER], ...user, ...fault }));
const groupBodies = fc
  .record({ displayName: fc.constantFrom("a", "b") })
  .map((group) => ({ schemas: [GROUP], ...group }));
const renamings = fc.constantFrom("a", "c").map((value) => ({ op: "replace", path: "displayName", value }));

const standard: fc.Arbitrary<World> = startingWith(
  userResourceType,
  users.map((user) => ({ schemas: [USER], ...user })),
  fc.oneof(
    { weight: 4, arbitrary: stepsOf(userResourceType, userBodies, operations) },
    { weight: 1, arbitrary: stepsOf(groupResourceType, groupBodies, renamings) },
  ),
).map((steps) => ({ types: [userResourceType, groupResourceType], steps }));

const random: fc.Arbitrary<World> = resourceTypes.chain((type) => {
  const unmarked = operationsOn(type)
    .filter((each) => !isMarked(each, type))
    .map(printOperation);
  const bodies = resourcesOf(type, { readOnly: true, secrets: true });
  return startingWith(type, bodies, stepsOf(type, bodies, unmarked)).map((steps) => ({ types: [type], steps }));
});

/** Something must be there to be worked on. */
function startingWith(type: ResourceType, body: fc.Arbitrary<unknown>, step: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> {
  const first = body.map((given): Step => ({ method: "POST", endpoint: type.endpoint, body: given }));
  return fc.tuple(first, fc.array(step, { minLength: 2, maxLength: 8 })).map(([made, steps]) => [made, ...steps]);
}

/** What is read-only in a value without path is what Okta and authentik send. */
function isMarked({ spot, value }: PlainOperation, type: ResourceType): boolean {
  if (spot.kind !== "resource") return false;
  const readOnly = type.schema.attributes.filter(({ mutability }) => mutability === "readOnly");
  return readOnly.some(({ name }) => name in (value as object));
}

async function answers(world: World, dialect: "strict" | "compatible"): Promise<unknown[]> {
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const app: App = createApp({ resourceTypes: world.types, dialect, newId });
  const made: string[] = [];
  const all: unknown[] = [];
  for (const { method, endpoint, target: at, query, body } of world.steps) {
    const id = at === undefined ? "" : `/${made[at % Math.max(1, made.length)] ?? "unknown"}`;
    const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
    const answer = await app.send(method, `${endpoint}${id}${search}`, body);
    if (answer.status === 201) made.push(String(answer.body.id));
    all.push([method, answer.status, answer.text, answer.headers.get("location")]);
  }
  for (const type of world.types) {
    all.push(await app.storage.resources.list({ tenant: "acme", type: type.name }, { take: 100 }));
  }
  all.push(app.events.filter((event) => event.type === "server.dialect"));
  return all;
}

it.each([
  ["users and groups", standard],
  ["resources of random types", random],
])(
  "requests without a sign of a vendor get the same response from compatible as from strict, with the same effect: %s [req 62] [req 63]",
  async (_, worlds) => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        expect(await answers(world, "compatible")).toEqual(await answers(world, "strict"));
      }),
      runs({ seed: 7646, numRuns: 120 }),
    );
  },
);
