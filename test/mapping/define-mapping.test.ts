import { describe, expect, it } from "vitest";
import { orderMappings } from "../../src/mapping/evaluation/order-mappings.ts";
import { defineMapping, type ExpressionLanguage } from "../../src/mapping/expressions/define-mapping.ts";

const nothing = (): undefined => undefined;

describe("defineMapping", () => {
  it("gives a frozen mapping that applies always and to every type unless said otherwise", () => {
    const mapping = defineMapping({ name: "a", expression: nothing });
    expect(mapping).toMatchObject({ name: "a", resourceType: undefined, apply: "always" });
    expect(Object.isFrozen(mapping)).toBe(true);
    expect(defineMapping({ name: "a", expression: nothing, apply: "create", resourceType: "User" })).toMatchObject({
      resourceType: "User",
      apply: "create",
    });
  });

  it.each([
    [{ name: "", expression: nothing }, /name/],
    [{ name: "  ", expression: nothing }, /name/],
    [{ name: "a" }, /expression of "a"/],
    [{ name: "a", expression: 5 }, /expression of "a"/],
    [{ name: "a", expression: nothing, apply: "update" }, /apply of "a"/],
    [{ name: "a", expression: nothing, resourceType: "" }, /resourceType of "a"/],
    [{ name: "a", expression: "userName" }, /needs a language/],
    [{ name: "a", expression: nothing, language: { name: "x", compile: nothing } }, /its expression is no text/],
  ])("refuses %j with a TypeError that names the option", (options, message) => {
    expect(() => defineMapping(options as never)).toThrow(TypeError);
    expect(() => defineMapping(options as never)).toThrow(message);
  });

  it("compiles text once, with the language it is given", () => {
    const sources: string[] = [];
    const language: ExpressionLanguage = {
      name: "names",
      compile: (source) => {
        sources.push(source);
        return (variables) => ({ displayName: variables[source] });
      },
    };
    const mapping = defineMapping({ name: "a", expression: "nickName", language });
    expect(mapping.expression({ nickName: "Babs" })).toEqual({ displayName: "Babs" });
    expect(mapping.expression({ nickName: "Jen" })).toEqual({ displayName: "Jen" });
    expect(sources).toEqual(["nickName"]);
  });

  it("says which mapping and language a text is wrong in, and keeps the reason", () => {
    const cause = new SyntaxError("position 3");
    const language: ExpressionLanguage = {
      name: "names",
      compile: () => {
        throw cause;
      },
    };
    expect(() => defineMapping({ name: "a", expression: "?", language })).toThrow(
      expect.objectContaining({ message: 'defineMapping: expression of "a" is not names', cause }),
    );
  });
});

describe("orderMappings", () => {
  const named = (...names: string[]) => names.map((name) => defineMapping({ name, expression: nothing }));

  it("orders by code points, not by locale and not by UTF-16 units", () => {
    const names = ["é", "b", "\u{1F600}", "a10", "Z", "\uFF5E", "a2", "a", "_"];
    expect(orderMappings(named(...names)).map(({ name }) => name)).toEqual([
      ...["Z", "_", "a", "a10", "a2", "b", "é", "\uFF5E", "\u{1F600}"],
    ]);
  });

  it("refuses two mappings of one name", () => {
    expect(() => orderMappings(named("b", "a", "b"))).toThrow(new TypeError('Two mappings are named "b"'));
  });

  it("leaves the list it was given alone", () => {
    const list = Object.freeze(named("b", "a"));
    orderMappings(list);
    expect(list.map(({ name }) => name)).toEqual(["b", "a"]);
  });
});
