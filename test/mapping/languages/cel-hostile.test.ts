import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourceVariables } from "../../../src/mapping/expressions/source-variables.ts";
import { celMapping } from "../../../src/mapping/languages/cel/cel-mapping.ts";
import { runs } from "../../helpers/soak.ts";
import { anyHostileCel } from "./hostile-cel.ts";

/** A resource that a hostile identity provider sends: as many and as long values as a source accepts. */
const variables = sourceVariables({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  userName: "a".repeat(30),
  nickName: `${"a".repeat(50_000)}b`,
  active: true,
  emails: Array.from({ length: 1_000 }, (_, index) => ({ value: `a${index}@example.com`, primary: index === 999 })),
});

/** What became of an expression: refused when the mapping is made, failed for this object, or a value. */
function outcomeOf(text: string): "refused" | "failed" | "value" | "nothing" {
  let mapping: ReturnType<typeof celMapping>;
  try {
    mapping = celMapping({ name: "m", side: "source", properties: { out: "any" }, attributes: { out: text } });
  } catch (error) {
    if (!(error instanceof TypeError && error.message.startsWith('celMapping "m": attribute "out": '))) throw error;
    return "refused";
  }
  try {
    const result = mapping.expression(variables) as { readonly out?: unknown };
    // JSON has every value of the result, and the result has no other.
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    return "out" in result ? "value" : "nothing";
  } catch (error) {
    if (!(error instanceof TypeError && error.message.startsWith('attribute "out": '))) throw error;
    return "failed";
  }
}

describe("hostile expressions in CEL", () => {
  it("end with a value, with nothing or with a named error, and change nothing outside", { timeout: 0 }, () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const counts = { refused: 0, failed: 0, value: 0, nothing: 0 };
    fc.assert(
      fc.property(anyHostileCel, (text) => {
        counts[outcomeOf(text)] += 1;
      }),
      runs({ seed: 12, numRuns: 10_000 }),
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect({}).not.toHaveProperty("polluted");
    // Most expressions were evaluated, and each outcome was seen.
    expect(counts.value).toBeGreaterThan(3_000);
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(50);
  });
});
