import { describe, expect, it } from "vitest";
import { InvalidFilterError } from "../../src/errors/request-errors.ts";
import { compileFilter } from "../../src/filter/compile-filter.ts";
import type { ResolveFilterOptions } from "../../src/filter/resolve-filter.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { printFilter } from "../../src/path/print.ts";
import type { FilterLeniencies } from "../../src/path/tree.ts";
import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { type CorpusCase, cases, inline, toCorpusTree, users } from "./filters-corpus.ts";
import { ambiguous, inlineExceptions, inlineOutcomes } from "./filters-decisions.ts";
import { inlineTypes } from "./filters-types.ts";

const LENIENT: FilterLeniencies = {
  valuePathComparison: true,
  bareValues: true,
  singleQuotes: true,
  capitalBooleans: true,
  notWithoutParentheses: true,
};

type Resources = Readonly<Record<string, Record<string, unknown>>>;

/** What a filter came to: the names of those that match, or the error; and the leniencies and coercions it made use of. */
interface Outcome {
  readonly matches: readonly string[] | "invalidFilter";
  readonly used: readonly string[];
}

function outcome(text: string, type: ResourceType, resources: Resources, options: Options = {}): Outcome {
  const used: string[] = [];
  const { leniencies, ...resolving } = options;
  try {
    const tree = parseFilter(text, { leniencies, onLeniency: (name) => used.push(name) });
    const matches = compileFilter(tree, type, { ...resolving, onCoerce: (name) => used.push(name) });
    return { matches: Object.keys(resources).filter((name) => matches(resources[name] ?? {})), used };
  } catch (error) {
    if (!(error instanceof InvalidFilterError)) throw error;
    expect(error.toJSON()).toMatchObject({ status: "400", scimType: "invalidFilter" });
    expect(error.position).toBeGreaterThanOrEqual(0);
    expect(error.detail).toContain(`position ${error.position}`);
    return { matches: "invalidFilter", used };
  }
}

type Options = Pick<ResolveFilterOptions, "unknown" | "coerceBooleans" | "coerceNumbers"> & {
  readonly leniencies?: FilterLeniencies;
};

const ALL_ON: Options = { leniencies: LENIENT, coerceBooleans: true, coerceNumbers: true };

/** The only normative case answered otherwise than the corpus has it, unless unknown attributes count as absent. */
const PASSWORD = 'password eq "t1meMa$heen"';

function ofUsers(text: string, options?: Options): Outcome {
  return outcome(text, userResourceType, users, options);
}

const normative = cases.filter(({ profile }) => profile === "rfc" || profile === "rfc-lenient-whitespace");
const invalid = normative.filter(({ valid }) => valid === false);
const mistyped = normative.filter(({ valid, expect: expected }) => valid && expected?.status === 400);
const known = normative.filter(({ matches }) => matches !== undefined);
const unknown = normative.filter(({ unknownAttributes }) => unknownAttributes === true);
const unclear = cases.filter(({ profile }) => profile === "ambiguous");
const vendors = cases.filter((each) => each.lenient !== undefined);

function counts(list: readonly { profile?: string | undefined }[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { profile = "rfc" } of list) result[profile] = (result[profile] ?? 0) + 1;
  return result;
}

describe("the corpus of filters", () => {
  it("is looked at case by case, none left out", () => {
    expect(counts(cases)).toEqual({
      rfc: 593,
      ambiguous: 37,
      "rfc-lenient-whitespace": 20,
      "entra-valuepath-subattr": 6,
      "unquoted-value": 6,
      "quoted-boolean": 3,
      "not-without-parens": 2,
      "valuepath-pr": 1,
      "single-quotes": 1,
      "capital-boolean": 1,
      "number-vs-string": 1,
      "extra-whitespace": 1,
    });
    expect([invalid, mistyped, known, unknown, unclear, vendors].map((list) => list.length)).toEqual([
      166, 10, 282, 155, 37, 22,
    ]);
    expect([...invalid, ...mistyped, ...known, ...unknown, ...unclear, ...vendors]).toHaveLength(cases.length);
    expect(new Set([...invalid, ...mistyped, ...known, ...unknown, ...unclear, ...vendors]).size).toBe(cases.length);
  });

  it.each(invalid)("$id refuses $filter [req 106]", ({ filter }) => {
    expect(() => parseFilter(filter)).toThrow(InvalidFilterError);
    const lenient = ofUsers(filter, ALL_ON);
    // A text that bears a vendor's mark may be read; one without is refused whatever is switched on.
    if (lenient.used.length === 0) expect(() => parseFilter(filter, ALL_ON)).toThrow(InvalidFilterError);
  });

  it.each(mistyped)("$id parses $filter and refuses to evaluate it [req 105]", ({ filter }) => {
    expect(printFilter(parseFilter(filter))).not.toBe("");
    expect(ofUsers(filter).matches).toBe("invalidFilter");
    expect(ofUsers(filter, { ...ALL_ON, unknown: "absent" }).matches).toBe("invalidFilter");
  });

  it.each(known)("$id $filter matches $matches [req 100]", ({ filter, ast, matches }) => {
    expect(toCorpusTree(parseFilter(filter))).toEqual(ast);
    expect(toCorpusTree(parseFilter(printFilter(parseFilter(filter))))).toEqual(ast);
    const expected = filter === PASSWORD ? "invalidFilter" : matches;
    expect(ofUsers(filter)).toEqual({ matches: expected, used: [] });
    expect(ofUsers(filter, ALL_ON)).toEqual({ matches: expected, used: [] });
    expect(ofUsers(filter, { unknown: "absent" })).toEqual({ matches, used: [] });
  });

  it.each(unknown)("$id refuses $filter or takes its attributes for absent [req 107]", (each) => {
    expect(toCorpusTree(parseFilter(each.filter))).toEqual(each.ast);
    expect(toCorpusTree(parseFilter(printFilter(parseFilter(each.filter))))).toEqual(each.ast);
    const absent = each.matchesIfTreatedAsAbsent;
    const strict = ofUsers(each.filter);
    if (strict.matches !== "invalidFilter") expect(strict.matches).toEqual(absent);
    const treated = ofUsers(each.filter, { unknown: "absent" });
    expect(treated.matches).not.toBe("invalidFilter");
    // Where the corpus leaves open what absence means for null and ne, that is decided by the cases below.
    if (absent !== undefined && absent !== null) expect(treated).toEqual({ matches: absent, used: [] });
    expect(ofUsers(each.filter, { ...ALL_ON, unknown: "absent" })).toEqual(treated);
  });

  it("rejects unknown attributes, but not brackets after a single complex attribute, which are known", () => {
    const accepted = unknown.filter(({ filter }) => ofUsers(filter).matches !== "invalidFilter");
    expect(accepted.map(({ filter }) => filter)).toEqual([
      'name[formatted eq "foobar"]',
      'name[givenName eq "goldfish"]',
      'name[not (formatted eq "foobar")]',
      'name[givenName eq "Jane" and (familyName co "avi" or familyName ew "ith")]',
    ]);
  });
});

describe("filters on whose meaning the RFC is silent", () => {
  it("are all decided", () => {
    const decided = Object.entries(ambiguous).flatMap(([kind, ids]) => Object.keys(ids).map((id) => `${kind}: ${id}`));
    expect(decided.sort()).toEqual(unclear.map((each) => `${each.ambiguous}: ${each.id}`).sort());
  });

  it.each(unclear)("$id $filter: $ambiguous [req 111, 112]", ({ id, filter, ast, ambiguous: kind = "" }) => {
    expect(toCorpusTree(parseFilter(filter))).toEqual(ast);
    const decision = ambiguous[kind]?.[id];
    expect(ofUsers(filter)).toEqual({ matches: decision?.plain, used: [] });
    const lenient = ofUsers(filter, ALL_ON);
    expect(lenient.matches).toEqual(decision?.lenient ?? decision?.plain);
    expect(lenient.used.length > 0).toBe(decision?.lenient !== undefined);
  });
});

describe("vendors' own spellings", () => {
  const marks: Readonly<Record<string, readonly string[]>> = {
    "entra-valuepath-subattr": ["valuePathComparison"],
    "valuepath-pr": ["valuePathComparison"],
    "unquoted-value": ["bareValues"],
    "not-without-parens": ["notWithoutParentheses"],
    "single-quotes": ["singleQuotes"],
    "capital-boolean": ["capitalBooleans"],
    "quoted-boolean": ["coerceBooleans"],
    "number-vs-string": ["coerceNumbers"],
    "extra-whitespace": [],
  };

  it.each(vendors)("$id $filter [req 110, 114]", (each: CorpusCase) => {
    if (each.strict === "400 invalidFilter") expect(() => parseFilter(each.filter)).toThrow(InvalidFilterError);
    else expect(() => parseFilter(each.filter)).not.toThrow();
    const used = marks[each.profile];
    const expected = { matches: each.lenient?.matches, used };
    expect(ofUsers(each.filter, ALL_ON)).toEqual(expected);
    expect(ofUsers(each.lenient?.equivalentTo ?? "")).toEqual({ ...expected, used: [] });
    // Only white space needs nothing switched on.
    expect(ofUsers(each.filter).matches).toEqual(used?.length === 0 ? each.lenient?.matches : "invalidFilter");
  });
});

describe.each(inline)("the resources of $group", ({ group, resources, cases: list }) => {
  const type = inlineTypes[group] ?? userResourceType;

  it.each(list)("$filter [req 103, 104]", (each) => {
    const lenient = outcome(each.filter, type, resources, ALL_ON);
    const plain = outcome(each.filter, type, resources);
    if (inlineExceptions[each.filter] !== undefined) {
      expect([plain.matches, lenient.matches]).toEqual(["invalidFilter", "invalidFilter"]);
      return;
    }
    expect(lenient.matches).toEqual(inlineOutcomes[each.filter] ?? each.rfcMatches ?? each.matches);
    expect(plain).toEqual(lenient.used.length === 0 ? lenient : { matches: "invalidFilter", used: [] });
    if (each.profile === undefined) expect(lenient.used).toEqual([]);
  });
});

describe("the inline groups", () => {
  it("are looked at case by case, none left out", () => {
    expect(Object.keys(inlineTypes).sort()).toEqual(inline.map(({ group }) => group).sort());
    const all = inline.flatMap(({ cases: list }) => list);
    expect(counts(all)).toMatchInlineSnapshot(`
      {
        "ambiguous-null": 9,
        "quoted-boolean": 3,
        "rfc": 116,
        "unquoted-value": 6,
        "unquoted-value server-assigned-meta": 3,
        "vendor": 11,
        "vendor-case-sensitive": 3,
        "vendor-partial-date": 5,
        "vendor-type-mismatch": 6,
      }
    `);
    const filters = new Set(all.map(({ filter }) => filter));
    for (const filter of [...Object.keys(inlineExceptions), ...Object.keys(inlineOutcomes)]) {
      expect(filters, filter).toContain(filter);
    }
  });

  it("take an unknown attribute for absent where asked to", () => {
    const group = inline.find((each) => each.group === "i2scim-memory");
    const type = inlineTypes["i2scim-memory"] ?? userResourceType;
    const options: Options = { ...ALL_ON, unknown: "absent" };
    expect(outcome("undefinedattr eq bleh", type, group?.resources ?? {}, options).matches).toEqual([]);
    expect(outcome(PASSWORD, type, group?.resources ?? {}, options).matches).toEqual([]);
  });
});
