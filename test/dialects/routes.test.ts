import { defineResourceType, defineSchema, groupResourceType, userResourceType } from "scimkit/schema";
import { compatible } from "scimkit/server";
import { describe, expect, it } from "vitest";
import { type Answered, createApp, ENTERPRISE, GROUP, patch, USER } from "../helpers/scim-app.ts";

/** A route on which an identity provider names attributes, or sends their values. */
type Route = "POST" | "PUT" | "PATCH path" | "PATCH value" | "path filter" | "filter" | "attributes" | "sortBy";
const ROUTES: readonly Route[] = [
  ...(["POST", "PUT", "PATCH path", "PATCH value", "path filter", "filter", "attributes", "sortBy"] as const),
];

type Json = Record<string, unknown>;

/** What one transform reads. A route that is missing has its reason in `not`. */
interface Row {
  readonly endpoint?: "/Users" | "/Groups" | "/Gauges";
  /** What the resource has before, in canonical form. */
  readonly before?: Json;
  /** In a POST, a PUT, and the value of a PATCH without path. */
  readonly body?: Json;
  /** Only in the value of a PATCH without path. */
  readonly value?: Json;
  readonly operation?: Json;
  /** Part of the resource after each of them. */
  readonly after?: Json;
  /** A PATCH whose path has a filter; `filtered` is a part of the resource after it. */
  readonly pathFilter?: Json;
  readonly filtered?: Json;
  /** A filter that finds the resource, and the name of an attribute that it has. */
  readonly filter?: string;
  readonly name?: string;
  readonly not?: Readonly<Partial<Record<Route, string>>>;
}

const ONLY_PATCH = "it is about the form of a PATCH";
const ONLY_VALUES = "there is no value";
const ONLY_FILTERS = "there is no filter";
const ONLY_NAMES = "it is about names";

const notInQueries = { filter: ONLY_VALUES, attributes: ONLY_VALUES, sortBy: ONLY_VALUES, "path filter": ONLY_VALUES };
const onlyFilters = Object.fromEntries(
  (["POST", "PUT", "PATCH path", "PATCH value", "attributes", "sortBy"] as const).map((route) => [route, ONLY_FILTERS]),
);
const onlyPatch = { POST: ONLY_PATCH, PUT: ONLY_PATCH, ...notInQueries };

const work = { value: "a@x.example", type: "work", primary: true };
const manager = `${ENTERPRISE}:manager`;
const departmentD = { [ENTERPRISE]: { department: "D" } };
const newWork = { emails: [{ ...work, value: "new" }] };

const TABLE: Readonly<Record<string, Row>> = {
  "lower-case-operations": {
    value: { title: "T" },
    operation: { op: "add", path: "title", value: "T" },
    after: { title: "T" },
    not: onlyPatch,
  },
  "missing-patch-schemas": {
    value: { title: "T" },
    operation: { op: "add", path: "title", value: "T" },
    after: { title: "T" },
    not: onlyPatch,
  },
  "capitalised-op": {
    value: { title: "T" },
    operation: { op: "Add", path: "title", value: "T" },
    after: { title: "T" },
    pathFilter: { op: "Replace", path: 'emails[type eq "work"].value', value: "new" },
    filtered: { emails: [{ value: "new", type: "work" }] },
    not: { POST: ONLY_PATCH, PUT: ONLY_PATCH, filter: ONLY_PATCH, attributes: ONLY_PATCH, sortBy: ONLY_PATCH },
  },
  "legacy-urns": {
    body: { "urn:scim:schemas:extension:enterprise:1.0": { department: "D" } },
    operation: { op: "add", path: "urn:scim:schemas:extension:enterprise:2.0:User.department", value: "D" },
    after: departmentD,
    before: departmentD,
    filter: 'urn:scim:schemas:extension:enterprise:1.0:department eq "D"',
    name: "urn:scim:schemas:extension:enterprise:2.0.department",
    pathFilter: { op: "replace", path: 'urn:scim:schemas:core:1.0:emails[type eq "work"].value', value: "new" },
    filtered: newWork,
  },
  "missing-resource-schemas": {
    body: { title: "T" },
    after: { title: "T" },
    not: { "PATCH path": "a PATCH has no resource", "PATCH value": "a PATCH has no resource", ...notInQueries },
  },
  "entra-group-urn": {
    endpoint: "/Groups",
    body: { schemas: [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"] },
    after: { schemas: [GROUP] },
    not: {
      "PATCH path": "schemas are not patched",
      "PATCH value": "pathless-read-only drops schemas",
      ...notInQueries,
    },
  },
  "pathless-read-only": {
    value: { id: "other", schemas: [USER], title: "T" },
    after: { title: "T" },
    not: { "PATCH path": "a path to a read-only attribute is an error", ...onlyPatch },
  },
  "unqualified-attributes": {
    body: { department: "D" },
    operation: { op: "add", path: "department", value: "D" },
    after: departmentD,
    before: departmentD,
    filter: 'department eq "D"',
    name: "department",
    not: { "path filter": "the extension has no attribute with several values" },
  },
  "drop-unknown-attributes": {
    body: { favouriteColour: "blue", name: { givenName: "G", middle: "M" } },
    operation: { op: "add", path: "name", value: { givenName: "G", middle: "M" } },
    after: { name: { givenName: "G" } },
    not: {
      "path filter": "a filter by an unknown attribute is an error",
      filter: "a filter by an unknown attribute is an error",
      attributes: "RFC 7644 section 3.9 ignores unknown names",
      sortBy: "an unknown order is an error",
    },
  },
  "qualified-keys": {
    body: {
      "name.givenName": "G",
      [`${ENTERPRISE}:department`]: "D",
      [`${manager}.value`]: "m",
      [`${USER}:title`]: "T",
    },
    after: { name: { givenName: "G" }, title: "T", [ENTERPRISE]: { department: "D", manager: { value: "m" } } },
    not: { "PATCH path": "there it is the path", ...notInQueries, filter: ONLY_NAMES, "path filter": ONLY_NAMES },
  },
  "remove-with-value": {
    endpoint: "/Groups",
    before: { members: [{ value: "m1" }, { value: "m2" }] },
    operation: { op: "remove", path: "members", value: [{ value: "m1" }] },
    after: { members: [{ value: "m2" }] },
    not: { "PATCH value": "test/dialects/transforms.test.ts", ...onlyPatch },
  },
  "member-shorthand": {
    endpoint: "/Groups",
    body: { members: ["m1"] },
    operation: { op: "add", path: "members", value: ["m1"] },
    after: { members: [{ value: "m1" }] },
    not: notInQueries,
  },
  "wrapped-scalars": {
    body: { title: ["T"], [ENTERPRISE]: { department: [{ value: "D" }] } },
    operation: { op: "add", path: "title", value: ["T"] },
    after: { title: "T" },
    not: notInQueries,
  },
  "single-objects": {
    body: { emails: work },
    after: { emails: [work] },
    not: {
      "PATCH path": "RFC 7644 section 3.5.2.1 allows it",
      "PATCH value": "RFC 7644 section 3.5.2.1 allows it",
      ...notInQueries,
    },
  },
  "json-text-roles": {
    body: { roles: [{ value: '{"id":"1","value":"Admin","displayName":"The Admin"}' }] },
    operation: { op: "add", path: "roles", value: [{ value: '{"value":"Admin"}' }] },
    after: { roles: [{ value: "Admin" }] },
    not: notInQueries,
  },
  "manager-as-string": {
    body: { [ENTERPRISE]: { manager: "m" } },
    operation: { op: "add", path: manager, value: "m" },
    after: { [ENTERPRISE]: { manager: { value: "m" } } },
    not: {
      "path filter": "there is one manager",
      filter: "a complex attribute is compared by its value (RFC 7644 section 3.4.2.2)",
      attributes: ONLY_VALUES,
      sortBy: ONLY_VALUES,
    },
  },
  "quoted-booleans": {
    body: { active: "False", emails: [{ ...work, primary: "True" }] },
    operation: { op: "replace", path: "active", value: "False" },
    after: { active: false },
    before: { active: false },
    filter: 'active eq "False"',
    pathFilter: { op: "replace", path: 'emails[primary eq "True"].value', value: "new" },
    filtered: newWork,
    not: { attributes: ONLY_VALUES, sortBy: ONLY_VALUES },
  },
  "numeric-strings": {
    endpoint: "/Gauges",
    body: { level: "7", readings: [{ at: "3", label: "x" }] },
    operation: { op: "replace", path: "level", value: "7" },
    after: { level: 7 },
    before: { level: 7, readings: [{ at: 3, label: "x" }] },
    filter: 'level eq "7"',
    pathFilter: { op: "replace", path: 'readings[at eq "3"].label', value: "new" },
    filtered: { readings: [{ at: 3, label: "new" }] },
    not: { attributes: ONLY_VALUES, sortBy: ONLY_VALUES },
  },
  "numbers-as-texts": {
    body: { externalId: 42, [ENTERPRISE]: { employeeNumber: 7 } },
    operation: { op: "replace", path: "externalId", value: 42 },
    after: { externalId: "42" },
    not: { ...notInQueries, filter: "unquoted-numbers", "path filter": "unquoted-numbers" },
  },
  "value-path-comparison": {
    before: { emails: [work] },
    filter: 'emails[type eq "work"].value eq "a@x.example"',
    not: { ...onlyFilters, "path filter": "a path has the sub-attribute after the brackets anyway" },
  },
  "bare-values": {
    before: { title: "T" },
    filter: "title eq T",
    pathFilter: { op: "replace", path: "emails[type eq work].value", value: "new" },
    filtered: newWork,
    not: onlyFilters,
  },
  "single-quotes": {
    before: { title: "T" },
    filter: "title eq 'T'",
    pathFilter: { op: "replace", path: "emails[type eq 'work'].value", value: "new" },
    filtered: newWork,
    not: onlyFilters,
  },
  "capital-booleans": {
    before: { active: true },
    filter: "active eq True",
    pathFilter: { op: "replace", path: "emails[primary eq True].value", value: "new" },
    filtered: newWork,
    not: onlyFilters,
  },
  "not-without-parentheses": {
    before: { title: "T" },
    filter: 'not title eq "X"',
    pathFilter: { op: "replace", path: 'emails[not type eq "home"].value', value: "new" },
    filtered: newWork,
    not: onlyFilters,
  },
  "unquoted-numbers": {
    before: { externalId: "42" },
    filter: "externalId eq 42",
    pathFilter: { op: "replace", path: "phoneNumbers[value eq 42].type", value: "home" },
    filtered: { phoneNumbers: [{ value: "42", type: "home" }] },
    not: onlyFilters,
  },
};

const gauge = defineResourceType({
  name: "Gauge",
  endpoint: "/Gauges",
  schema: defineSchema({
    id: "urn:example:params:scim:schemas:core:2.0:Gauge",
    attributes: [
      { name: "level", type: "integer" },
      {
        name: "readings",
        type: "complex",
        multiValued: true,
        subAttributes: [{ name: "at", type: "integer" }, { name: "label" }],
      },
    ],
  }),
});

/** A handler, and what it needs to send one resource of the row. */
function scene(row: Row) {
  const { endpoint = "/Users" } = row;
  const app = createApp({ unknownMembers: "accept", resourceTypes: [userResourceType, groupResourceType, gauge] });
  const schema = { "/Users": USER, "/Groups": GROUP, "/Gauges": gauge.schema.id }[endpoint];
  const required = { "/Users": { userName: "a" }, "/Groups": { displayName: "g" }, "/Gauges": {} }[endpoint];
  const create = async (more: Json = {}): Promise<string> => {
    const answer = await app.send("POST", endpoint, { schemas: [schema], ...required, ...more });
    if (answer.status !== 201) throw new TypeError(answer.text);
    app.events.length = 0;
    return `${endpoint}/${answer.body.id}`;
  };
  return { app, endpoint, schema, required, create };
}
type Scene = ReturnType<typeof scene>;

/** The PATCH of an operation, in the form that the transform is about. */
function patchBody(name: string, operation: Json): Json {
  const Operations = [name === "capitalised-op" ? { ...operation, op: capital(String(operation.op)) } : operation];
  if (name === "missing-patch-schemas") return { Operations };
  const { schemas } = patch() as { schemas: string[] };
  return name === "lower-case-operations" ? { schemas, operations: Operations } : { schemas, Operations };
}

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** What a route shows: the resource after the request; undefined if the row has nothing for the route. */
type Send = (name: string, row: Row, scene: Scene) => Promise<{ shown: unknown; expected: unknown } | undefined>;

const written = async ({ app }: Scene, path: string, answer: Answered, expected: unknown) => {
  if (answer.status >= 300) throw new TypeError(answer.text);
  return { shown: (await app.send("GET", path)).body, expected };
};

const SENDS: Readonly<Record<Route, Send>> = {
  POST: async (name, { body, after }, { app, endpoint, schema, required }) => {
    if (body === undefined) return undefined;
    const schemas = name === "missing-resource-schemas" ? {} : { schemas: [schema] };
    const answer = await app.send("POST", endpoint, { ...schemas, ...required, ...body });
    if (answer.status !== 201) throw new TypeError(answer.text);
    return { shown: answer.body, expected: after };
  },
  PUT: async (name, { body, after }, own) => {
    if (body === undefined) return undefined;
    const path = await own.create();
    const schemas = name === "missing-resource-schemas" ? {} : { schemas: [own.schema] };
    return written(own, path, await own.app.send("PUT", path, { ...schemas, ...own.required, ...body }), after);
  },
  "PATCH path": async (name, { operation, before, after }, own) => {
    if (operation === undefined) return undefined;
    const path = await own.create(name === "remove-with-value" ? before : {});
    return written(own, path, await own.app.send("PATCH", path, patchBody(name, operation)), after);
  },
  "PATCH value": async (name, { body, value = body, after, not }, own) => {
    if (value === undefined || not?.["PATCH value"] !== undefined) return undefined;
    const path = await own.create();
    return written(own, path, await own.app.send("PATCH", path, patchBody(name, { op: "replace", value })), after);
  },
  "path filter": async (name, { pathFilter, filtered }, own) => {
    if (pathFilter === undefined) return undefined;
    const user = { emails: [work], phoneNumbers: [{ value: "42", type: "work" }] };
    const start = own.endpoint === "/Gauges" ? { readings: [{ at: 3, label: "x" }] } : user;
    const path = await own.create(name === "capitalised-op" ? {} : start);
    return written(own, path, await own.app.send("PATCH", path, patchBody("", pathFilter)), filtered);
  },
  filter: async (_, { filter, before }, own) => {
    if (filter === undefined) return undefined;
    await own.create(before);
    const { body } = await own.app.send("GET", `${own.endpoint}?filter=${encodeURIComponent(filter)}`);
    return { shown: body, expected: { totalResults: 1 } };
  },
  attributes: async (_, { name, before }, own) => {
    if (name === undefined) return undefined;
    await own.create(before);
    const { body } = await own.app.send("GET", `${own.endpoint}?attributes=${encodeURIComponent(name)}`);
    return { shown: body, expected: { Resources: [before] } };
  },
  sortBy: async (_, { name, before }, own) => {
    if (name === undefined) return undefined;
    await own.create(before);
    const { body } = await own.app.send("GET", `${own.endpoint}?sortBy=${encodeURIComponent(name)}`);
    return { shown: body, expected: { totalResults: 1 } };
  },
};

describe("a transform reads its quirk on every route, or the table says why it is not there", () => {
  it("each transform of the dialect has a row", () => {
    expect(Object.keys(TABLE)).toEqual(compatible.transforms.map(({ name }) => name));
  });

  it.each(Object.entries(TABLE).flatMap(([name, row]) => ROUTES.map((route) => [name, route, row] as const)))(
    "%s: %s",
    async (name, route, row) => {
      const own = scene(row);
      const result = await SENDS[route](name, row, own);
      const reason = row.not?.[route];
      if (result === undefined) {
        expect(reason, `${name} has neither an example for ${route} nor a reason`).toBeTypeOf("string");
        return;
      }
      expect(reason).toBeUndefined();
      expect(result.shown).toMatchObject(result.expected as object);
      const seen = own.app.events.flatMap((event) => (event.type === "server.dialect" ? event.transforms : []));
      expect(seen).toContain(name);
    },
  );
});
