import fc from "fast-check";
import type { AttributePath, ComparisonOperator, FilterTree, PatchPath } from "../../src/path/tree.ts";

/** The same tree as if it had been written nowhere: for comparing what was read from different texts. */
export function withoutPositions<T>(tree: T): T {
  return JSON.parse(JSON.stringify(tree), (key, value) => (key === "position" ? 0 : value));
}

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9$_-]{0,5}$/);
const schema = fc.constantFrom("urn:example:2.0:User", "urn:a.b:c", "http://example.com/s");
const path: fc.Arbitrary<AttributePath> = fc.record({
  schema: fc.option(schema, { nil: undefined, freq: 4 }),
  attribute: fc.oneof({ weight: 9, arbitrary: name }, { weight: 1, arbitrary: fc.constantFrom("$ref", "not", "and") }),
  sub: fc.option(name, { nil: undefined }),
  position: fc.constant(0),
});

const operator: fc.Arbitrary<ComparisonOperator> = fc.constantFrom(
  "eq",
  "ne",
  "co",
  "sw",
  "ew",
  "gt",
  "ge",
  "lt",
  "le",
);

const value = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.boolean(),
  fc.constant(null),
);

const test: fc.Arbitrary<FilterTree> = fc.oneof(
  fc.record({ type: fc.constant("comparison" as const), path, operator, value }),
  fc.record({ type: fc.constant("present" as const), path }),
);

function expression(inner: fc.Arbitrary<FilterTree>, depth: number): fc.Arbitrary<FilterTree> {
  if (depth === 0) return inner;
  const smaller = expression(inner, depth - 1);
  return fc.oneof(
    { weight: 2, arbitrary: inner },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constantFrom("and" as const, "or" as const),
        terms: fc.array(smaller, { minLength: 2, maxLength: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("not" as const), term: smaller }) },
  );
}

const bracketed = expression(test, 2);

const valuePath: fc.Arbitrary<FilterTree> = fc.record({
  type: fc.constant("valuePath" as const),
  path,
  filter: bracketed,
});

/** Filters of every form the grammar has. */
export const filterTree: fc.Arbitrary<FilterTree> = expression(fc.oneof(test, valuePath), 3);

/** Paths of PATCH operations of every form the grammar has. */
export const patchPath: fc.Arbitrary<PatchPath> = fc.oneof(
  fc.record({ path, filter: fc.constant(undefined), sub: fc.constant(undefined) }),
  fc.record({ path, filter: bracketed, sub: fc.option(name, { nil: undefined }) }),
);

/** Texts that look like filters and paths enough to reach every corner of the parsers. */
export const nearlyFilter: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom("a", "a.b", "urn:x:2.0:a", "not", "and", "or", "pr", "eq", "co", "(", ")", "[", "]", ".", ":"),
      fc.constantFrom(
        '"x"',
        '"',
        "'",
        "\\",
        '"\\u12',
        "true",
        "True",
        "null",
        "1",
        "-1.5e3",
        "1e999",
        "__proto__",
        "$ref",
      ),
      fc.string({ maxLength: 3, unit: "binary" }),
    ),
    { maxLength: 20 },
  )
  .chain((pieces) => fc.constantFrom("", " ").map((between) => pieces.join(between)));
