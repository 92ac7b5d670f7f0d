import { describe, expect, it } from "vitest";
import { compileElementFilter, compileFilter } from "../../src/filter/compile-filter.ts";
import type { ResolveFilterOptions } from "../../src/filter/resolve-filter.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { parsePath } from "../../src/path/parse-path.ts";
import { resolvePath } from "../../src/schema/attributes/resolve-path.ts";
import { EXTENSION, sampleType } from "./sample-type.ts";

function matches(text: string, resource: Record<string, unknown>, options?: ResolveFilterOptions): boolean {
  return compileFilter(parseFilter(text), sampleType, options)(resource);
}

/** Whether the filter between a path's brackets holds for an element. */
function holds(text: string, element: unknown, options?: ResolveFilterOptions): boolean {
  const { path, filter } = parsePath(text);
  const parent = resolvePath(sampleType, path);
  if (parent === undefined || filter === undefined) throw new Error(text);
  return compileElementFilter(filter, parent, options)(element);
}

describe("a compiled filter", () => {
  it("compares strings as caseExact says, beyond ASCII too [req 103]", () => {
    expect(matches('text eq "JÜRGEN"', { text: "jürgen" })).toBe(true);
    expect(matches('text co "ÜR"', { text: "ju\u0308rgen" })).toBe(true);
    expect(matches('text gt "B"', { text: "a" })).toBe(false);
    expect(matches('exact eq "A"', { exact: "a" })).toBe(false);
    expect(matches('exact lt "a"', { exact: "B" })).toBe(true);
    expect(matches('link eq "HTTPS://a"', { link: "https://a" })).toBe(false);
  });

  it("compares dateTimes as instants [req 104]", () => {
    const since = { since: "2021-08-05T00:00:00+02:00" };
    expect(matches('since eq "2021-08-04T22:00:00Z"', since)).toBe(true);
    expect(matches('since eq "2021-08-04T22:00:00.000"', since)).toBe(true);
    expect(matches('since gt "2021-08-04T23:00:00Z"', since)).toBe(false);
    expect(matches('since ne "2021-08-04T24:00:00+02:00"', since)).toBe(false);
    expect(matches('since lt "2021-08-04T22:00:00.0000041Z"', since)).toBe(true);
    expect(matches('since gt "1970-01-01T00:00:00Z"', { since: "yesterday" })).toBe(false);
    for (const value of [
      "2021-02-29T00:00:00Z",
      "2021-01-01T25:00:00Z",
      "2021-01-01T00:00:00+15:00",
      "2021-13-01T00:00:00Z",
    ]) {
      expect(() => matches(`since eq "${value}"`, since), value).toThrow("dateTime");
    }
  });

  it("requires one element to match a filter in brackets, and any element for each term otherwise [req 109]", () => {
    const resource = {
      items: [
        { type: "work", value: "a@x" },
        { type: "home", value: "b@y" },
      ],
    };
    expect(matches('items[type eq "work" and value co "@y"]', resource)).toBe(false);
    expect(matches('items.type eq "work" and items.value co "@y"', resource)).toBe(true);
    expect(matches('items[not (type eq "work")]', resource)).toBe(true);
    expect(matches('items[not (type eq "work")]', { items: [] })).toBe(false);
    expect(matches('name[not (formal eq "x")]', {})).toBe(false);
    expect(matches('name[not (formal eq "x")]', { name: { nick: "y" } })).toBe(true);
    expect(matches('tags[value sw "a" and value ew "b"]', { tags: ["a", "b"] })).toBe(false);
  });

  it("knows what is present [req 111]", () => {
    const present: unknown[] = [" ", 0, false, ["x"], ["", "x"]];
    for (const text of present) expect(matches("text pr", { text }), JSON.stringify(text)).toBe(true);
    const absent: unknown[] = [undefined, null, "", [], {}, [null], [""]];
    for (const text of absent) expect(matches("text pr", { text }), JSON.stringify(text)).toBe(false);
    expect(matches("name pr", { name: { formal: null, nick: [] } })).toBe(false);
    expect(matches("name pr", { name: { formal: "" } })).toBe(false);
    expect(matches("name.formal pr", { name: { formal: "" } })).toBe(false);
    expect(matches("name.formal eq null", { name: { formal: "" } })).toBe(true);
    expect(matches("items pr", { items: [{}, { value: null }, { value: "" }] })).toBe(false);
    expect(matches("items[value pr]", { items: [{ value: "", rank: 0 }] })).toBe(false);
    expect(matches("items pr", { items: [{}, { rank: 0 }] })).toBe(true);
    expect(matches(`${EXTENSION} pr`, { [EXTENSION]: { boss: {} } })).toBe(false);
    expect(matches(`${EXTENSION} pr`, { [EXTENSION]: { badge: "" } })).toBe(false);
  });

  it("takes ne for the opposite of eq over all values, so also where there is none [req 111]", () => {
    expect(matches('text ne "x"', {})).toBe(true);
    expect(matches('tags ne "x"', { tags: ["x", "y"] })).toBe(false);
    expect(matches('items.type ne "x"', { items: [{ value: "y" }] })).toBe(true);
    expect(matches('items[type ne "x"]', { items: [{ type: "x" }] })).toBe(false);
    expect(matches("x ne 1 and not (x pr)", {}, { unknown: "absent" })).toBe(true);
    for (const text of ['text eq "x"', 'text lt "x"', 'text le "x"', "count ge 0", 'text co ""', "flag eq false"]) {
      expect(matches(text, {}), text).toBe(false);
    }
  });

  it("reads nothing inherited, and nothing of another type", () => {
    expect(matches("constructor pr", {}, { unknown: "absent" })).toBe(false);
    expect(matches("name.toString pr", { name: {} }, { unknown: "absent" })).toBe(false);
    expect(matches('text eq "7" or count eq 7 or flag eq true', { text: 7, count: "7", flag: "true" })).toBe(false);
    expect(matches('name.formal eq "x"', { name: "x" })).toBe(false);
    expect(matches('name.formal eq "x"', { name: [{ formal: "x" }] })).toBe(true);
  });
});

describe("a filter over one element", () => {
  it("compares sub-attributes, or the element itself under the name value", () => {
    expect(holds('items[TYPE eq "work"]', { type: "work" })).toBe(true);
    expect(holds('items[type ne "work"]', {})).toBe(true);
    expect(holds('items[labels eq "B"]', { labels: ["a", "b"] })).toBe(true);
    expect(holds('tags[value eq "A"]', "a")).toBe(true);
    expect(holds("tags[value pr]", "a")).toBe(true);
    expect(holds("tags[value pr]", "")).toBe(false);
    expect(holds('items.labels[value eq "a"]', "a")).toBe(true);
    expect(holds('name[formal eq "a"]', { formal: "A" })).toBe(true);
    expect(holds('items[primary eq "True"]', { primary: true }, { coerceBooleans: true })).toBe(true);
    for (const element of [undefined, null]) expect(holds('items[type ne "work"]', element)).toBe(false);
  });
});
