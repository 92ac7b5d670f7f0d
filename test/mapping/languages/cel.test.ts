import { describe, expect, it } from "vitest";
import { providerUserMappings } from "../../../src/mapping/defaults/outbound.ts";
import { mapOutbound } from "../../../src/mapping/evaluation/map-outbound.ts";
import { orderMappings } from "../../../src/mapping/evaluation/order-mappings.ts";
import { previewMappings } from "../../../src/mapping/evaluation/preview-mappings.ts";
import { defineMapping } from "../../../src/mapping/expressions/define-mapping.ts";
import { providerVariables } from "../../../src/mapping/expressions/provider-variables.ts";
import { sourceVariables } from "../../../src/mapping/expressions/source-variables.ts";
import { celLanguage, celMapping } from "../../../src/mapping/languages/cel/cel-mapping.ts";
import { URN } from "../../../src/protocol/urns.ts";
import { defineResourceType } from "../../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../../src/schema/defining/define-schema.ts";
import { groupResourceType } from "../../../src/schema/definitions/group.ts";
import { userResourceType } from "../../../src/schema/definitions/user.ts";

const properties = { surname: "string", level: "number", tags: ["string"], job: { title: "string" } } as const;
const ada = {
  id: "1",
  userName: "ADA",
  surname: "Lovelace",
  level: 3,
  tags: ["x", "y"],
  emails: [
    { value: "a@example.com", type: "work" },
    { value: "b@example.com", primary: true },
  ],
};
const variablesOf = (object: object = ada) =>
  providerVariables({ type: userResourceType, object: object as typeof ada, provider: { name: "app" } });

function provider(attributes: Readonly<Record<string, string>>) {
  return celMapping({ name: "m", side: "provider", properties, attributes });
}

async function mappedBy(attributes: Readonly<Record<string, string>>, object: object = ada): Promise<unknown> {
  return (await previewMappings([provider(attributes)], variablesOf(object))).value;
}

describe("celMapping for a provider", () => {
  it.each<[string, string, unknown]>([
    ["userName", "user.userName.lowerAscii()", { userName: "ada" }],
    ["name.familyName", "user.surname", { name: { familyName: "Lovelace" } }],
    [`${URN.enterpriseUser}:department`, "user.tags[0]", { [URN.enterpriseUser]: { department: "x" } }],
    [URN.enterpriseUser, "{'department': user.tags[0]}", { [URN.enterpriseUser]: { department: "x" } }],
    ["emails", "user.emails", { emails: ada.emails }],
    ["emails", "user.emails.filter(e, e.primary)", { emails: [ada.emails[1]] }],
    [
      "emails",
      "[{'value': user.userName + '@example.com', 'primary': true}]",
      {
        emails: [{ value: "ADA@example.com", primary: true }],
      },
    ],
    [
      "emails",
      "user.emails.map(e, {'value': e.value, 'type': e.?type})",
      {
        emails: [{ value: "a@example.com", type: "work" }, { value: "b@example.com" }],
      },
    ],
    ["active", "user.surname.like('^Love')", { active: true }],
    ["active", "user.emails.exists(e, e.type == 'home')", { active: false }],
    ["title", "user.level > 2 ? 'senior' : 'junior'", { title: "senior" }],
    ["title", "string(user.level + 1.0)", { title: "4" }],
    ["title", "string(user.tags.size())", { title: "2" }],
    ["title", "user.tags.join(', ').replace('x', 'z')", { title: "z, y" }],
    ["title", "has(user.nickName) ? user.nickName : 'none'", { title: "none" }],
    ["title", "user.?job.?title.orValue('none')", { title: "none" }],
    ["title", "provider.name + ' ' + subjectId + ' ' + schemas[0]", { title: `app 1 ${URN.user}` }],
    ["title", "null", { title: null }],
    // What an expression reads is missing.
    ["title", "user.nickName", {}],
    ["title", "user.job.title + '!'", {}],
    ["title", "user.emails[7].value", {}],
    ["title", "link.id", {}],
  ])("sets %s by %s", async (path, text, value) => {
    expect(await mappedBy({ [path]: text })).toEqual(value);
  });

  it("sends plain JSON, valid for the resource type, together with the default mappings", async () => {
    const mappings = orderMappings([
      ...providerUserMappings,
      provider({ title: "user.surname", userName: "'lovelace'" }),
    ]);
    const options = { type: userResourceType, object: ada, provider: { name: "app" }, phase: "create" } as const;
    const outcome = await mapOutbound({ ...options, mappings });
    expect(outcome).toMatchObject({ resource: { userName: "lovelace", title: "Lovelace", emails: ada.emails } });
  });

  it("is shown by previewMappings with what it set and what it overrode", async () => {
    const first = defineMapping({ name: "a", expression: () => ({ title: "x", nickName: "n" }) });
    const { text } = await previewMappings([first, provider({ title: "user.surname" })], variablesOf());
    expect(text).toBe("a\n  title: set, overridden by m\n  nickName: set\nm\n  title: set, overriding a");
  });

  it("adds to the lists of earlier mappings, or replaces them", async () => {
    const first = defineMapping({ name: "a", expression: () => ({ emails: [{ value: "old@example.com" }] }) });
    const attributes = { emails: "[{'value': 'new@example.com'}]" };
    const own = (lists: "append" | "replace") => celMapping({ name: "m", side: "provider", attributes, lists });
    const emails = async (lists: "append" | "replace") =>
      (await previewMappings([first, own(lists)], variablesOf())).value?.emails;
    expect(await emails("append")).toEqual([{ value: "old@example.com" }, { value: "new@example.com" }]);
    expect(await emails("replace")).toEqual([{ value: "new@example.com" }]);
  });

  it("names attribute and variable where the directory has a value of another type", async () => {
    const { text } = await previewMappings([provider({ title: "user.surname" })], variablesOf({ ...ada, surname: 7 }));
    expect(text).toContain('attribute "title": user.surname has another type than its definition, string');
    const wrong = await previewMappings([provider({ active: "dyn(user.surname)" })], variablesOf());
    expect(wrong.text).toContain('attribute "active": the expression gave a value of type string');
  });
});

describe("celMapping for a source", () => {
  const resource = sourceVariables({
    userName: "ada",
    name: { givenName: "Ada" },
    [URN.enterpriseUser]: { department: "Engines" },
  });

  it("reads attributes by their names, the enterprise extension by its short name too, and all as scim", async () => {
    const mapping = celMapping({
      name: "m",
      side: "source",
      properties: { login: "string", unit: "string", unit2: "string", size: "number" },
      attributes: {
        login: "userName",
        unit: "urn_scim_schemas_extension_enterprise_2_0.department",
        unit2: `scim["${URN.enterpriseUser}"].department`,
        displayName: "scim.?displayName.orValue(name.givenName)",
        size: "userName.size()",
        nickName: "nickName",
      },
    });
    const { value } = await previewMappings([mapping], resource);
    expect(value).toEqual({ login: "ada", unit: "Engines", unit2: "Engines", displayName: "Ada", size: 3 });
  });

  it("maps groups and your own resource types", async () => {
    const group = celMapping({
      ...{ name: "g", side: "source", resourceType: groupResourceType, properties: { slug: "string" } },
      attributes: { slug: "displayName.lowerAscii().replace(' ', '-')" },
    });
    expect(group.resourceType).toBe("Group");
    const { value } = await previewMappings([group], sourceVariables({ displayName: "All Staff" }));
    expect(value).toEqual({ slug: "all-staff" });
    const schema = defineSchema({
      id: "urn:example:Device",
      name: "Device",
      attributes: [{ name: "serial", type: "integer" }],
    });
    const device = defineResourceType({ name: "Device", endpoint: "/Devices", schema });
    const own = celMapping({ name: "d", side: "source", resourceType: device, attributes: { serial: "serial * 2.0" } });
    expect((await previewMappings([own], sourceVariables({ serial: 21 }))).value).toEqual({ serial: 42 });
  });
});

describe("celLanguage", () => {
  it("takes one expression for all attributes, and checks it the same", async () => {
    const language = celLanguage({ side: "provider" });
    const mapping = defineMapping({ name: "m", language, expression: "{'title': user.userName, 'active': true}" });
    expect((await previewMappings([mapping], variablesOf())).value).toEqual({ title: "ADA", active: true });
    expect(() => defineMapping({ name: "m", language, expression: "{'titel': user.userName}" })).toThrow(
      /expression of "m" is not CEL: there is no attribute "titel" here.*at character 1 of/,
    );
  });
});
