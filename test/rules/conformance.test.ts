import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { citationsOf } from "../../tools/citations.ts";
import { type Chapter, conformancePage } from "../../tools/conformance-page.ts";
import { conformance } from "./conformance.ts";
import { print, sample } from "./offence.ts";
import { filesBelow, ROOT } from "./repository.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("the page on conformance", () => {
  const chapters: Chapter[] = JSON.parse(read("test/conformance/data/requirements.json"));
  const citations = filesBelow("test", ".test.ts").flatMap(citationsOf);

  it("finds what the titles of tests cite, and nothing in comments and tests that are left out", () => {
    const lines = [
      "// it('[req 1] a', f);",
      `describe('b [req 2, 3]', () => { it(\`[req 4] \${x} d\`, f); });`,
      "it.each([['[req 5]']])('%s is e [req 6] [req C7]', f);",
      "it.skip('[req 8] g', f); it.todo('[req 9]'); describe.skip('h', () => { it('[req 10] i', f); });",
      "it('[req 11] no body'); const text = '[req 12]';",
      "it.skipIf(here)('j [req 13-15]', f);",
    ];
    const found = citationsOf(sample("test/a.test.ts", lines.join("\n")));
    expect(found.map(({ requirement, line, title }) => `${requirement}:${line}:${title}`)).toEqual([
      "2:2:b",
      "3:2:b",
      "4:2:… d",
      "6:3:… is e",
      "C7:3:… is e",
      "13:6:j",
      "14:6:j",
      "15:6:j",
    ]);
  });

  it("is rejected for an unknown number and a requirement that no test proves", () => {
    const requirement = { number: 1, level: "MUST", source: "practice", text: "It works." } as const;
    const broken: Chapter[] = [
      {
        title: "t",
        requirements: [
          requirement,
          { ...requirement, number: 2, notSupported: "no" },
          { ...requirement, number: 2, notSupported: "no" },
        ],
      },
    ];
    const cites = citationsOf(sample("test/a.test.ts", "it('x [req 3]', f); it('y [req C1]', f);"));
    expect(print(conformance(broken, cites))).toEqual([
      expect.stringMatching('a.test.ts:1 cites "3"'),
      expect.stringMatching("requirement 1 is cited by no test and gives no reason"),
      expect.stringMatching("requirement 2 is listed twice"),
    ]);
  });

  it("says of each requirement which test proves it or why it is not supported", () => {
    expect(citations.length).toBeGreaterThan(200);
    expect(chapters.flatMap((chapter) => chapter.requirements).length).toBeGreaterThan(180);
    expect(print(conformance(chapters, citations))).toEqual([]);
  });

  it("is what npm run conformance makes", () => {
    expect(read("docs/conformance.md")).toBe(conformancePage(chapters, citations));
  });
});
