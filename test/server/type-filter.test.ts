import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileResolved } from "../../src/filter/compile-filter.ts";
import { resolveFilter } from "../../src/filter/resolve-filter.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { narrowToType } from "../../src/server/lists/type-filter.ts";
import { runs } from "../helpers/soak.ts";

const term = fc.constantFrom(
  'meta.resourceType eq "User"',
  'meta.resourceType ne "User"',
  'meta.resourceType gt "H"',
  "meta.resourceType pr",
  'meta.resourceType eq "user"',
  'displayName eq "x"',
  "displayName pr",
  "userName pr",
  'userName ne "u"',
  'emails[type eq "work"]',
  'members.value eq "u"',
);
const { filter } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    term,
    tie("filter").map((inner) => `not (${inner})`),
    fc
      .tuple(tie("filter"), fc.constantFrom("and", "or"), tie("filter"))
      .map(([left, word, right]) => `(${left} ${word} ${right})`),
  ),
}));

describe("a filter narrowed to a type", () => {
  it("[req 94] holds for the same resources, and leaves no term that the type decides", () => {
    fc.assert(
      fc.property(
        filter,
        fc.constantFrom(userResourceType, groupResourceType),
        fc.constantFrom({}, { displayName: "x" }, { userName: "u", emails: [{ type: "work", value: "w" }] }),
        (text, type, attributes) => {
          const whole = resolveFilter(parseFilter(text), type, { unknown: "absent" });
          const narrowed = narrowToType(whole, type);
          const resource = { ...attributes, id: "1", meta: { resourceType: type.name } };
          const holds = narrowed === "all" || (narrowed !== "none" && compileResolved(narrowed)(resource));
          expect(holds).toBe(compileResolved(whole)(resource));
          expect(JSON.stringify(narrowed)).not.toContain("never");
          expect(JSON.stringify(narrowed)).not.toContain('"resourceType"');
        },
      ),
      runs({ seed: 94, numRuns: 300 }),
    );
  });
});
