import { describe } from "vitest";
import { itCompiles, itRefuses } from "./programs.ts";

const BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User";

const GIVEN: readonly string[] = [
  'import { createSource, defineMapping, memoryStorage, type Mapping } from "scimkit";',
  'import type { ProviderOptions } from "scimkit/provider";',
  'import { defineProviderGroupMapping, defineProviderUserMapping, defineSourceUserMapping, replace, remove, skip, sourceUserMappings, type ProviderUserVariables } from "scimkit/mapping";',
  'import { defineResourceType, defineSchema, userSchema } from "scimkit/schema";',
  `const badge = defineSchema({ id: "${BADGE}", attributes: [{ name: "number", type: "integer", required: true }, { name: "color" }] });`,
  'const staff = defineResourceType({ name: "User", endpoint: "/Users", schema: userSchema, extensions: [{ schema: badge }] });',
  'const options = { slug: "idp", baseUrl: "https://app.example", storage: memoryStorage() };',
  "const rest = { saveGroup: async () => {}, removeUser: async () => {}, removeGroup: async () => {}, changeMembers: async () => {} };",
  'const number = defineSourceUserMapping({ name: "number", resourceType: staff, expression: ({ scim }) => ({ number: scim["' +
    `${BADGE}"]?.number }) });`,
  "export { staff, options, rest, number };",
];

describe("the result of a provider's mapping does not compile", () => {
  itRefuses(GIVEN, [
    [
      "with a misspelt attribute beside a right one",
      [
        'defineProviderUserMapping({ name: "a", expression: ({ user }) => ({',
        "  title: user.displayName,",
        "  activ: true,",
        "}) });",
      ],
      3,
      "Type 'true' is not assignable to type 'boolean & NoSuchAttribute<\"activ\">'.",
    ],
    [
      "with nothing but a misspelt attribute",
      ['defineProviderUserMapping({ name: "a", expression: () => ({ activ: true }) });'],
      1,
      "Type '{ activ: boolean; }' is not assignable",
    ],
    [
      "with a misspelt sub-attribute",
      ['defineProviderUserMapping({ name: "a", expression: () => ({ name: { famliyName: "x", givenName: "y" } }) });'],
      1,
      'NoSuchAttribute<"famliyName">\'',
    ],
    [
      "with a misspelt sub-attribute in a list",
      ['defineProviderUserMapping({ name: "a", expression: () => ({ emails: [{ valeu: "x", type: "work" }] }) });'],
      1,
      'NoSuchAttribute<"valeu">\'',
    ],
    [
      "with an attribute that its extension does not declare",
      [
        `defineProviderUserMapping({ name: "a", resourceType: staff, expression: () => ({ "${BADGE}": { numbr: 1, color: "" } }) });`,
      ],
      1,
      'NoSuchAttribute<"numbr">\'',
    ],
    [
      "with a value of the wrong type",
      ['defineProviderUserMapping({ name: "a", expression: () => ({ active: "yes" }) });'],
      1,
      "Type 'string' is not assignable to type",
    ],
    [
      "with the members of a group",
      ['defineProviderGroupMapping({ name: "a", expression: () => ({ displayName: "all", members: [] }) });'],
      1,
      'NoSuchAttribute<"members">\'',
    ],
    [
      "with a misspelt attribute in a promise",
      ['defineProviderUserMapping({ name: "a", expression: async () => ({ title: "x", activ: true }) });'],
      1,
      "is not assignable",
    ],
  ]);
});

describe("a list of mappings does not compile", () => {
  itRefuses(GIVEN, [
    [
      "if a provider gets a mapping of a source",
      ["const mappings: ProviderOptions['mappings'] = [", "  number,", "];"],
      2,
      "Type 'SourceMapping<\"user\", { readonly number: number | undefined; }>' is not assignable to type 'Mapping<\"provider\">'.",
    ],
    [
      "if a source gets a mapping of a provider",
      [
        'const title = defineProviderUserMapping({ name: "a", expression: () => ({ title: "x" }) });',
        "createSource({ ...options,",
        "  mappings: [title],",
        "});",
      ],
      3,
      "Type 'Mapping<\"provider\">' is not assignable to type 'Mapping<\"source\">'.",
    ],
  ]);
});

describe("a source's directory does not compile", () => {
  itRefuses(GIVEN, [
    [
      "if it needs what no mapping gives",
      [
        "createSource({ ...options, directory: { ...rest,",
        "  saveUser: async (user: { id: string; badge: number }) => {},",
        "} });",
      ],
      2,
      "is not assignable to type '(user: MappedUser, context: DeliveryContext) => Promise<SavedObject | undefined> | Promise<void>'.",
    ],
    [
      "if it takes what a mapping gives for another type",
      [
        "createSource({ ...options, mappings: [...sourceUserMappings, number], directory: { ...rest,",
        "  saveUser: async (user) => { const text: string = user.number; console.log(text); },",
        "} });",
      ],
      2,
      "Type 'number | undefined' is not assignable to type 'string'.",
    ],
  ]);
});

describe("mappings and directories compile", () => {
  itCompiles("with markers, extensions, and directories of one's own", [
    ...GIVEN,
    'defineProviderUserMapping({ name: "a", expression: ({ user }) => ({ emails: replace([{ value: "x" }]), title: null, nickName: remove, name: { formatted: null, givenName: user.displayName } }) });',
    'defineProviderUserMapping({ name: "b", expression: ({ user }) => user.active ? { title: "x" } : skip("inactive") });',
    'defineProviderUserMapping({ name: "c", expression: async ({ user }) => ({ emails: user.emails }) });',
    'defineProviderUserMapping({ name: "d", expression: ({ user }: ProviderUserVariables<{ id: string; badge: number }>) => ({ title: String(user.badge) }) });',
    `defineProviderUserMapping({ name: "e", resourceType: staff, expression: () => ({ "${BADGE}": { number: 1 } }) });`,
    "createSource({ ...options, directory: { ...rest, saveUser: async (user) => console.log(user.userName.length, user.enterprise?.department) } });",
    'const either: Mapping[] = [defineMapping({ name: "a", expression: () => ({}) })];',
    "export const providerMappings: ProviderOptions['mappings'] = either;",
    "createSource({ ...options, mappings: either });",
    "interface Person { id: string; displayName: string; number?: number }",
    "createSource({ ...options, mappings: [...sourceUserMappings, number], directory: { ...rest, saveUser: async (user: Person) => console.log(user) } });",
  ]);

  itCompiles("in the options of many sources, with directories of one's own", [
    ...GIVEN,
    'import { createSources, type SourceDirectory } from "scimkit";',
    "const many = { storage: memoryStorage(), baseUrl: options.baseUrl };",
    "const own: SourceDirectory = { ...rest, saveUser: async (user) => console.log(user.userName.length) };",
    "createSources({ ...many, resolve: () => ({ directory: own }) });",
    "createSources({ ...many, resolve: async (slug) => slug === 'a' ? { directory: { ...rest, saveUser: async (user) => console.log(user.userName.length) } } : undefined });",
    "createSources({ ...many, resolve: () => ({ mappings: [...sourceUserMappings, number], directory: { ...rest, saveUser: async (user: { id: string; number?: number }) => console.log(user) } }) });",
  ]);
});
