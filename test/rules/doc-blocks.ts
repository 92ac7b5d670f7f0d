import type { Offence, SourceText } from "./offence.ts";

const LANGUAGES: ReadonlySet<string> = new Set(["ts", "sh", "json", "http", "text", "sql"]);

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** The line of its first line of code, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: readonly string[];
  /** `<!-- from examples/x.ts#region -->` on the line above: the region that it must equal. */
  readonly from: { readonly path: string; readonly region: string } | undefined;
  /** `<!-- continues -->` on the line above: compiled together with the `ts` block before it. */
  readonly continues: boolean;
  /** `<!-- given` … `-->` above: declarations that the reader is not shown, and their first line. */
  readonly given: { readonly line: number; readonly code: readonly string[] } | undefined;
}

type Marks = Pick<Block, "from" | "continues" | "given">;

/** What the HTML comments right above a fence say of it. `fence` is the index of the fence's line. */
function marksAbove(lines: readonly string[], fence: number): Marks {
  let at = fence - 1;
  while (at >= 0 && lines[at]?.trim() === "") at--;
  const text = lines[at] ?? "";
  const from = /^<!-- from (\S+)#(\S+) -->$/.exec(text);
  const marks = {
    from: from === null ? undefined : { path: from[1] ?? "", region: from[2] ?? "" },
    continues: text === "<!-- continues -->",
    given: undefined,
  };
  if (text !== "-->") return marks;
  const start = lines.lastIndexOf("<!-- given", at);
  return start === -1 ? marks : { ...marks, given: { line: start + 2, code: lines.slice(start + 1, at) } };
}

/** Every fenced block of a page, in order. */
export function blocksOf(page: SourceText): Block[] {
  const lines = page.text.split("\n");
  const blocks: Block[] = [];
  let open: { fence: string; index: number; language: string } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = /^\s*(`{3,})\s*(\S*)/.exec(line);
    if (fence === null) continue;
    if (open === undefined) open = { fence: fence[1] ?? "", index, language: fence[2] ?? "" };
    else if (fence[2] === "" && (fence[1] ?? "").length >= open.fence.length) {
      const code = lines.slice(open.index + 1, index);
      blocks.push({
        page: page.path,
        line: open.index + 2,
        language: open.language,
        code,
        ...marksAbove(lines, open.index),
      });
      open = undefined;
    }
  }
  return blocks;
}

/** No fence of a language that nothing checks. */
export function fences(blocks: readonly Block[]): Offence[] {
  return blocks
    .filter(({ language }) => !LANGUAGES.has(language))
    .map(({ page, line, language }) => ({
      path: page,
      line: line - 1,
      reason: `a fence of language "${language}": only ${[...LANGUAGES].join(", ")} (JavaScript is written as ts, a shell as sh)`,
    }));
}

/**
 * The modules to compile for the `ts` blocks. Each code line keeps its line number of the page, so that what the
 * compiler says points into the page.
 */
export function modulesOf(blocks: readonly Block[]): SourceText[] {
  const modules: { path: string; lines: string[] }[] = [];
  const place = (lines: string[], line: number, code: readonly string[]): void => {
    while (lines.length < line - 1) lines.push("");
    lines.splice(line - 1, code.length, ...code);
  };
  let previous: { page: string; lines: string[] } | undefined;
  for (const block of blocks) {
    if (block.language !== "ts" || block.from !== undefined) continue;
    const joins = block.continues && previous?.page === block.page ? previous.lines : undefined;
    const lines = joins ?? [];
    if (joins === undefined) modules.push({ path: `${block.page}.${block.line}.ts`, lines });
    if (block.given !== undefined) place(lines, block.given.line, block.given.code);
    place(lines, block.line, block.code);
    previous = { page: block.page, lines };
  }
  return modules.map(({ path, lines }) => ({ path, text: `${lines.join("\n")}\n` }));
}

function dedent(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const least = Math.min(...indents, 1000);
  return lines.map((line) => line.slice(least).trimEnd());
}

/** The lines between `// #region name` and `// #endregion`, moved to the left margin. */
export function regionOf(file: SourceText, name: string): string[] | undefined {
  const lines = file.text.split("\n");
  const start = lines.findIndex((line) => line.trim() === `// #region ${name}`);
  const end = lines.findIndex((line, index) => index > start && line.trim().startsWith("// #endregion"));
  return start === -1 || end === -1 ? undefined : dedent(lines.slice(start + 1, end));
}

/** A block taken from an example is still what the example says. */
export function regions(blocks: readonly Block[], examples: readonly SourceText[]): Offence[] {
  return blocks.flatMap(({ from, page, line, code }) => {
    if (from === undefined) return [];
    const file = examples.find(({ path }) => path === from.path);
    const region = file === undefined ? undefined : regionOf(file, from.region);
    const what = `${from.path}#${from.region}`;
    if (region === undefined) return [{ path: page, line, reason: `shows ${what}, which does not exist` }];
    const same = region.join("\n").trim() === code.join("\n").trimEnd();
    return same ? [] : [{ path: page, line, reason: `differs from ${what}, which reads:\n${region.join("\n")}` }];
  });
}
