import { describe, expect, it } from "vitest";
import { InvalidFilterError, InvalidPathError } from "../../src/errors/request-errors.ts";
import { parseAttributePath, parsePath } from "../../src/path/parse-path.ts";
import { printAttributePath, printPath } from "../../src/path/print.ts";
import type { AttributePath, FilterTree } from "../../src/path/tree.ts";

function attribute(attribute: string, sub?: string, schema?: string, position = 0): AttributePath {
  return { schema, attribute, sub, position };
}

describe("parsePath [req 139]", () => {
  it("reads the four forms, with a schema and without", () => {
    const filter: FilterTree = {
      type: "comparison",
      path: attribute("type", undefined, undefined, 7),
      operator: "eq",
      value: "work",
    };
    const plain = { filter: undefined, sub: undefined };
    expect(parsePath("members")).toEqual({ path: attribute("members"), ...plain });
    expect(parsePath("name.familyName")).toEqual({ path: attribute("name", "familyName"), ...plain });
    expect(parsePath("manager.$ref")).toEqual({ path: attribute("manager", "$ref"), ...plain });
    expect(parsePath('emails[type eq "work"]')).toEqual({ path: attribute("emails"), filter, sub: undefined });
    expect(parsePath('emails[type eq "work"].value')).toEqual({ path: attribute("emails"), filter, sub: "value" });
    expect(printPath(parsePath(' urn:x.y:2.0:Ext:aliases.list [ Type EQ "smtp" ].Value '))).toBe(
      'urn:x.y:2.0:Ext:aliases.list[Type eq "smtp"].Value',
    );
  });

  it("reads the URI of a schema alone, so that it can be put together again", () => {
    const uris = ["urn:example:2.0", "urn:example:1.2.3", "urn:ietf:params:scim:x:2.0:User", "urn:example:2-x.y_z"];
    expect(uris.map((uri) => parsePath(uri).path)).toEqual([
      attribute("2", "0", "urn:example"),
      attribute("1", "2.3", "urn:example"),
      attribute("User", undefined, "urn:ietf:params:scim:x:2.0"),
      attribute("2-x", "y_z", "urn:example"),
    ]);
    for (const uri of uris) expect(printAttributePath(parseAttributePath(uri))).toBe(uri);
  });

  it.each([
    ["", 0],
    ["user Name", 5],
    ["__proto__", 0],
    ["__proto__.polluted", 0],
    ["name.__proto__.polluted", 5],
    ["urn:example:x:__proto__", 14],
    ["__proto__:a", 0],
    ["a.b.c.d", 2],
    ["2.0", 0],
    ["urn:example:2.0[a pr]", 12],
    ["a[b pr]x", 7],
    ["a[b pr].", 8],
    ["a[b pr].c.d", 8],
    ["a[b pr].c[d pr]", 9],
    ["a[b pr] pr", 8],
    ["a]", 1],
    ["a,b", 0],
    ['"a"', 0],
    ["urn:a b:c", 6],
  ])("refuses %j at position %i with invalidPath", (text, position) => {
    const parse = () => parsePath(text);
    expect(parse).toThrow(InvalidPathError);
    expect(parse).toThrow(expect.objectContaining({ position, path: text, scimType: "invalidPath" }));
    expect(parse).toThrow(`position ${position}`);
  });

  it.each([
    "a[]",
    "a[b]",
    "a[b eq]",
    'a[b eq "c"',
    'a[b eq "c].d',
    "a[b pr and]",
    "a[b[c pr]]",
    "a[' eq true].b",
    "a[",
  ])("refuses %j with invalidFilter, since the fault is inside the brackets", (text) => {
    expect(() => parsePath(text)).toThrow(InvalidFilterError);
  });

  it("has the limits and the leniencies of parseFilter", () => {
    const used: string[] = [];
    const path = parsePath("m[value eq 123abc].$ref", {
      leniencies: { bareValues: true, valuePathComparison: true },
      onLeniency: (name) => used.push(name),
    });
    expect([printPath(path), used]).toEqual(['m[value eq "123abc"].$ref', ["bareValues"]]);
    expect(() => parsePath("a".repeat(10_001))).toThrow(InvalidPathError);
    expect(() => parsePath(`a[${"(".repeat(60)}`)).toThrow(/deeper than 50/);
    const size = 1_000_000;
    for (const piece of ["a", ".", ":", "[", "]", "(", "a.", "a:", "1.", " ", '"', "a[b pr]", "a[not "]) {
      const text = piece.repeat(size / piece.length);
      for (const options of [{}, { maxLength: 2 * size, leniencies: { notWithoutParentheses: true } }]) {
        expect(() => parsePath(text, options), piece).toSatisfy((run: () => unknown) => readsOrRefuses(run));
        expect(() => parsePath(`urn:x:${text}`, options), piece).toSatisfy((run: () => unknown) => readsOrRefuses(run));
      }
      expect(() => parseAttributePath(text), piece).toThrow(InvalidPathError);
    }
  });
});

function readsOrRefuses(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    return error instanceof InvalidPathError || error instanceof InvalidFilterError;
  }
}

describe("parseAttributePath", () => {
  it("reads a name with or without its schema, and nothing more", () => {
    expect(parseAttributePath("userName")).toEqual(attribute("userName"));
    expect(parseAttributePath(" name.givenName ")).toEqual(attribute("name", "givenName", undefined, 1));
    expect(parseAttributePath("urn:x:2.0:User:a-b.$ref")).toEqual(attribute("a-b", "$ref", "urn:x:2.0:User"));
    for (const text of ["", "a b", "a,b", 'a[b eq "c"]', "a.b.c", "_a", "(a)"]) {
      expect(() => parseAttributePath(text), text).toThrow(InvalidPathError);
    }
  });
});
