import type { Citation } from "./citations.ts";

/** What a service provider must do, in one sentence. */
export interface Requirement {
  readonly number: number;
  /** What the RFC calls it; `field` if no RFC requires it, but identity providers need it. */
  readonly level: "MUST" | "SHOULD" | "MAY" | "field";
  /** RFC and sections, or `practice`. */
  readonly source: string;
  readonly text: string;
  /** Why it, or what of it, is not supported. */
  readonly notSupported?: string;
}

/** Requirements on one subject. */
export interface Chapter {
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

const HEAD = `# Conformance

What a service provider must do, and the tests that prove that \`createScimHandler\` and \`createSource\` do it.
\`npm run conformance\` makes this page from the titles of the tests, and a test fails if the page is not up to date. A
requirement without a test has the reason here.

**MUST**, **SHOULD** and **MAY** are the words of the RFC. **field** means that the RFCs leave it open and that identity
providers need it. The tests are in the repository, and so are the examples of the RFCs (\`test/conformance/rfc\`); tests use all of
them.
`;

/** The page that shows each requirement with the tests that cite it. */
export function conformancePage(chapters: readonly Chapter[], citations: readonly Citation[]): string {
  const all = chapters.flatMap((chapter) => chapter.requirements);
  const counts = (["yes", "in part", "no"] as const).map((status) => {
    return `${all.filter((each) => statusOf(each, citations) === status).length} ${status}`;
  });
  const parts = chapters.map(({ title, requirements }) => {
    const rows = requirements.map((requirement) => row(requirement, citations));
    return [
      `## ${title}`,
      "",
      "| | what | level | source | supported | proved by |",
      "|---|---|---|---|---|---|",
      ...rows,
    ].join("\n");
  });
  return `${HEAD}\n${all.length} requirements; supported: ${counts.join(", ")}.\n\n${parts.join("\n\n")}\n`;
}

function statusOf(requirement: Requirement, citations: readonly Citation[]): "yes" | "in part" | "no" {
  const proved = citations.some((citation) => citation.requirement === String(requirement.number));
  if (requirement.notSupported === undefined) return "yes";
  return proved ? "in part" : "no";
}

function row(requirement: Requirement, citations: readonly Citation[]): string {
  const { number, text, level, source, notSupported } = requirement;
  const status = statusOf(requirement, citations);
  const supported = notSupported === undefined ? status : `${status}: ${notSupported}`;
  return `| ${[number, text, level, source, supported, proofs(number, citations)].join(" | ")} |`;
}

/** The tests by file, in the order of the file. */
function proofs(number: number, citations: readonly Citation[]): string {
  const byPath = new Map<string, Set<string>>();
  for (const { requirement, path, title } of citations) {
    if (requirement !== String(number)) continue;
    byPath.set(path, (byPath.get(path) ?? new Set()).add(cell(title)));
  }
  return [...byPath].map(([path, titles]) => `\`${path}\`: ${[...titles].join("; ")}`).join("<br>");
}

function cell(title: string): string {
  return title.replace(/[|<>*_`[\]\\]/g, "\\$&");
}
