import fc from "fast-check";
import { expect, it } from "vitest";
import { compileFilter } from "../../src/filter/compile-filter.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { printFilter } from "../../src/path/print.ts";
import { runs } from "../helpers/soak.ts";
import { resourcesOf, resourceTypes } from "../schema/arbitrary-type.ts";
import { filtersOf } from "./arbitrary-filter.ts";
import { naiveMatch } from "./naive-filter.ts";

const searches = resourceTypes.chain((type) =>
  fc.record({
    type: fc.constant(type),
    filter: filtersOf(type),
    resources: fc.array(resourcesOf(type, { readOnly: true, secrets: true }), { minLength: 1, maxLength: 4 }),
  }),
);

it("a filter over random types is compiled to what a slow reading of the RFC says, as a tree and as text [req 63] [req 101] [req 103] [req 104] [req 108] [req 109]", () => {
  fc.assert(
    fc.property(searches, ({ type, filter, resources }) => {
      const matches = compileFilter(filter, type);
      const read = compileFilter(parseFilter(printFilter(filter)), type);
      for (const resource of resources) {
        const expected = naiveMatch(filter, type, resource);
        expect(matches(resource), printFilter(filter)).toBe(expected);
        expect(read(resource), printFilter(filter)).toBe(expected);
      }
    }),
    runs({ seed: 7644, numRuns: 400 }),
  );
});
