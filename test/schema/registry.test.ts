import { describe, expect, it } from "vitest";
import { URN } from "../../src/protocol/urns.ts";
import { createRegistry } from "../../src/schema/attributes/registry.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { enterpriseUserSchema } from "../../src/schema/definitions/enterprise-user.ts";
import { groupResourceType, groupSchema } from "../../src/schema/definitions/group.ts";
import { userResourceType, userSchema } from "../../src/schema/definitions/user.ts";

describe("createRegistry", () => {
  const registry = createRegistry([userResourceType, groupResourceType]);

  it("finds types by endpoint in any case, and by name [req 13]", () => {
    expect(registry.byPath(["users"])?.type).toBe(userResourceType);
    expect(registry.byPath(["Groups"])?.type).toBe(groupResourceType);
    expect(registry.byPath(["Nope"])).toBeUndefined();
    expect(registry.byName("Group")).toBe(groupResourceType);
    expect(registry.byName("constructor")).toBeUndefined();
  });

  it("lists each schema once and finds them by URN in any case [req 25]", () => {
    const admin = defineResourceType({ name: "Admin", endpoint: "/Admins", schema: userSchema });
    expect(createRegistry([userResourceType, admin, groupResourceType]).schemas).toEqual([
      userSchema,
      enterpriseUserSchema,
      groupSchema,
    ]);
    expect(registry.schema(URN.group.toUpperCase())).toBe(groupSchema);
  });

  it.each([
    ["endpoint", { name: "Person", endpoint: "/users", schema: userSchema }],
    ["name", { name: "User", endpoint: "/People", schema: userSchema }],
    ["name in another case", { name: "user", endpoint: "/People", schema: userSchema }],
    ["beginning of their endpoints", { name: "Person", endpoint: "/users/external", schema: userSchema }],
  ])("refuses two types with one %s, naming one", (_, input) => {
    expect(() => createRegistry([userResourceType, defineResourceType(input)])).toThrow(TypeError);
    expect(() => createRegistry([userResourceType, defineResourceType(input)])).toThrow(input.name);
  });

  it("finds types by the path of a request, with what follows their endpoint", () => {
    const nested = defineResourceType({ name: "Device", endpoint: "/inventory/Devices", schema: groupSchema });
    const found = createRegistry([userResourceType, nested]);
    expect(found.byPath(["Inventory", "DEVICES", "7"])).toEqual({ type: nested, rest: ["7"] });
    expect(found.byPath(["users"])).toEqual({ type: userResourceType, rest: [] });
    expect(found.byPath(["inventory"])).toBeUndefined();
    expect(found.byPath([])).toBeUndefined();
  });

  it("refuses one URN with two meanings", () => {
    const other = defineSchema({ id: URN.group.toUpperCase(), attributes: [{ name: "size" }] });
    const type = defineResourceType({ name: "Team", endpoint: "/Teams", schema: other });
    expect(() => createRegistry([groupResourceType, type])).toThrow("has two different definitions");
  });
});
