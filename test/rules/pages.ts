import { posix } from "node:path";
import ts from "typescript";
import type { Offence, SourceText } from "./offence.ts";
import { everyNode, parse } from "./syntax.ts";

const LISTS = /^<!-- lists (.+) -->$/;
const LINK = /\]\(([^)\s]+)\)/g;

/** What a table below `<!-- lists path#Interface … -->` names in its first column is what the interfaces have, no more and no less. */
export function optionTables(pages: readonly SourceText[], sources: readonly SourceText[]): Offence[] {
  return pages.flatMap((page) => {
    const lines = page.text.split("\n");
    return lines.flatMap((line, index) => {
      const references = LISTS.exec(line)?.[1]?.split(" ");
      if (references === undefined) return [];
      const wanted = new Set(references.flatMap((reference) => membersOf(reference, sources)));
      const named = new Set(firstColumn(lines.slice(index + 1)));
      const missing = [...wanted].filter((name) => !named.has(name)).map((name) => `does not list ${name}`);
      const gone = [...named].filter((name) => !wanted.has(name)).map((name) => `lists ${name}, which is not there`);
      return [...missing, ...gone].map((reason) => ({ path: page.path, line: index + 1, reason }));
    });
  });
}

function membersOf(reference: string, sources: readonly SourceText[]): string[] {
  const [path, name] = reference.split("#");
  const file = sources.find((source) => source.path === path);
  const names: string[] = [];
  if (file === undefined) return [reference];
  everyNode(parse(file), (node) => {
    if (!ts.isInterfaceDeclaration(node) || node.name.text !== name) return;
    for (const member of node.members) if (member.name !== undefined) names.push(member.name.getText());
  });
  return names.length === 0 ? [reference] : names;
}

/** `scope.memberOf` counts as `scope`. */
function firstColumn(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => !line.startsWith("|"));
  const cells = lines.slice(2, end < 0 ? undefined : end).map((row) => row.split("|")[1] ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)[^`]*`/g)].map((match) => match[1] ?? ""));
}

/** Links within the repository lead to files that are there (`exists`), and to headings that are. */
export function deadLinks(pages: readonly SourceText[], exists: (path: string) => boolean): Offence[] {
  return pages.flatMap((page) =>
    page.text.split("\n").flatMap((line, index) =>
      [...line.matchAll(LINK)]
        .map((match) => match[1] ?? "")
        .filter((link) => !/^[a-z]+:/.test(link) && !leads(link, page, { pages, exists }))
        .map((link) => ({ path: page.path, line: index + 1, reason: `links to ${link}, which is not there` })),
    ),
  );
}

function leads(
  link: string,
  from: SourceText,
  { pages, exists }: { readonly pages: readonly SourceText[]; readonly exists: (path: string) => boolean },
): boolean {
  const [file = "", heading] = link.split("#");
  const path = file === "" ? from.path : posix.join(posix.dirname(from.path), file);
  const page = pages.find((each) => each.path === path);
  if (heading === undefined) return page !== undefined || exists(path);
  return page?.text.split("\n").some((line) => line.startsWith("#") && anchorOf(line) === heading) === true;
}

const NAMED = /`((?:src|test|examples|tools|bench|docs|dist|\.ci)\/[\w./*-]*)[^`]*`/g;

/**
 * A file that a page names is in the package (`isPacked`), or the page says that it is in the repository: in the same
 * paragraph, before the first heading of the second level, or in the README of its folder.
 */
export function namedFiles(pages: readonly SourceText[], isPacked: (path: string) => boolean): Offence[] {
  return pages.flatMap((page) => {
    const readme = pages.find(({ path }) => path === `${posix.dirname(page.path)}/README.md`);
    if ([page, readme].some((each) => each !== undefined && saysWhere(beginningOf(each.text)))) return [];
    const text = proseOf(page.text);
    return [...text.matchAll(NAMED)].flatMap((match) => {
      const [, path = ""] = match;
      const start = text.lastIndexOf("\n\n", match.index);
      const end = text.indexOf("\n\n", match.index);
      if (isPacked(path) || saysWhere(text.slice(start, end < 0 ? undefined : end))) return [];
      const line = text.slice(0, match.index).split("\n").length;
      return [{ path: page.path, line, reason: `names ${path}, which is not in the package: say "in the repository"` }];
    });
  });
}

function saysWhere(text: string): boolean {
  return /\bin\s+(a\s+checkout\s+of\s+)?the\s+repository\b/.test(text);
}

function beginningOf(text: string): string {
  return text.split(/^## /m)[0] ?? "";
}

/** Code and comments become empty lines. */
function proseOf(text: string): string {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, " ");
  return text.replaceAll(/^```.*?^```/gms, blank).replaceAll(/<!--.*?-->/gs, blank);
}

/** The anchor that a heading gets where the pages are shown. */
function anchorOf(heading: string): string {
  const text = heading.replace(/^#+ /, "").toLowerCase();
  return text.replace(/[^\p{Letter}\p{Number}\- _]/gu, "").replaceAll(" ", "-");
}
