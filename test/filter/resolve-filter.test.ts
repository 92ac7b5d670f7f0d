import { describe, expect, it } from "vitest";
import { InvalidFilterError } from "../../src/errors/request-errors.ts";
import { equalityTerms } from "../../src/filter/equality-terms.ts";
import { type ResolveFilterOptions, resolveElementFilter, resolveFilter } from "../../src/filter/resolve-filter.ts";
import type { ResolvedFilter } from "../../src/filter/resolved.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { parseAttributePath, parsePath } from "../../src/path/parse-path.ts";
import type { ResolvedPath } from "../../src/schema/attributes/definition.ts";
import { printResolvedPath, resolvePath } from "../../src/schema/attributes/resolve-path.ts";
import { EXTENSION, sampleType } from "./sample-type.ts";

function resolve(text: string, options?: ResolveFilterOptions): ResolvedFilter {
  return resolveFilter(parseFilter(text), sampleType, options);
}

/** What a resolved filter says, on one line. */
function say(filter: ResolvedFilter): string {
  switch (filter.type) {
    case "and":
    case "or":
      return `(${filter.terms.map(say).join(` ${filter.type} `)})`;
    case "not":
      return `not ${say(filter.term)}`;
    case "never":
      return "never";
    case "present":
      return `${printResolvedPath(filter.path)} pr`;
    case "valuePath":
      return `${printResolvedPath(filter.path)}[${say(filter.filter)}]`;
    case "comparison":
      return `${printResolvedPath(filter.path)} ${filter.operator} ${JSON.stringify(filter.value)}`;
  }
}

function fault(text: string, options?: ResolveFilterOptions): string {
  try {
    return say(resolve(text, options));
  } catch (error) {
    if (!(error instanceof InvalidFilterError)) throw error;
    expect(error.detail).toContain(`position ${error.position}`);
    return error.detail.replace("Invalid filter at position ", "");
  }
}

function element(text: string): [ResolvedPath, ResolvedFilter] {
  const { path, filter } = parsePath(text);
  const parent = resolvePath(sampleType, path);
  if (parent === undefined || filter === undefined) throw new Error(text);
  return [parent, resolveElementFilter(filter, parent)];
}

describe("resolveFilter", () => {
  it("gives names in canonical case, with their schema and their definitions", () => {
    expect(say(resolve(`TEXT eq "x" and URN:EXAMPLE:2.0:sample:ITEMS.Value co "y"`))).toBe(
      '(text eq "x" and items.value co "y")',
    );
    expect(say(resolve(`${EXTENSION.toUpperCase()}:BOSS.title pr and ${EXTENSION} pr`))).toBe(
      `(${EXTENSION}:boss.title pr and ${EXTENSION} pr)`,
    );
    expect(say(resolve('items[Type eq "x" or not (RANK gt 1)]'))).toBe(
      'items[(items.type eq "x" or not items.rank gt 1)]',
    );
    expect(resolve("meta.lastModified pr")).toMatchObject({ path: { sub: { type: "dateTime" } } });
  });

  it("reads a complex attribute as its value in a comparison, but not with pr [req 108]", () => {
    expect(say(resolve('items eq "x" and items pr'))).toBe('(items.value eq "x" and items pr)');
    expect(say(resolve(`${EXTENSION}:boss sw "x"`))).toBe(`${EXTENSION}:boss.value sw "x"`);
    expect(fault('name eq "x"')).toBe("0: name is complex: name the sub-attribute to compare with");
    expect(fault(`${EXTENSION} eq "x"`)).toContain("is complex");
  });

  it("turns comparisons with null into presence [req 112]", () => {
    expect(say(resolve("text eq null and items ne null"))).toBe("(not text pr and items pr)");
    expect(fault("count gt null")).toBe("0: count: only eq and ne can compare with null");
  });

  it("refuses unknown attributes, or takes them for absent [req 107]", () => {
    expect(fault("flag pr and nothing.here eq 1")).toBe("12: Sample has no attribute nothing.here");
    expect(fault("items[nothing pr]")).toBe("6: items has no attribute nothing");
    expect(fault("items[items.value pr]")).toBe("6: items has no attribute items.value");
    expect(fault("badge pr")).toBe("0: Sample has no attribute badge");
    const absent = (text: string) => say(resolve(text, { unknown: "absent" }));
    expect(absent("x eq 1 or x pr or x gt null or text[y pr] or x[y pr] or x ne null")).toBe(
      "(never or never or never or never or never or never)",
    );
    expect(absent("x ne 1 and x eq null and items[y pr]")).toBe("(not never and not never and items[never])");
  });

  it("lets nobody search by what is never returned [req 118]", () => {
    for (const text of ['secret eq "x"', "secret pr", 'items.pin sw "1"', 'items[pin eq "1"]', "sealed.value pr"]) {
      expect(fault(text), text).toContain("cannot be searched by");
      expect(say(resolve(text, { unknown: "absent" })), text).toMatch(/^(never|items\[never\])$/);
    }
    expect(fault('sealed eq "x"')).toContain("is complex");
  });
});

describe("resolveFilter and the types of attributes", () => {
  it("checks operators against types [req 105]", () => {
    for (const text of [
      "flag gt true",
      "flag co true",
      'key lt "YQ=="',
      'key sw "YQ=="',
      "count co 1",
      'since ew "Z"',
    ]) {
      expect(fault(text), text).toContain("does not apply to");
    }
    expect(fault("flag pr and items[primary le true]")).toBe("18: primary: le does not apply to boolean attributes");
    expect(say(resolve('link co "x" and key eq "YQ=="'))).toBe('(link co "x" and key eq "YQ==")');
  });

  it("checks values against types, and repeats none of them", () => {
    const faults = [
      ["text eq 7", "a string"],
      ["text eq true", "a string"],
      ['flag eq "true"', "true or false"],
      ["flag eq 1", "true or false"],
      ['count eq "7"', "a number"],
      ["ratio ge true", "a number"],
      ['since gt "2025-12-31"', "a dateTime"],
      ["since gt 2025", "a dateTime"],
    ] as const;
    for (const [text, expected] of faults) {
      expect(fault(text), text).toContain(`0: ${text.split(" ")[0]}: expected ${expected}`);
      expect(fault(text), text).not.toMatch(/7|2025/);
    }
    expect(say(resolve("count gt 4.5 and ratio eq 1"))).toBe("(count gt 4.5 and ratio eq 1)");
  });

  it("reads quoted booleans and bare whole numbers where told to, and tells of it once", () => {
    const used: string[] = [];
    const options: ResolveFilterOptions = {
      coerceBooleans: true,
      coerceNumbers: true,
      onCoerce: (name) => used.push(name),
    };
    expect(say(resolve('flag eq "False" or items[primary eq "TRUE"]', options))).toBe(
      "(flag eq false or items[items.primary eq true])",
    );
    expect(used).toEqual(["coerceBooleans"]);
    expect(say(resolve("text eq 42 and items.value sw 1", options))).toBe('(text eq "42" and items.value sw "1")');
    expect(used).toEqual(["coerceBooleans", "coerceNumbers"]);
    for (const text of [
      'flag eq "yes"',
      "text eq 4.2",
      "text eq 12345678901234567890",
      "text eq true",
      'count eq "1"',
    ]) {
      expect(fault(text, options), text).toContain("expected");
    }
    expect(say(resolve("flag eq true and count eq 1", options))).toBe("(flag eq true and count eq 1)");
    expect(used).toHaveLength(2);
    const texts: ResolveFilterOptions = { coerceNumericTexts: true, onCoerce: (name) => used.push(name) };
    expect(say(resolve('count eq "7" and ratio ge "-1.5"', texts))).toBe("(count eq 7 and ratio ge -1.5)");
    expect(used[2]).toBe("coerceNumericTexts");
    for (const text of ['count eq "1e3"', 'count eq ""', "count eq true"]) {
      expect(fault(text, texts), text).toContain("expected a number");
    }
  });

  it("has brackets behind multi-valued and complex attributes only", () => {
    expect(say(resolve('name[formal pr] and tags[value eq "x"] and items.labels[value pr]'))).toBe(
      '(name[name.formal pr] and tags[tags eq "x"] and items.labels[items.labels pr])',
    );
    expect(fault('text[value eq "x"]')).toBe("0: text has no sub-attributes to filter by in brackets");
    expect(fault('items.value[value eq "x"]')).toContain("has no sub-attributes");
    expect(fault('tags[type eq "x"]')).toBe("5: tags has no attribute type");
  });
});

describe("equalityTerms", () => {
  const terms = (text: string) =>
    equalityTerms(element(text)[1])?.map(({ sub, value }) => [sub?.name ?? "the element", value]);

  it("gives what an element must hold where the filter says nothing but that [req 158]", () => {
    expect(terms('items[TYPE eq "work"]')).toEqual([["type", "work"]]);
    expect(terms('items[type eq "work" and (primary eq true and rank eq 1) and type eq "work"]')).toEqual([
      ["type", "work"],
      ["primary", true],
      ["rank", 1],
    ]);
    expect(terms('tags[value eq "x"]')).toEqual([["the element", "x"]]);
    for (const text of [
      "rank gt 1",
      'type eq "a" or rank eq 1',
      "not (rank eq 1)",
      "rank ne 1",
      "type pr",
      "type eq null",
    ]) {
      expect(terms(`items[${text}]`), text).toBeUndefined();
      expect(terms(`items[rank eq 1 and ${text}]`), text).toBeUndefined();
    }
    expect(terms('items[type eq "a" and type eq "b"]')).toBeUndefined();
  });
});

describe("resolveElementFilter", () => {
  it("refuses a parent without elements", () => {
    for (const name of ["text", EXTENSION, "items.value"]) {
      const parent = resolvePath(sampleType, parseAttributePath(name));
      expect(() => resolveElementFilter(parseFilter("value pr"), parent as ResolvedPath)).toThrow(InvalidFilterError);
    }
    expect(say(element("items[rank pr]")[1])).toBe("items.rank pr");
  });
});
