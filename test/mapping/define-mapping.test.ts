import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourceGroupMappings, sourceUserMappings } from "../../src/mapping/defaults/inbound.ts";
import { providerGroupMappings, providerUserMappings } from "../../src/mapping/defaults/outbound.ts";
import { orderMappings } from "../../src/mapping/evaluation/order-mappings.ts";
import { previewMappings } from "../../src/mapping/evaluation/preview-mappings.ts";
import { defineMapping, type ExpressionLanguage } from "../../src/mapping/expressions/define-mapping.ts";
import { runs } from "../helpers/soak.ts";

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
    [{ name: "a", expression: nothing, language: { name: "x", compile: nothing } }, /its expression is not a text/],
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
      expect.objectContaining({ message: 'defineMapping: expression of "a" is not names: position 3', cause }),
    );
  });
});

describe("orderMappings", () => {
  const named = (...names: string[]) => names.map((name) => defineMapping({ name, expression: nothing }));

  const order = (...names: string[]) => orderMappings(named(...names)).map(({ name }) => name);

  it("orders by name in any case, numbers by their value, and otherwise by code points whatever the locale", () => {
    const names = ["é", "b", "\u{1F600}", "a10", "Z", "\uE000", "A2", "a", "_", "a2b", "3", "00 z"];
    expect(order(...names)).toEqual(["00 z", "3", "_", "a", "A2", "a2b", "a10", "b", "Z", "é", "\uE000", "\u{1F600}"]);
    expect(order("v1.10", "V1.9", "v01.2")).toEqual(["v01.2", "V1.9", "v1.10"]);
    expect(order("a99999999999999999999", "a100000000000000000000", "a 5")).toEqual([
      ...["a 5", "a99999999999999999999", "a100000000000000000000"],
    ]);
  });

  it("is a total order: names sorted in any order come out in one", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "A", "b", "0", "1", "9", " ", ".", "é", "\u{1F600}") });
    const names = fc.uniqueArray(
      name.map((text) => `n${text}`),
      { selector: (text) => text.toLowerCase().replaceAll(/0+(?=[0-9])/g, ""), maxLength: 8 },
    );
    fc.assert(
      fc.property(names, fc.nat(), (list, turn) => {
        const at = turn % (list.length + 1);
        expect(order(...list.slice(at), ...list.slice(0, at))).toEqual(order(...list));
        for (const [index, first] of order(...list).entries()) {
          for (const second of order(...list).slice(index + 1)) expect(order(second, first)).toEqual([first, second]);
        }
      }),
      runs({ seed: 55, numRuns: 100 }),
    );
  });

  it("puts the built-in mappings before every name that begins with a letter", () => {
    const builtIn = [...[sourceUserMappings, sourceGroupMappings, providerUserMappings, providerGroupMappings].flat()];
    expect(builtIn.every(({ name }) => name.startsWith("00 "))).toBe(true);
    const own = named("Zz title", "a title", "Ärzte");
    expect(orderMappings([...own, ...builtIn]).slice(-3)).toEqual([own[1], own[0], own[2]]);
  });

  it("refuses names that are equal in this order, and names both", async () => {
    expect(() => order("b", "a", "b")).toThrow(new TypeError('Two mappings are named "b"'));
    const alike = /The mappings "(Title 07|title 7)" and "(Title 07|title 7)" have the same place/;
    expect(() => order("Title 07", "other", "title 7")).toThrow(alike);
    expect(() => order("Title 07", "other", "title 7")).toThrow(TypeError);
    await expect(previewMappings(named("A", "a"), {})).rejects.toThrow('The mappings "A" and "a"');
  });

  it("leaves the list it was given alone", () => {
    const list = Object.freeze(named("b", "a"));
    orderMappings(list);
    expect(list.map(({ name }) => name)).toEqual(["b", "a"]);
  });
});
