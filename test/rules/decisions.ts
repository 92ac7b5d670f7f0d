import { basename } from "node:path";
import type { Offence, SourceText } from "./offence.ts";

const README = "docs/decisions/README.md";
const MAX_LINES = 60;
const HEADINGS = ["## Choice", "## Why", "## What we gave up"];

function faults({ path, text }: SourceText, index: string): string[] {
  const lines = text.trimEnd().split("\n");
  const name = basename(path);
  return [
    ...(/^\d{3}-[a-z0-9-]+\.md$/.test(name) ? [] : ["is not named NNN-what-it-is-about.md"]),
    ...(lines[0]?.startsWith(`# ${name.slice(0, 3)} `) === true
      ? []
      : [`does not begin with "# ${name.slice(0, 3)} "`]),
    ...HEADINGS.filter((heading) => !lines.includes(heading)).map((heading) => `has no "${heading}"`),
    ...(lines.length > MAX_LINES ? [`has ${lines.length} lines; a decision is one page of ${MAX_LINES}`] : []),
    ...(index.includes(`(${name})`) ? [] : [`is not listed in ${README}`]),
  ];
}

/** Each decision is one page, numbered, listed in order, and says what was chosen, why, and what was given up. */
export function decisions(files: readonly SourceText[]): Offence[] {
  const index = files.find(({ path }) => basename(path) === "README.md")?.text ?? "";
  const pages = files.filter(({ path }) => basename(path) !== "README.md");
  const twice = pages.filter(({ path }) => {
    const number = basename(path).slice(0, 3);
    return pages.filter((page) => basename(page.path).startsWith(number)).length > 1;
  });
  const listed = [...index.matchAll(/\((\d{3}-[^)]*)\)/g)].map((match) => match[1] ?? "");
  const late = listed.filter((name, at) => name < (listed[at - 1] ?? ""));
  return [
    ...pages.flatMap((page) => faults(page, index).map((reason) => ({ path: page.path, line: 1, reason }))),
    ...twice.map(({ path }) => ({ path, line: 1, reason: "shares its number with another page" })),
    ...late.map((name) => ({ path: README, line: 1, reason: `lists ${name} behind a later one` })),
  ];
}
