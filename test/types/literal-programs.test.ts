import { describe } from "vitest";
import { itCompiles, itRefuses } from "./programs.ts";

const BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User";

const GIVEN: readonly string[] = [
  'import { bearerToken, createScimClient, createScimHandler, memoryStorage } from "scimkit";',
  'import { defineResourceType, defineSchema, userSchema } from "scimkit/schema";',
  `const badge = defineSchema({ id: "${BADGE}", attributes: [{ name: "number", type: "integer", required: true }, { name: "holder", type: "complex", subAttributes: [{ name: "since", type: "dateTime" }] }] });`,
  'const staff = defineResourceType({ name: "User", endpoint: "/Users", schema: userSchema, extensions: [{ schema: badge }] });',
  'const client = createScimClient({ baseUrl: "https://app.example/scim/v2", auth: bearerToken("secret") });',
  'import type { StandardResourceType } from "scimkit/server";',
  'import { sqliteStorage, type SqliteStorageOptions } from "scimkit/storage/sqlite";',
  'import type { PostgresStorageOptions } from "scimkit/storage/postgres";',
  "export { staff, client };",
];

describe("a schema or resource type given as a literal does not compile", () => {
  itRefuses(GIVEN, [
    [
      "with a characteristic that does not exist",
      ['defineSchema({ id: "urn:example:a:b", attributes: [', '  { name: "a", unique: "server" },', "] });"],
      2,
      "Object literal may only specify known properties, and 'unique' does not exist in type 'AttributeInput'.",
    ],
    [
      "with a misspelt characteristic of a sub-attribute",
      [
        'defineSchema({ id: "urn:example:a:b", attributes: [',
        '  { name: "a", type: "complex", subAttributes: [{ name: "b", requird: true }] },',
        "] });",
      ],
      2,
      "Object literal may only specify known properties, but 'requird' does not exist in type 'AttributeInput'. Did you mean to write 'required'?",
    ],
    [
      "with a type that does not exist",
      ['defineSchema({ id: "urn:example:a:b", attributes: [{ name: "a", type: "int" }] });'],
      1,
      "Type '\"int\"' is not assignable to type 'AttributeType | undefined'.",
    ],
    [
      "with a misspelt member of a resource type",
      ['defineResourceType({ name: "Door", endpont: "/Doors", schema: badge });'],
      1,
      "Object literal may only specify known properties, but 'endpont' does not exist in type 'ResourceTypeInput'. Did you mean to write 'endpoint'?",
    ],
  ]);
});

describe("a resource to be sent does not compile", () => {
  itRefuses(GIVEN, [
    [
      "with a misspelt attribute in create",
      ['client.users.create({ userName: "ada", activ: true });'],
      1,
      "Object literal may only specify known properties, but 'activ' does not exist in type 'UserInput'. Did you mean to write 'active'?",
    ],
    [
      "with a misspelt attribute in replace",
      ['client.groups.replace("7", { displayName: "All", member: [] });'],
      1,
      "Object literal may only specify known properties, but 'member' does not exist in type 'GroupInput'. Did you mean to write 'members'?",
    ],
    [
      "with a misspelt sub-attribute",
      ['client.users.create({ userName: "ada", name: { famliyName: "Byron" } });'],
      1,
      "Object literal may only specify known properties, but 'famliyName' does not exist in type 'Name'. Did you mean to write 'familyName'?",
    ],
    [
      "with a wrong type of a sub-attribute",
      ['client.users.create({ userName: "ada", emails: [{ value: 7 }] });'],
      1,
      "Type 'number' is not assignable to type 'string'.",
    ],
    ["without a required attribute", ["client.users.create({ active: true });"], 1, "Argument of type"],
    [
      "with an attribute that its extension does not declare",
      [`client.resource(staff).create({ userName: "ada", "${BADGE}": { number: 7, colour: "red" } });`],
      1,
      "Object literal may only specify known properties, and 'colour' does not exist in type",
    ],
    [
      "with a wrong type of an attribute of its extension",
      [`client.resource(staff).create({ userName: "ada", "${BADGE}": { number: "7" } });`],
      1,
      "Type 'string' is not assignable to type 'number'.",
    ],
    [
      "with a wrong type of a sub-attribute of its extension",
      [`client.resource(staff).create({ userName: "ada", "${BADGE}": { number: 7, holder: { since: 2026 } } });`],
      1,
      "Type 'number' is not assignable to type 'string'.",
    ],
    [
      "with an extension that its type does not have",
      ['client.resource(staff).create({ userName: "ada", "urn:example:other:1.0:User": {} });'],
      1,
      "Object literal may only specify known properties, and '\"urn:example:other:1.0:User\"' does not exist in type",
    ],
  ]);
});

describe("a resource that is read", () => {
  itCompiles("has an id, is open to other attributes, and knows its extensions", [
    ...GIVEN,
    "export async function read(): Promise<void> {",
    '  const { resource } = await client.users.create({ userName: "ada" });',
    "  const ids: string[] = [resource.id, (await client.groups.get(resource.id)).id];",
    "  const replaced = await client.users.replace(resource.id, { ...resource, active: false });",
    '  const patched = await client.users.patch(resource.id, [{ op: "replace", path: "active", value: true }]);',
    "  for await (const user of client.users.list()) ids.push(user.id);",
    "  if (replaced !== undefined && patched !== undefined) ids.push(replaced.id, patched.id);",
    "  const other: unknown = resource.favouriteColour;",
    `  const number: number | undefined = (await client.resource(staff).get("7"))["${BADGE}"]?.number;`,
    "  console.log(other, number);",
    "}",
  ]);

  itCompiles("may be asked for by any path, known or not", [
    ...GIVEN,
    "declare const path: string;",
    'client.users.list({ attributes: ["name.familyName", path, "emails[type eq \\"work\\"].value"] });',
    `client.resource(staff).list({ excludedAttributes: ["${BADGE}:number"] });`,
    'createScimHandler({ storage: memoryStorage(), baseUrl: "https://app.example", authenticate: () => ({ id: "a", tenant: "b", rights: "write" }), resourceTypes: [staff], sensitiveFilters: ["emails", path] });',
    `sqliteStorage({ file: ":memory:", resourceTypes: [staff], indexed: ["${BADGE}:number", path] });`,
  ]);

  itCompiles("has its own paths proposed, in the options of a storage too", [
    ...GIVEN,
    "type PathsOf<O> = O extends { readonly indexed?: readonly (infer Path)[] } ? Path : never;",
    "type Standard = PathsOf<SqliteStorageOptions<StandardResourceType>>;",
    "type Own = PathsOf<PostgresStorageOptions<typeof staff>>;",
    // Nothing but a literal member of the union survives: of `string` alone, these would be never.
    'export const known: Extract<Standard, "name.familyName"> = "name.familyName";',
    `export const own: Extract<Own, "${BADGE}:number"> = "${BADGE}:number";`,
    'const inferred = { file: ":memory:", indexed: ["title"] } satisfies Parameters<typeof sqliteStorage>[0];',
    "sqliteStorage(inferred);",
  ]);
});
