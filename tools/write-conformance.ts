// Writes docs/conformance.md from what the tests cite: npm run conformance
import { readFileSync, writeFileSync } from "node:fs";
import { filesBelow } from "../test/rules/repository.ts";
import { citationsOf } from "./citations.ts";
import { type Chapter, conformancePage } from "./conformance-page.ts";

const chapters: readonly Chapter[] = JSON.parse(readFileSync("test/conformance/data/requirements.json", "utf8"));
const citations = filesBelow("test", ".test.ts").flatMap(citationsOf);
writeFileSync("docs/conformance.md", conformancePage(chapters, citations));

const cited = new Set(citations.map((citation) => citation.requirement));
const silent = chapters
  .flatMap((chapter) => chapter.requirements)
  .filter((requirement) => requirement.notSupported === undefined && !cited.has(String(requirement.number)));
console.log(`docs/conformance.md: ${citations.length} citations`);
if (silent.length > 0) console.log(`Without test or reason: ${silent.map(({ number }) => number).join(", ")}`);
