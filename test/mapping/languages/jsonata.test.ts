import { afterAll, describe, expect, it } from "vitest";
import { mapOutbound } from "../../../src/mapping/evaluation/map-outbound.ts";
import { previewMappings } from "../../../src/mapping/evaluation/preview-mappings.ts";
import { defineMapping } from "../../../src/mapping/expressions/define-mapping.ts";
import { providerVariables } from "../../../src/mapping/expressions/provider-variables.ts";
import { sourceVariables } from "../../../src/mapping/expressions/source-variables.ts";
import { celMapping } from "../../../src/mapping/languages/cel/cel-mapping.ts";
import { jsonataLanguage, jsonataMapping } from "../../../src/mapping/languages/jsonata/jsonata-mapping.ts";
import { jsonataWorker } from "../../../src/mapping/languages/jsonata/jsonata-worker.ts";
import { URN } from "../../../src/protocol/urns.ts";
import { groupResourceType } from "../../../src/schema/definitions/group.ts";
import { userResourceType } from "../../../src/schema/definitions/user.ts";

const worker = jsonataWorker();
afterAll(() => worker.close());

const properties = { surname: "string", level: "number", tags: ["string"], job: { title: "string" } } as const;
const ada = {
  id: "1",
  userName: "ADA",
  surname: "Lovelace",
  level: 3,
  tags: ["x", "y"],
  hired: new Date(0),
  secret: "not declared",
  emails: [
    { value: "a@example.com", type: "work" },
    { value: "b@example.com", primary: true },
  ],
};
const variables = providerVariables({ type: userResourceType, object: ada, provider: { name: "app" } });

function provider(attributes: Readonly<Record<string, string>>, name = "m") {
  return jsonataMapping({ name, side: "provider", worker, properties, attributes });
}

async function mappedBy(attributes: Readonly<Record<string, string>>): Promise<unknown> {
  const { value, text } = await previewMappings([provider(attributes)], variables);
  return value ?? text;
}

describe("jsonataMapping for a provider", () => {
  // The same mapping in both languages, and what it gives.
  it.each<[string, string, string, unknown]>([
    ["userName", "$lowercase(user.userName)", "user.userName.lowerAscii()", { userName: "ada" }],
    ["name.familyName", "user.surname", "user.surname", { name: { familyName: "Lovelace" } }],
    [`${URN.enterpriseUser}:department`, "user.tags[0]", "user.tags[0]", { [URN.enterpriseUser]: { department: "x" } }],
    ["emails", "user.emails", "user.emails", { emails: ada.emails }],
    ["emails", "user.emails[primary]", "user.emails.filter(e, e.primary)", { emails: [ada.emails[1]] }],
    [
      "emails",
      'user.emails.{"value": value, "type": type}',
      "user.emails.map(e, {'value': e.value, 'type': e.?type})",
      { emails: [{ value: "a@example.com", type: "work" }, { value: "b@example.com" }] },
    ],
    ["active", "$contains(user.surname, /^love/i)", "user.surname.like('(?i)^love')", { active: true }],
    ["active", 'user.emails.type = "home"', "user.emails.exists(e, e.type == 'home')", { active: false }],
    ["title", 'user.level > 2 ? "senior" : "junior"', "user.level > 2 ? 'senior' : 'junior'", { title: "senior" }],
    ["title", "$string(user.level + 1)", "string(user.level + 1.0)", { title: "4" }],
    [
      "title",
      '$replace($join(user.tags, ", "), "x", "z")',
      "user.tags.join(', ').replace('x', 'z')",
      { title: "z, y" },
    ],
    ["title", 'user.job.title ?? "none"', 'user.?job.?title.orValue("none")', { title: "none" }],
    [
      "title",
      'provider.name & " " & subjectId & " " & schemas[0]',
      "provider.name + ' ' + subjectId + ' ' + schemas[0]",
      { title: `app 1 ${URN.user}` },
    ],
    ["title", "null", "null", { title: null }],
    // What an expression reads is missing.
    ["title", "user.nickName", "user.nickName", {}],
    ["title", "user.job.title", "user.job.title", {}],
    ["title", "user.emails[7].value", "user.emails[7].value", {}],
    ["title", "link.id", "link.id", {}],
  ])("sets %s by %s as CEL does by %s", async (path, jsonata, cel, value) => {
    expect(await mappedBy({ [path]: jsonata })).toEqual(value);
    const other = celMapping({ name: "m", side: "provider", properties, attributes: { [path]: cel } });
    expect((await previewMappings([other], variables)).value).toEqual(value);
  });

  it("gives an attribute with several values a list, also of one element", async () => {
    expect(await mappedBy({ roles: 'user.tags[0].{"value": $}' })).toEqual({ roles: [{ value: "x" }] });
    expect(await mappedBy({ title: "user.tags" })).toContain("the expression gave a list, but");
  });

  it("does not show what the definitions do not have, in a wildcard either", async () => {
    expect(await mappedBy({ title: "$string(user.*[$ = 'not declared'])" })).toEqual({});
    expect(await mappedBy({ title: "$join($keys(user), ' ')" })).toEqual({
      title: "id userName surname level tags emails",
    });
  });

  it("sends plain JSON, valid for the resource type", async () => {
    const mappings = [provider({ title: "user.surname", userName: '"lovelace"' })];
    const options = { type: userResourceType, object: ada, provider: { name: "app" }, phase: "create" } as const;
    expect(await mapOutbound({ ...options, mappings })).toMatchObject({
      resource: { userName: "lovelace", title: "Lovelace" },
    });
  });

  it("adds to the lists of earlier mappings, or replaces them", async () => {
    const first = defineMapping({ name: "a", expression: () => ({ emails: [{ value: "old@example.com" }] }) });
    const attributes = { emails: '{"value": "new@example.com"}' };
    const emails = async (lists: "append" | "replace") => {
      const own = jsonataMapping({ name: "m", side: "provider", worker, attributes, lists });
      return (await previewMappings([first, own], variables)).value?.emails;
    };
    expect(await emails("append")).toEqual([{ value: "old@example.com" }, { value: "new@example.com" }]);
    expect(await emails("replace")).toEqual([{ value: "new@example.com" }]);
  });
});

it("previewMappings shows what functions, CEL and JSONata set, and who overrode whom", async () => {
  const mappings = [
    defineMapping({ name: "a: function", expression: () => ({ title: "x", name: { givenName: "A" }, nickName: "n" }) }),
    celMapping({ name: "b: CEL", side: "provider", attributes: { title: "'y'", emails: "user.emails" } }),
    provider({ title: '"z"', "name.givenName": "user.surname", emails: '{"value": "c@example.com"}' }, "c: JSONata"),
    defineMapping({ name: "d: function", expression: () => ({ nickName: null }) }),
    provider({ profileUrl: "user.profileUrl" }, "e: JSONata"),
  ];
  const { value, text } = await previewMappings(mappings, variables);
  expect(value).toMatchObject({ title: "z", name: { givenName: "Lovelace" }, nickName: null });
  expect(text.split("\n")).toEqual([
    "a: function",
    "  title: set, overridden by b: CEL",
    "  name.givenName: set, overridden by c: JSONata",
    "  nickName: set, overridden by d: function",
    "b: CEL",
    "  title: set, overriding a: function, overridden by c: JSONata",
    "  emails: set",
    "c: JSONata",
    "  title: set, overriding b: CEL",
    "  name.givenName: set, overriding a: function",
    "  emails: append",
    "d: function",
    "  nickName: clear, overriding a: function",
    "e: JSONata: nothing",
  ]);
});

describe("jsonataMapping for a source", () => {
  it("reads attributes by their names, the enterprise extension by its short name too, and all as scim", async () => {
    const resource = { userName: "ada", name: { givenName: "Ada" }, [URN.enterpriseUser]: { department: "Engines" } };
    const mapping = jsonataMapping({
      name: "m",
      side: "source",
      worker,
      properties: { login: "string", unit: "string", unit2: "string", size: "number" },
      attributes: {
        login: "userName",
        unit: "urn_scim_schemas_extension_enterprise_2_0.department",
        unit2: `scim.\`${URN.enterpriseUser}\`.department`,
        displayName: "scim.displayName ?? name.givenName",
        size: "$length(userName)",
        nickName: "nickName",
      },
    });
    const { value } = await previewMappings([mapping], sourceVariables(resource));
    expect(value).toEqual({ login: "ada", unit: "Engines", unit2: "Engines", displayName: "Ada", size: 3 });
  });

  it("maps groups, and reads many members only where they are named", async () => {
    const members = Array.from({ length: 10_001 }, (_, index) => ({ value: String(index) }));
    const group = (slug: string) =>
      jsonataMapping({
        ...{ name: "g", side: "source", worker, resourceType: groupResourceType, properties: { slug: "string" } },
        attributes: { slug },
      });
    const all = sourceVariables({ displayName: "All Staff", members });
    const { value } = await previewMappings([group('$replace($lowercase(displayName), " ", "-")')], all);
    expect(value).toEqual({ slug: "all-staff" });
    const { text } = await previewMappings([group("$string($count(members))")], all);
    expect(text).toContain("members has 10001 elements; an expression reads at most 10000");
  });
});

describe("jsonataLanguage", () => {
  it("takes one expression for all attributes, and checks it the same", async () => {
    const language = jsonataLanguage({ side: "provider", worker });
    const mapping = defineMapping({
      name: "m",
      language,
      expression: '{"title": user.userName, "emails": user.emails[0]}',
    });
    expect((await previewMappings([mapping], variables)).value).toEqual({ title: "ADA", emails: [ada.emails[0]] });
    expect(() => defineMapping({ name: "m", language, expression: '{"titel": user.userName}' })).toThrow(
      /expression of "m" is not JSONata: there is no attribute "titel" here.*at character 2 of/,
    );
  });
});
