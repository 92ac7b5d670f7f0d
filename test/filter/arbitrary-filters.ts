import fc from "fast-check";
import type { ComparisonOperator, FilterTree } from "../../src/path/tree.ts";
import { EXTENSION } from "./sample-type.ts";

/** Texts that meet each other in any case; the last two are ordered otherwise by UTF-16 than by code points. */
export const word: fc.Arbitrary<string> = fc.constantFrom(
  "",
  "a",
  "A",
  "ab",
  "aB",
  "Äb",
  "äB",
  "b",
  "true",
  "%",
  "a_",
  "\ue000",
  "\u{1f600}",
);
const number = fc.constantFrom(-1, 0, 1, 2.5, 10, 0.1, 1e21, -1e-7, 2 ** 60);
const dates = [
  "2011-05-13T04:42:34Z",
  "2011-05-13T06:42:34+02:00",
  "2011-05-13T04:42:34.5Z",
  "2011-05-12T23:42:34.500-05:00",
  "1999-12-31T23:59:59.999Z",
];
/** Instants in several spellings. */
export const date: fc.Arbitrary<string> = fc.constantFrom(...dates);

/** What numbers and dates can be compared by. */
export const ORDER: readonly ComparisonOperator[] = ["eq", "ne", "gt", "ge", "lt", "le"];
/** What texts can be compared by. */
export const TEXT: readonly ComparisonOperator[] = [...ORDER, "co", "sw", "ew"];

/** Comparisons and presence tests of one attribute. */
export function test(
  name: string,
  operators: readonly ComparisonOperator[],
  value: fc.Arbitrary<string | number | boolean>,
): fc.Arbitrary<Extract<FilterTree, { type: "comparison" | "present" }>> {
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

/** Combinations of these filters. */
export function nest(inner: fc.Arbitrary<FilterTree>, depth: number): fc.Arbitrary<FilterTree> {
  if (depth === 0) return inner;
  const smaller = nest(inner, depth - 1);
  const terms = fc.array(smaller, { minLength: 2, maxLength: 3 });
  return fc.oneof(
    inner,
    fc.record({ type: fc.constantFrom("and" as const, "or" as const), terms }),
    fc.record({ type: fc.constant("not" as const), term: smaller }),
  );
}

/** Filters that speak of one element of this attribute. */
export function inBrackets(attribute: string, filter: fc.Arbitrary<FilterTree>): fc.Arbitrary<FilterTree> {
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

/** Filters on the sample type. */
export const fitting: fc.Arbitrary<FilterTree> = fittingWith([]);

/** The same with further terms among them. */
export function fittingWith(more: readonly fc.Arbitrary<FilterTree>[]): fc.Arbitrary<FilterTree> {
  return nest(
    fc.oneof(
      ...more,
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
}

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 8 });
const anyOf = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(members, { requiredKeys: [] });
const listOf = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(orNull(arbitrary), { maxLength: 3 });

/** Resources of the sample type. */
export const resource: fc.Arbitrary<Readonly<Record<string, unknown>>> = anyOf({
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
