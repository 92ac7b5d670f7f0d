import fc from "fast-check";
import { expect, it } from "vitest";
import { isScimError } from "../../src/errors/scim-error.ts";
import { compileFilter } from "../../src/filter/compile-filter.ts";
import { foldsTo, foldsToBeginWith, foldsToEndWith } from "../../src/filter/folds-to.ts";
import { foldString } from "../../src/values/fold.ts";
import { instantOf } from "../../src/values/instant.ts";
import { runs } from "../helpers/soak.ts";
import { filterTree } from "../path/arbitrary-tree.ts";
import { fitting, resource } from "./arbitrary-filters.ts";
import { naiveMatch } from "./naive-filter.ts";
import { sampleType } from "./sample-type.ts";

const SEEDED = runs({ seed: 7643, numRuns: 2000 });

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
      const folded = foldString(literal);
      expect(foldsToBeginWith(value, folded)).toBe(foldString(value).startsWith(folded));
      expect(foldsToEndWith(value, folded)).toBe(foldString(value).endsWith(folded));
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
