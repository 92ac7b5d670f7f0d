import { describe, expect, it } from "vitest";
import { sourceGroupMappings, sourceUserMappings } from "../../src/mapping/defaults/inbound.ts";
import { evaluateMappings } from "../../src/mapping/evaluation/evaluate-mappings.ts";
import { orderMappings } from "../../src/mapping/evaluation/order-mappings.ts";
import { type AnyMapping, defineMapping } from "../../src/mapping/expressions/define-mapping.ts";
import { sourceVariables } from "../../src/mapping/expressions/source-variables.ts";
import { URN } from "../../src/protocol/urns.ts";

const all = [...sourceUserMappings, ...sourceGroupMappings];

async function map(
  resource: Record<string, unknown>,
  options: { type?: string; mappings?: readonly AnyMapping[] } = {},
): Promise<unknown> {
  const { type = "User", mappings = all } = options;
  const outcome = await evaluateMappings(orderMappings(mappings), sourceVariables(resource), {
    phase: "create",
    resourceType: type,
  });
  return "value" in outcome ? outcome.value : undefined;
}

/** RFC 7643 section 8.3, shortened. */
const bjensen = {
  schemas: [URN.user, URN.enterpriseUser],
  id: "2819c223-7f76-453a-919d-413861904646",
  externalId: "701984",
  userName: "bjensen@example.com",
  name: { formatted: "Ms. Barbara J Jensen, III", familyName: "Jensen", givenName: "Barbara" },
  displayName: "Babs Jensen",
  nickName: "Babs",
  emails: [
    { value: "bjensen@example.com", type: "work", primary: true },
    { value: "babs@jensen.org", type: "home" },
  ],
  userType: "Employee",
  title: "Tour Guide",
  locale: "en-US",
  active: true,
  groups: [{ value: "e9e30dba", display: "Tour Guides" }],
  roles: [{ value: "guide" }],
  x509Certificates: [{ value: "MIID" }],
  [URN.enterpriseUser]: { employeeNumber: "701984", manager: { value: "26118915" } },
  "urn:example:2.0:User": { badge: 7 },
  meta: { resourceType: "User", version: 'W/"1"' },
};

describe("the default mappings of a source for users", () => {
  it("make a directory user of a SCIM User, and lose nothing but what the server derives", async () => {
    const { schemas, groups, meta, [URN.enterpriseUser]: enterprise, ...rest } = bjensen;
    expect([schemas, groups, meta]).not.toContain(undefined);
    expect(await map(bjensen)).toEqual({ ...rest, kind: "user", enterprise });
  });

  it("read a user as active unless the resource says inactive", async () => {
    expect(await map({ id: "1", userName: "x" })).toMatchObject({ active: true });
    expect(await map({ id: "1", userName: "x", active: false })).toMatchObject({ active: false });
  });

  it.each([
    ["service", "service_account"],
    ["Service", "service_account"],
    ["service_account", "service_account"],
    ["Service Account", "service_account"],
    ["service-account", "service_account"],
    ["ServiceAccount", "service_account"],
    ["Employee", "user"],
    ["services", "user"],
    [undefined, "user"],
  ])("take userType %s for a %s", async (userType, kind) => {
    expect(await map({ id: "1", userName: "x", userType })).toMatchObject({ kind });
  });

  it.each([
    [{ displayName: "D", name: { formatted: "F" } }, "D"],
    [{ name: { formatted: "F", givenName: "G" } }, "F"],
    [{ displayName: " ", name: { givenName: "G", familyName: "H" } }, "G H"],
    [{ name: { familyName: "H" } }, "H"],
    [{ name: {} }, "x"],
    [{}, "x"],
  ])("call a user with %j %s", async (attributes, displayName) => {
    expect(await map({ id: "1", userName: "x", ...attributes })).toMatchObject({ displayName });
  });

  it("never hand a password on", async () => {
    expect(JSON.stringify(await map({ id: "1", userName: "x", password: "hunter2" }))).not.toContain("hunter2");
  });

  it("can be left out one by one: what one of them maps, no other brings back", async () => {
    const without = all.filter(
      ({ name }) => name !== "00 scim user: 40 contact" && name !== "00 scim user: 70 enterprise",
    );
    const mapped = await map(bjensen, { mappings: without });
    expect(mapped).not.toHaveProperty("emails");
    expect(mapped).not.toHaveProperty("enterprise");
    expect(mapped).not.toHaveProperty([URN.enterpriseUser]);
  });

  it("can be overridden by a mapping whose name comes later", async () => {
    const kind = defineMapping({ name: "00 scim user: 25 bots", expression: () => ({ kind: "service_account" }) });
    expect(await map(bjensen, { mappings: [kind, ...all] })).toMatchObject({ kind: "service_account" });
  });

  it("are listed in the order in which they apply", async () => {
    expect(orderMappings(sourceUserMappings)).toEqual(sourceUserMappings);
    expect(orderMappings(sourceGroupMappings)).toEqual(sourceGroupMappings);
  });
});

describe("the default mappings of a source for groups", () => {
  it("make a directory group of a SCIM Group, without its members", async () => {
    const group = {
      schemas: [URN.group],
      id: "e9e30dba",
      externalId: "g1",
      displayName: "Tour Guides",
      members: [{ value: "2819c223" }],
      "urn:example:2.0:Group": { owner: "x" },
      meta: { resourceType: "Group" },
    };
    expect(await map(group, { type: "Group" })).toEqual({
      id: "e9e30dba",
      externalId: "g1",
      displayName: "Tour Guides",
      "urn:example:2.0:Group": { owner: "x" },
    });
  });
});
