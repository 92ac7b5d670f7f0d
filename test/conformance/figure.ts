import { existsSync, readFileSync } from "node:fs";

/** A figure of an RFC: a request, an answer, or a body alone. */
export interface Figure {
  /** Empty for an answer and for a body alone. */
  readonly method: string;
  /** Path and query as they are written. */
  readonly target: string;
  /** 0 for a request and for a body alone. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What is known to be wrong with a figure, kept beside it. */
export interface FigureNote {
  readonly what: string;
  readonly erratum?: number;
  readonly corrections: readonly { readonly find: string; readonly put: string }[];
}

const FOLDER = new URL("rfc/", import.meta.url);

/** The note beside a figure, if there is one. */
export function noteOf(name: string): FigureNote | undefined {
  const note = new URL(`${name}.note.json`, FOLDER);
  return existsSync(note) ? JSON.parse(readFileSync(note, "utf8")) : undefined;
}

/** The text of the figure `<name>.txt` or `<name>.http`, with what its note corrects. */
export function figureText(name: string): string {
  const file = ["http", "txt"].map((ending) => new URL(`${name}.${ending}`, FOLDER)).find((url) => existsSync(url));
  if (file === undefined) throw new Error(`there is no figure ${name}`);
  let text = readFileSync(file, "utf8");
  for (const { find, put } of noteOf(name)?.corrections ?? []) {
    if (!text.includes(find)) throw new Error(`the note of ${name} corrects what is not there: ${find}`);
    text = text.replaceAll(find, put);
  }
  return text;
}

/** The figure `<name>.http`, corrected and read. */
export function figure(name: string): Figure {
  const text = figureText(name).trim();
  const [head = "", ...rest] = text.startsWith("{") ? ["", text] : text.split("\n\n");
  // A header goes on in the next line where that is indented or quoted.
  const [first = "", ...lines] = head.replace(/:\n\s*/g, ": ").split("\n");
  const bodyText = rest.join("\n\n");
  const answer = /^HTTP\/1\.1 (\d{3})/.exec(first);
  const request = /^([A-Z]+) (.+?)(\s+HTTP\/1\.1)?$/.exec(first);
  return {
    method: answer === null ? (request?.[1] ?? "") : "",
    target: answer === null ? (request?.[2] ?? "") : "",
    status: Number(answer?.[1] ?? 0),
    headers: Object.fromEntries(lines.map(headerOf)),
    body: bodyText === "" || bodyText === "..." ? undefined : JSON.parse(bodyText),
  };
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(":");
  const value = line.slice(colon + 1).trim();
  return [line.slice(0, colon).toLowerCase(), value.replace(/^"(https.*)"$/, "$1")];
}
