import ts from "typescript";
import type { Offence, SourceText } from "./offence.ts";
import { everyNode, offence, parse } from "./syntax.ts";

const MAX_FILE = 500;
const MAX_FUNCTION = 60;
/** Of all files: half may not be longer than the first, nine tenths not longer than the second. */
const MEDIAN_FILE = 125;
const P90_FILE = 300;

function linesOf(file: SourceText): number {
  return file.text.split("\n").length - (file.text.endsWith("\n") ? 1 : 0);
}

function longFunctions(file: SourceText): Offence[] {
  const offences: Offence[] = [];
  const tree = parse(file);
  everyNode(tree, (node) => {
    if (!ts.isFunctionLike(node)) return;
    const first = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line;
    const lines = tree.getLineAndCharacterOfPosition(node.end).line - first + 1;
    if (lines > MAX_FUNCTION)
      offences.push(offence(file, node, `a function of ${lines} lines; the bar is ${MAX_FUNCTION}`));
  });
  return offences;
}

/** No file and no function is too long to read. */
export function sizes(files: readonly SourceText[]): Offence[] {
  return files.flatMap((file) => {
    const lines = linesOf(file);
    const tooLong = { path: file.path, line: 1, reason: `a file of ${lines} lines; the bar is ${MAX_FILE}` };
    return [...(lines > MAX_FILE ? [tooLong] : []), ...longFunctions(file)];
  });
}

/** The bars that hold for the files together, as sentences; the longest are named. */
export function spread(files: readonly SourceText[]): string[] {
  const lengths = files.map((file) => ({ path: file.path, lines: linesOf(file) })).sort((a, b) => a.lines - b.lines);
  const at = (share: number): number => lengths[Math.floor((lengths.length - 1) * share)]?.lines ?? 0;
  const longest = lengths
    .slice(-5)
    .map(({ path, lines }) => `${path} (${lines})`)
    .join(", ");
  return [
    ...(at(0.5) > MEDIAN_FILE ? [`the median file has ${at(0.5)} lines; the bar is ${MEDIAN_FILE}`] : []),
    ...(at(0.9) > P90_FILE
      ? [`a tenth of the files has more than ${at(0.9)} lines; the bar is ${P90_FILE}: ${longest}`]
      : []),
  ];
}
