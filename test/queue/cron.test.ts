import { Cron } from "croner";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCron } from "../../src/queue/schedule/is-cron.ts";

const word = fc.constantFrom("*", "?", "L", "MON", "sun", "JAN", "dec", "15W", "5#2", "5L", "soon");

/** Texts of one field, right or wrong, whose numbers are not above the largest one of the field. */
function fieldUpTo(max: number): fc.Arbitrary<string> {
  const number = fc.integer({ min: 0, max }).map(String);
  const value = fc.oneof(number, word);
  const range = fc.oneof(value, joined("-", value, value));
  const term = fc.oneof(range, joined("/", range, number));
  return fc.oneof({ arbitrary: fc.constant("*"), weight: 4 }, { arbitrary: term, weight: 4 }, joined(",", term, term));
}

function joined(separator: string, ...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((texts) => texts.join(separator));
}

const expressions = joined(" ", ...[59, 23, 31, 12, 7].map(fieldUpTo));

function isAcceptedByCroner(expression: string): boolean {
  try {
    new Cron(expression, { timezone: "UTC", mode: "5-part" });
    return true;
  } catch {
    return false;
  }
}

describe("the check of a schedule, which is made without the library that reads it", () => {
  it("accepts whatever the library accepts in five fields", () => {
    let accepted = 0;
    fc.assert(
      fc.property(expressions, (expression) => {
        if (!isAcceptedByCroner(expression)) return;
        accepted += 1;
        expect(isCron(expression), expression).toBe(true);
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it.each(["hourly", "@hourly", "", "0 * * *", "0 0 0 * * *", "60 * * * *", "0 24 * * *", "every hour at five sharp"])(
    "refuses %j",
    (expression) => {
      expect(isCron(expression)).toBe(false);
    },
  );

  it("rejects a value that is not a text", () => {
    expect(isCron(5)).toBe(false);
  });
});
