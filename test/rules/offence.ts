/** A file as a rule sees it. `path` is relative to the repository's root, with forward slashes. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** A place where a law of the repository is broken. `line` counts from 1. */
export interface Offence {
  readonly path: string;
  readonly line: number;
  readonly reason: string;
}

/** One line an offence, as editors and terminals make links of it. */
export function print(offences: readonly Offence[]): string[] {
  return offences.map(({ path, line, reason }) => `${path}:${line} ${reason}`);
}

/** A file for the sample that each rule is tried on. */
export function sample(path: string, text: string): SourceText {
  return { path, text };
}
