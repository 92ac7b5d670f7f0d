import fc from "fast-check";
import { expect, it } from "vitest";
import { isScimError } from "../../src/errors/scim-error.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { parseAttributePath, parsePath } from "../../src/path/parse-path.ts";
import { printAttributePath, printFilter, printPath } from "../../src/path/print.ts";
import type { ParseFilterOptions } from "../../src/path/tree.ts";
import { runs } from "../helpers/soak.ts";
import { filterTree, nearlyFilter, patchPath, withoutPositions } from "./arbitrary-tree.ts";

const SEEDED = runs({ seed: 7644, numRuns: 500 });

const LENIENT: ParseFilterOptions = {
  leniencies: {
    valuePathComparison: true,
    bareValues: true,
    singleQuotes: true,
    capitalBooleans: true,
    notWithoutParentheses: true,
  },
};

/** Runs a parser; anything thrown must be a ScimError. */
function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!isScimError(error)) throw error;
    return undefined;
  }
}

it("reads back every filter that it prints", () => {
  fc.assert(
    fc.property(filterTree, (tree) => {
      const text = printFilter(tree);
      const read = parseFilter(text, { maxLength: 1_000_000 });
      expect(withoutPositions(read)).toEqual(withoutPositions(tree));
      expect(printFilter(read)).toBe(text);
    }),
    SEEDED,
  );
});

it("reads a correct filter in the same way with every leniency on, and reports none", () => {
  fc.assert(
    fc.property(filterTree, (tree) => {
      const used: string[] = [];
      const options = { ...LENIENT, maxLength: 1_000_000, onLeniency: (name: string) => used.push(name) };
      expect(withoutPositions(parseFilter(printFilter(tree), options))).toEqual(withoutPositions(tree));
      expect(used).toEqual([]);
    }),
    SEEDED,
  );
});

it("reads back every path that it prints", () => {
  fc.assert(
    fc.property(patchPath, (path) => {
      const text = printPath(path);
      const read = parsePath(text, { maxLength: 1_000_000 });
      expect(withoutPositions(read)).toEqual(withoutPositions(path));
      expect(printPath(read)).toBe(text);
      if (path.filter === undefined) expect(printAttributePath(parseAttributePath(text))).toBe(text);
    }),
    SEEDED,
  );
});

it("returns a tree or a ScimError for any text, and reads what it accepted again from its print", () => {
  fc.assert(
    fc.property(fc.oneof(nearlyFilter, fc.string({ unit: "binary" })), fc.boolean(), (text, lenient) => {
      const options = lenient ? LENIENT : {};
      const tree = attempt(() => parseFilter(text, options));
      if (tree !== undefined) {
        expect(withoutPositions(parseFilter(printFilter(tree)))).toEqual(withoutPositions(tree));
      }
      const path = attempt(() => parsePath(text, options));
      if (path !== undefined) expect(withoutPositions(parsePath(printPath(path)))).toEqual(withoutPositions(path));
      const name = attempt(() => parseAttributePath(text));
      if (name !== undefined) expect(printAttributePath(name)).toBe(text.trim());
    }),
    runs({ seed: 7644, numRuns: 3000 }),
  );
});
