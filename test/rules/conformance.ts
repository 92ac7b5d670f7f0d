import type { Citation } from "../../tools/citations.ts";
import type { Chapter } from "../../tools/conformance-page.ts";
import type { Offence } from "./offence.ts";

const DATA = "test/conformance/data/requirements.json";

/** What tests cite and what there is to be cited fit together: nothing unknown, and nothing that is only claimed. */
export function conformance(chapters: readonly Chapter[], citations: readonly Citation[]): Offence[] {
  const requirements = chapters.flatMap((chapter) => chapter.requirements);
  const known = new Set(requirements.map(({ number }) => String(number)));
  const cited = new Set(citations.map(({ requirement }) => requirement));
  return [
    ...citations
      // The numbers of what clients and providers have to do are not listed.
      .filter(({ requirement }) => !known.has(requirement) && !/^C\d+$/.test(requirement))
      .map(({ requirement, path, line }) => ({
        path,
        line,
        reason: `cites "${requirement}", which is no requirement`,
      })),
    ...requirements
      .filter(({ number, notSupported }) => !cited.has(String(number)) && notSupported === undefined)
      .map(({ number, text }) => ({
        path: DATA,
        line: 1,
        reason: `requirement ${number} is cited by no test and gives no reason: ${text}`,
      })),
    ...requirements
      .filter(({ number }, index) => requirements.findIndex((other) => other.number === number) !== index)
      .map(({ number }) => ({ path: DATA, line: 1, reason: `requirement ${number} is listed twice` })),
  ];
}
