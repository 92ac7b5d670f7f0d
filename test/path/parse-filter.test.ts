import { describe, expect, it } from "vitest";
import { InvalidFilterError } from "../../src/errors/request-errors.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { printFilter } from "../../src/path/print.ts";
import type { FilterLeniencies, ParseFilterOptions } from "../../src/path/tree.ts";

/** The canonical spelling of what a text was read as. */
function read(text: string, options?: ParseFilterOptions): string {
  return printFilter(parseFilter(text, options));
}

function fault(text: string, options?: ParseFilterOptions): InvalidFilterError {
  try {
    parseFilter(text, options);
  } catch (error) {
    if (error instanceof InvalidFilterError) return error;
    throw error;
  }
  throw new Error(`${text.slice(0, 50)} was accepted`);
}

/** How a text is read with some leniencies on, and which of them it made use of. */
function lenient(text: string, leniencies: FilterLeniencies): [string, ...string[]] {
  const used: string[] = [];
  const spelling = read(text, { leniencies, onLeniency: (name) => used.push(name) });
  return [spelling, ...used];
}

describe("parseFilter", () => {
  it("binds not tighter than and, and and tighter than or [req 101]", () => {
    expect(parseFilter("a pr or b pr and not (c pr) or d pr")).toMatchObject({
      type: "or",
      terms: [
        { type: "present" },
        { type: "and", terms: [{ type: "present" }, { type: "not", term: { path: { attribute: "c" } } }] },
        { path: { attribute: "d" } },
      ],
    });
    expect(read("((a pr) OR (b pr)) AND NOT(c pr)")).toBe("(a pr or b pr) and not (c pr)");
  });

  it("splits paths and says where they began [req 113]", () => {
    expect(parseFilter('x pr and urn:a:2.0:User:name.given eq "v"')).toEqual({
      type: "and",
      terms: [
        { type: "present", path: { schema: undefined, attribute: "x", sub: undefined, position: 0 } },
        {
          type: "comparison",
          path: { schema: "urn:a:2.0:User", attribute: "name", sub: "given", position: 9 },
          operator: "eq",
          value: "v",
        },
      ],
    });
  });

  it("reads values as JSON does [req 102]", () => {
    const values = ['"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00"', "-0", "1.5E+2", "0.1", "true", "false", "null"];
    expect(values.map((value) => read(`a eq ${value}`))).toEqual([
      `a eq ${JSON.stringify('"\\/\b\f\n\r\té😀')}`,
      "a eq 0",
      "a eq 150",
      "a eq 0.1",
      "a eq true",
      "a eq false",
      "a eq null",
    ]);
    for (const value of [
      "01",
      "+1",
      ".5",
      "1.",
      "1e",
      "NaN",
      "Infinity",
      "1e999",
      "TRUE",
      '"\t"',
      '"\\x41"',
      '"\\u00g0"',
    ]) {
      expect(() => parseFilter(`a eq ${value}`), value).toThrow(InvalidFilterError);
    }
  });

  it("takes names that look like operators, and $ref", () => {
    expect(read("not pr and and pr or eq eq 1 and PR.Pr Pr and m[$ref pr]")).toBe(
      "not pr and and pr or eq eq 1 and PR.Pr pr and m[$ref pr]",
    );
    for (const name of ["__proto__", "_a", "1a", "$schema", "a.b.c", "a.", ".a", "a..b", "a:", ":a", "ä", "1urn:x:a"]) {
      expect(() => parseFilter(`${name} pr`), name).toThrow(InvalidFilterError);
    }
  });

  it("says where it stopped and what it expected there, and repeats no value [req 106]", () => {
    const faults = [
      ["", "position 0", "attribute name"],
      ['userName eq "s3cret" "more', "position 21", '"and", "or" or the end'],
      ["userName regex s3cret", "position 9", "operator"],
      ["userName eq s3cret", "position 12", "value"],
      ['(a pr or b eq "s3cret"', "position 22", '")"'],
      ['a[b eq "s3cret"', "position 15", '"]"'],
      ['a[b[c eq "s3cret"]]', "position 3", "brackets"],
      ["a pr and", "position 8", "space"],
      ["a pr and ", "position 9", "attribute name"],
      ['a eq "s3cret', "position 5", "closing quote"],
      ["a.__proto__ pr", "position 2", "attribute name"],
    ] as const;
    for (const [text, position, expected] of faults) {
      const error = fault(text);
      expect(error.detail).toContain(`at ${position}:`);
      expect(error.detail).toContain(expected);
      expect(error.detail).not.toContain("s3cret");
      expect(error.position).toBe(Number(position.slice("position ".length)));
    }
  });
});

describe("limits [req 115]", () => {
  it("refuse what is too long, too deep, or has too many terms", () => {
    const terms = (count: number) => Array.from({ length: count }, () => "a pr").join(" and ");
    expect(() => parseFilter(`a eq "${"x".repeat(9_993)}"`)).not.toThrow();
    expect(fault(`a eq "${"x".repeat(9_994)}"`).detail).toContain("10000");
    expect(() => parseFilter(terms(500))).not.toThrow();
    expect(fault(terms(501)).detail).toContain("500");
    const nested = (depth: number) => `${"not (".repeat(depth)}a pr${")".repeat(depth)}`;
    expect(() => parseFilter(nested(50))).not.toThrow();
    expect(fault(nested(51)).detail).toContain("50");
    expect(fault("a[(b pr)]", { maxDepth: 1 }).position).toBe(3);
    expect(fault("not not not a pr", { maxDepth: 2, leniencies: { notWithoutParentheses: true } }).detail).toContain(
      "2",
    );
    expect(fault("a[b pr or c pr]", { maxTerms: 1 }).position).toBe(10);
  });

  it("can be set, but to numbers that make sense only", () => {
    for (const options of [{ maxDepth: 501 }, { maxDepth: 0 }, { maxTerms: 1.5 }, { maxLength: Number.NaN }]) {
      expect(() => parseFilter("a pr", options)).toThrow(TypeError);
    }
    const deepest = `${"not (".repeat(500)}a pr${")".repeat(500)}`;
    expect(read(deepest, { maxDepth: 500 })).toBe(deepest);
  });

  it("hold for inputs of a megabyte, which are read or refused", () => {
    const size = 1_000_000;
    const options = {
      maxLength: 2 * size,
      maxTerms: size,
      leniencies: { bareValues: true, notWithoutParentheses: true },
    };
    for (const piece of [
      "(",
      ")",
      "[",
      "a[",
      "not ",
      "not(",
      "a pr and (",
      '"',
      "\\",
      " ",
      "a",
      ".",
      ":",
      "a.",
      "a:",
    ]) {
      const text = piece.repeat(size / piece.length);
      expect(() => parseFilter(text), piece).toThrow(InvalidFilterError);
      expect(() => parseFilter(text, options), piece).toThrow(InvalidFilterError);
      expect(() => parseFilter(`a eq "${text}`, options), piece).toThrow(InvalidFilterError);
      // White space alone may follow a comparison, however much of it.
      if (piece === " ") expect(read(`a pr ${text}`, options)).toBe("a pr");
      else expect(() => parseFilter(`a pr ${text}`, options), piece).toThrow(InvalidFilterError);
    }
    expect(parseFilter(`a eq "${"\\n".repeat(size / 2)}"`, options)).toMatchObject({ value: "\n".repeat(size / 2) });
    const many = parseFilter(`a pr${" and a pr".repeat(size / 10)}`, options);
    expect(many.type === "and" && many.terms.length).toBe(size / 10 + 1);
  });
});

describe("leniencies", () => {
  it("valuePathComparison draws the comparison behind the brackets into them [req 110]", () => {
    const on = { valuePathComparison: true };
    const drawn = (text: string) => lenient(text, on)[0];
    expect(lenient('e[type eq "work"].value eq "x"', on)).toEqual([
      'e[type eq "work" and value eq "x"]',
      "valuePathComparison",
    ]);
    expect(drawn("e[a pr or b pr].c pr or d pr")).toBe("e[(a pr or b pr) and c pr] or d pr");
    expect(drawn("e[a pr and b pr].c pr")).toBe("e[a pr and b pr and c pr]");
    expect(drawn("not (e[a pr] pr) and e[b pr]")).toBe("not (e[a pr]) and e[b pr]");
    expect(lenient("e[a pr] and b pr", on)).toEqual(["e[a pr] and b pr"]);
    for (const text of ["e[a pr].", "e[a pr].c", "e[a pr].c.d pr", "e[a pr].urn:x:c pr", "e[a pr] eq 1", "e[a pr]pr"]) {
      expect(() => parseFilter(text, { leniencies: on }), text).toThrow(InvalidFilterError);
    }
  });

  it("bareValues takes a word for a string, but no word of the grammar [req 114]", () => {
    const on = { bareValues: true };
    expect(lenient("(a eq b@c.d or a eq 007) and d ge 2011-05-13T04:42:34Z", on)).toEqual([
      '(a eq "b@c.d" or a eq "007") and d ge "2011-05-13T04:42:34Z"',
      "bareValues",
    ]);
    expect(lenient("a eq 7 and b eq true and c eq null", on)).toEqual(["a eq 7 and b eq true and c eq null"]);
    for (const value of ["and", "OR", "not", "pr", "eq", "'x'", "", "(x)", 'x"y"']) {
      expect(() => parseFilter(`a eq ${value}`, { leniencies: on }), value).toThrow(InvalidFilterError);
    }
  });

  it("singleQuotes, capitalBooleans and notWithoutParentheses accept what their names say", () => {
    expect(lenient("a eq 'it\\'s \"b\"'", { singleQuotes: true })).toEqual(['a eq "it\'s \\"b\\""', "singleQuotes"]);
    expect(lenient("a eq True or a eq FALSE", { capitalBooleans: true })).toEqual([
      "a eq true or a eq false",
      "capitalBooleans",
    ]);
    expect(lenient('a pr and NOT b eq "x" and c pr', { notWithoutParentheses: true })).toEqual([
      'a pr and not (b eq "x") and c pr',
      "notWithoutParentheses",
    ]);
    expect(lenient("not pr and not eq 1 and not (a pr)", { notWithoutParentheses: true })).toEqual([
      "not pr and not eq 1 and not (a pr)",
    ]);
  });

  it("are reported once, and only if all of the text could be read", () => {
    const used: string[] = [];
    const options = { leniencies: { bareValues: true }, onLeniency: (name: string) => used.push(name) };
    expect(() => parseFilter("a eq b and", options)).toThrow(InvalidFilterError);
    expect(used).toEqual([]);
    parseFilter("a eq b and c eq d", options);
    expect(used).toEqual(["bareValues"]);
  });
});
