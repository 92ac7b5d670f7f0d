import { expect, it } from "vitest";
import { compile } from "../rules/compile.ts";

/** A program in lines, and what the compiler says of it: the number of a line and a part of the text. */
export type FaultyProgram = readonly [title: string, lines: readonly string[], line: number, text: string];

/** Says of each program that it does not compile, with one error in that line. `given` stands in front of each program. */
export function itRefuses(given: readonly string[], programs: readonly FaultyProgram[]): void {
  it.each(programs.map(([title, , line, text], index) => ({ title, index, line, text })))("$title", (program) => {
    const found = faults(given, programs)[program.index] ?? [];
    expect(found.map(({ line }) => line)).toEqual([program.line]);
    expect(found[0]?.text).toContain(program.text);
  });
}

/** Says that a program compiles. */
export function itCompiles(title: string, lines: readonly string[]): void {
  it(title, () => {
    expect(compile([{ path: "test/types/program.ts", text: lines.join("\n") }])).toEqual([]);
  });
}

interface Fault {
  readonly line: number;
  readonly text: string;
}

const known = new WeakMap<readonly FaultyProgram[], readonly Fault[][]>();

/** What the compiler says of each program. All of them are compiled at once, since the package is read each time. */
function faults(given: readonly string[], programs: readonly FaultyProgram[]): readonly Fault[][] {
  const before = known.get(programs);
  if (before !== undefined) return before;
  const path = (index: number): string => `test/types/program-${index}.ts`;
  const said = compile(
    programs.map(([, lines], index) => ({ path: path(index), text: [given.join(" "), ...lines].join("\n") })),
  );
  const found = programs.map((_, index) =>
    said.filter((each) => each.path === path(index)).map(({ line, reason }) => ({ line: line - 1, text: reason })),
  );
  known.set(programs, found);
  return found;
}
