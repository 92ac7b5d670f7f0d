import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { sourceVariables } from "../../../src/mapping/expressions/source-variables.ts";
import { jsonataMapping } from "../../../src/mapping/languages/jsonata/jsonata-mapping.ts";
import { jsonataWorker } from "../../../src/mapping/languages/jsonata/jsonata-worker.ts";
import { runs } from "../../helpers/soak.ts";
import { anyHostileJsonata } from "./hostile-jsonata.ts";

const worker = jsonataWorker({ maxMs: 1_000 });
afterAll(() => worker.close());

/** A resource that a hostile identity provider sends: many and long values. */
const variables = sourceVariables({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  userName: "a".repeat(30),
  nickName: `${"a".repeat(1_000)}b`,
  active: true,
  emails: Array.from({ length: 30 }, (_, index) => ({ value: `a${index}@example.com`, primary: index === 29 })),
});

/** So many wait for the thread at once. */
const TOGETHER = 20;

type Outcome = "refused" | "failed" | "ended" | "value" | "nothing";

/** The fate of an expression: refused when the mapping is made, failed or ended for this object, or a value. */
async function outcomeOf(text: string): Promise<Outcome> {
  let mapping: ReturnType<typeof jsonataMapping>;
  try {
    mapping = jsonataMapping({
      name: "m",
      side: "source",
      worker,
      properties: { out: "any" },
      attributes: { out: text },
    });
  } catch (error) {
    if (!(error instanceof TypeError && error.message.startsWith('jsonataMapping "m": attribute "out": '))) throw error;
    return "refused";
  }
  try {
    const result = (await mapping.expression(variables)) as { readonly out?: unknown };
    // JSON has every value of the result, and the result has no other.
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    return "out" in result ? "value" : "nothing";
  } catch (error) {
    if (!(error instanceof TypeError && error.name === "ExpressionError")) throw error;
    if (error.message.startsWith('attribute "out": ')) return "failed";
    expect(error.message).toBe("the expressions ran longer than 1000 ms");
    return "ended";
  }
}

describe("hostile expressions in JSONata", () => {
  it("end with a value, with nothing or with a named error, and change nothing outside", { timeout: 0 }, async () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const counts = { refused: 0, failed: 0, ended: 0, value: 0, nothing: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(anyHostileJsonata, { minLength: TOGETHER, maxLength: TOGETHER }), async (texts) => {
        for (const outcome of await Promise.all(texts.map(outcomeOf))) counts[outcome] += 1;
      }),
      runs({ seed: 12, numRuns: 10_000 / TOGETHER, cases: TOGETHER }),
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect({}).not.toHaveProperty("polluted");
    // Most expressions were evaluated, and each outcome but the last resort was seen.
    expect(counts.value).toBeGreaterThan(3_000);
    expect(Math.min(counts.refused, counts.failed, counts.nothing)).toBeGreaterThan(50);
  });
});
