import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testsOf } from "../../tools/citations.ts";
import { filesBelow, ROOT } from "./repository.ts";

/** The rows of the tables of a page, without their heads. */
function rowsOf(page: string): string[] {
  return page
    .split("\n")
    .filter((line) => /^\| (?!---|documented|authentik \||story)/.test(line) && !line.startsWith("|---"));
}

describe("the page for users of authentik", () => {
  const rows = rowsOf(readFileSync(join(ROOT, "docs/authentik.md"), "utf8"));
  const tests = new Set(
    filesBelow("test", ".test.ts")
      .flatMap(testsOf)
      .map(({ path, title }) => `${path}: ${title}`),
  );

  it("names a test in each row, and each test exists", () => {
    expect(rows.length).toBeGreaterThan(50);
    const named = rows.map((row) =>
      [...row.matchAll(/`(test\/[^`]+)`: (.*?)(?:<br>| \|)/g)].map(([, path, title]) => `${path}: ${title}`),
    );
    const countOf = (row: string): number => row.split("`test/").length - 1;
    // A reference that is not written like this would be overlooked.
    expect(rows.filter((row, position) => countOf(row) === 0 || named[position]?.length !== countOf(row))).toEqual([]);
    expect(named.flat().filter((test) => !tests.has(test))).toEqual([]);
  });
});
