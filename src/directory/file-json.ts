import { directoryFileError } from "./directory-file-error.ts";

/** Reads a JSON file. @throws {DirectoryFileError} with the line of the fault */
export function readJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw directoryFileError(file, "this is not JSON", { line: lineOfFault(text), cause });
  }
}

/**
 * V8 does not always report the place of the fault. But it distinguishes a text that ends too early from an invalid
 * text. So the line of the fault is the first one with which the text is invalid and no longer only too short.
 */
function lineOfFault(text: string): number {
  const lines = text.trimEnd().split("\n");
  let low = 1;
  let high = lines.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (endsTooSoon(lines.slice(0, middle).join("\n"))) low = middle + 1;
    else high = middle;
  }
  return low;
}

function endsTooSoon(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const position = / at position (\d+)/.exec(message)?.[1];
    return message.startsWith("Unexpected end") || Number(position) >= text.length;
  }
}
