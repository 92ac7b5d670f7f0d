import fc from "fast-check";
import { expect, it } from "vitest";
import { isScimError } from "../../src/errors/scim-error.ts";
import { compileFilter } from "../../src/filter/compile-filter.ts";
import { foldsTo } from "../../src/filter/folds-to.ts";
import { instantOf } from "../../src/schema/instant.ts";
import { resolveFilter } from "../../src/filter/resolve-filter.ts";
import { topLevelNames } from "../../src/filter/top-level-names.ts";
import type { ComparisonOperator, FilterTree } from "../../src/path/tree.ts";
import { foldString } from "../../src/schema/fold.ts";
import { runs } from "../helpers/soak.ts";
import { filterTree } from "../path/arbitrary-tree.ts";
import { naiveMatch } from "./naive-filter.ts";
import { EXTENSION, sampleType } from "./sample-type.ts";

const SEEDED = runs({ seed: 7643, numRuns: 2000 });

const word = fc.constantFrom("", "a", "A", "ab", "aB", "Äb", "äB", "b", "true");
const number = fc.constantFrom(-1, 0, 1, 2.5, 10);
const dates = [
  "2011-05-13T04:42:34Z",
  "2011-05-13T06:42:34+02:00",
  "2011-05-13T04:42:34.5Z",
  "2011-05-12T23:42:34.500-05:00",
  "1999-12-31T23:59:59.999Z",
];
const date = fc.constantFrom(...dates);

const ORDER: readonly ComparisonOperator[] = ["eq", "ne", "gt", "ge", "lt", "le"];
const TEXT: readonly ComparisonOperator[] = [...ORDER, "co", "sw", "ew"];

function test(name: string, operators: readonly ComparisonOperator[], value: fc.Arbitrary<string | number | boolean>) {
  const cut = name.lastIndexOf(":");
  const [attribute = "", sub] = name.slice(cut + 1).split(".");
  const path = { schema: cut === -1 ? undefined : name.slice(0, cut), attribute, sub, position: 0 };
  const compared = fc.record({
    type: fc.constant("comparison" as const),
    path: fc.constant(path),
    operator: fc.constantFrom(...operators),
    value,
  });
  const withNull = fc.record({
    type: fc.constant("comparison" as const),
    path: fc.constant(path),
    operator: fc.constantFrom("eq" as const, "ne" as const),
    value: fc.constant(null),
  });
  return fc.oneof(
    { weight: 6, arbitrary: compared },
    { weight: 1, arbitrary: withNull },
    { weight: 1, arbitrary: fc.constant({ type: "present" as const, path }) },
  );
}

function nest(inner: fc.Arbitrary<FilterTree>, depth: number): fc.Arbitrary<FilterTree> {
  if (depth === 0) return inner;
  const smaller = nest(inner, depth - 1);
  const terms = fc.array(smaller, { minLength: 2, maxLength: 3 });
  return fc.oneof(
    inner,
    fc.record({ type: fc.constantFrom("and" as const, "or" as const), terms }),
    fc.record({ type: fc.constant("not" as const), term: smaller }),
  );
}

function inBrackets(attribute: string, filter: fc.Arbitrary<FilterTree>): fc.Arbitrary<FilterTree> {
  const path = { schema: undefined, attribute, sub: undefined, position: 0 };
  return fc.record({ type: fc.constant("valuePath" as const), path: fc.constant(path), filter });
}

const ofItem = fc.oneof(
  test("value", TEXT, word),
  test("TYPE", TEXT, word),
  test("primary", ["eq", "ne"], fc.boolean()),
  test("rank", ORDER, number),
  test("labels", TEXT, word),
);

const fitting: fc.Arbitrary<FilterTree> = nest(
  fc.oneof(
    test("TEXT", TEXT, word),
    test("exact", TEXT, word),
    test("flag", ["eq", "ne"], fc.boolean()),
    test("count", ORDER, number),
    test("since", ORDER, date),
    test("tags", TEXT, word),
    test("name.formal", TEXT, word),
    test("urn:example:2.0:sample:Items.value", TEXT, word),
    test("items", TEXT, word),
    test("items.rank", ORDER, number),
    test("items.labels", TEXT, word),
    test(`${EXTENSION}:badge`, TEXT, word),
    test(`${EXTENSION}:boss`, TEXT, word),
    inBrackets("items", nest(ofItem, 2)),
    inBrackets("name", nest(test("formal", TEXT, word), 1)),
    inBrackets("tags", nest(test("value", TEXT, word), 1)),
  ),
  2,
);

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 8 });
const anyOf = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(members, { requiredKeys: [] });
const listOf = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(orNull(arbitrary), { maxLength: 3 });

const resource = anyOf({
  text: orNull(word),
  exact: orNull(word),
  flag: orNull(fc.boolean()),
  count: orNull(number),
  since: orNull(date),
  tags: orNull(listOf(word)),
  name: orNull(anyOf({ formal: orNull(word), nick: word })),
  items: orNull(
    listOf(
      anyOf({ value: orNull(word), type: word, primary: fc.boolean(), rank: orNull(number), labels: listOf(word) }),
    ),
  ),
  [EXTENSION]: orNull(anyOf({ badge: orNull(word), boss: orNull(anyOf({ value: word, title: word })) })),
});

it("a compiled filter agrees with a slow reading of the RFC", () => {
  fc.assert(
    fc.property(fitting, fc.array(resource, { minLength: 1, maxLength: 5 }), (tree, resources) => {
      const matches = compileFilter(tree, sampleType);
      for (const each of resources) expect(matches(each)).toBe(naiveMatch(tree, sampleType, each));
    }),
    SEEDED,
  );
});

it("texts are compared as if all of them had been folded", () => {
  const piece = fc.constantFrom(
    "a",
    "A",
    "e",
    "é",
    "E\u0301",
    "\u0301",
    "ﬁ",
    "fi",
    "İ",
    "i",
    "Σ",
    "ς",
    "K",
    "k",
    "ß",
    "Ａ",
  );
  const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: "binary" })), text, (value, literal) => {
      expect(foldsTo(value, foldString(literal))).toBe(foldString(value) === foldString(literal));
      expect(foldsTo(value, foldString(value))).toBe(true);
    }),
    SEEDED,
  );
});

it("an instant is the same in every offset", () => {
  const milliseconds = fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9998, 0) });
  const digits = fc.stringMatching(/^[0-9]{0,7}$/);
  fc.assert(
    fc.property(milliseconds, fc.integer({ min: -840, max: 840 }), digits, (at, offset, more) => {
      expect(instantOf(new Date(at).toISOString())).toBe(at);
      const local = new Date(at + offset * 60_000).toISOString().slice(0, -1) + more;
      const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
      const zone = `${offset < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
      expect(instantOf(local + zone)).toBe(instantOf(`${new Date(at).toISOString().slice(0, -1)}${more}Z`));
    }),
    SEEDED,
  );
});

it("a filter reads only the attributes that topLevelNames tells", () => {
  fc.assert(
    fc.property(fitting, resource, (tree, whole) => {
      const names = topLevelNames(resolveFilter(tree, sampleType));
      const part = Object.fromEntries(Object.entries(whole).filter(([name]) => names.has(name)));
      const matches = compileFilter(tree, sampleType);
      expect(matches(part)).toBe(matches(whole));
    }),
    runs({ seed: 7643, numRuns: 500 }),
  );
});

it("any filter is compiled or refused with a ScimError, and evaluates over anything", () => {
  fc.assert(
    fc.property(fc.oneof(filterTree, fitting), fc.object(), fc.boolean(), (tree, anything, absent) => {
      try {
        expect(typeof compileFilter(tree, sampleType, { unknown: absent ? "absent" : "reject" })(anything)).toBe(
          "boolean",
        );
      } catch (error) {
        if (!isScimError(error)) throw error;
      }
    }),
    runs({ seed: 7643, numRuns: 500 }),
  );
});
