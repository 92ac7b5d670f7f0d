import { describe, expect, it } from "vitest";
import { sourceVariables, variableName } from "../../src/mapping/expressions/source-variables.ts";
import { URN } from "../../src/protocol/urns.ts";

describe("sourceVariables", () => {
  it("makes a variable of each top-level attribute, and one of the whole", () => {
    const user = { userName: "bjensen", active: false, [URN.enterpriseUser]: { department: "Tours" } };
    const variables = sourceVariables(user);
    expect({ ...variables }).toEqual({
      userName: "bjensen",
      active: false,
      urn_ietf_params_scim_schemas_extension_enterprise_2_0_User: { department: "Tours" },
      urn_scim_schemas_extension_enterprise_2_0: { department: "Tours" },
      scim: user,
    });
  });

  it.each([
    ["$ref", "_ref"],
    ["cost-center", "cost_center"],
    ["2fa", "_fa"],
    ["naïve", "na_ve"],
    ["x_1", "x_1"],
  ])("calls the attribute %s %s", (attribute, variable) => {
    expect(variableName(attribute)).toBe(variable);
  });

  it("refuses two attributes that would be one variable, naming both", () => {
    expect(() => sourceVariables({ "a-b": 1, a_b: 2 })).toThrow(
      expect.objectContaining({
        status: 400,
        detail: 'The attribute "a_b" and "a-b" would be the same variable of a mapping',
      }),
    );
    expect(() => sourceVariables({ scim: 1 })).toThrow(/attribute "scim" and the whole object/);
  });

  it("returns frozen copies, so that an expression cannot change the resource", () => {
    const emails = [{ value: "a@x" }];
    const user = { emails };
    const variables = sourceVariables(user) as { emails: { value: string }[]; scim: { emails: unknown[] } };
    expect(() => variables.emails.push({ value: "b@x" })).toThrow(TypeError);
    expect(() => variables.scim.emails.pop()).toThrow(TypeError);
    expect(() => Object.assign(variables, { emails: [] })).toThrow(TypeError);
    emails[0] = { value: "changed" };
    expect(variables.emails).toEqual([{ value: "a@x" }]);
  });

  it("knows no variable that the resource does not have", () => {
    const variables = sourceVariables(JSON.parse('{"__proto__":{"admin":true},"userName":"x"}'));
    expect(variables.admin).toBeUndefined();
    expect(variables.constructor).toBeUndefined();
    expect(variables.toString).toBeUndefined();
    expect(Object.keys(variables)).toEqual(["userName", "scim"]);
  });

  it("refuses a resource without bottom", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = { deep };
    expect(() => sourceVariables({ deep })).toThrow(/nests more than 64 levels/);
  });
});
