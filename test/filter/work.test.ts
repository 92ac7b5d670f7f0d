import { compileFilter, parseFilter } from "scimkit/filter";
import { userResourceType } from "scimkit/schema";
import { createWork } from "scimkit/storage";
import { describe, expect, it } from "vitest";

/** The units that a filter costs over resources, one after the other. */
function costOf(filter: string, resources: readonly Record<string, unknown>[]): number {
  const work = createWork({ limit: 1_000_000_000 });
  const matches = compileFilter(parseFilter(filter, { maxTerms: 1000, maxLength: 100_000 }), userResourceType, {
    work,
  });
  for (const resource of resources) matches(resource);
  return 1_000_000_000 - work.left;
}

function terms(count: number, term: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => term(index)).join(" or ");
}

describe("the work of a filter", () => {
  it("grows with the terms, the resources and the elements", () => {
    const users = Array.from({ length: 100 }, (_, index) => ({ title: `title ${index}` }));
    const one = costOf('title co "nothing"', users);
    expect(one).toBeGreaterThanOrEqual(100);
    expect(
      costOf(
        terms(10, (index) => `title co "${index}x"`),
        users,
      ),
    ).toBeGreaterThan(7 * one);
    const emails = Array.from({ length: 500 }, (_, index) => ({ value: `${index}@example.com` }));
    expect(costOf('emails[value co "nothing"]', [{ emails }])).toBeGreaterThanOrEqual(700);
    expect(costOf("emails.display pr", [{ emails }])).toBeGreaterThanOrEqual(250);
    expect(costOf('emails.type eq "work"', [{ emails }])).toBeGreaterThanOrEqual(250);
  });

  it("grows with the length of the values that are searched", () => {
    const long = costOf('title co "nothing"', [{ title: "x".repeat(1_000_000) }]);
    expect(long).toBeGreaterThan(30_000);
    const folded = costOf('title co "nothing"', [{ title: "é".repeat(1_000_000) }]);
    expect(folded).toBeGreaterThan(5 * long);
  });

  it("includes folding each value once for all terms", () => {
    const users = Array.from({ length: 100 }, (_, index) => ({ title: `${"é".repeat(300)}${index}` }));
    const filter = (count: number) => terms(count, (index) => `title co "nothing${index}"`);
    const folding = costOf(filter(1), users);
    expect(costOf(filter(101), users) - folding).toBeLessThan(0.5 * 100 * folding);
  });

  it("includes folding only where a comparison needs it", () => {
    const users = [{ title: `xx${"é".repeat(3000)}` }];
    expect(costOf('title eq "xxé"', users)).toBeGreaterThan(1000);
    expect(costOf('title eq "ab"', users)).toBeLessThan(10);
  });

  it("is refused beyond the budget, with the name of the attribute", () => {
    const work = createWork({ limit: 100 });
    const matches = compileFilter(parseFilter('emails[value co "nothing"]'), userResourceType, { work });
    const emails = Array.from({ length: 200 }, (_, index) => ({ value: `${index}@example.com` }));
    expect(() => matches({ emails })).toThrow(
      expect.objectContaining({
        scimType: "tooMany",
        message: "The request needs too much work for comparing the values of emails.value",
      }),
    );
  });
});
