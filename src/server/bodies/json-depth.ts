import { InvalidSyntaxError } from "../../errors/request-errors.ts";
import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./json-characters.ts";

/**
 * Refuses a JSON text before it is parsed, so that nesting cannot exhaust the stack.
 *
 * @throws {InvalidSyntaxError} where objects and arrays nest deeper than `limit`
 */
export function checkDepth(text: string, limit: number): void {
  if (!opensMoreThan(text, limit)) return;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === BACKSLASH) index += 1;
      else if (character === QUOTE) inString = false;
    } else if (character === QUOTE) {
      inString = true;
    } else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
      depth += 1;
      if (depth > limit) throw new InvalidSyntaxError(`The request body nests deeper than ${limit} levels`);
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) {
      depth -= 1;
    }
  }
}

/** Whether the text has more than `limit` opening brackets, in strings or not. With fewer, nothing nests deeper. */
function opensMoreThan(text: string, limit: number): boolean {
  let count = 0;
  for (const bracket of ["{", "["]) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      count += 1;
      if (count > limit) return true;
    }
  }
  return false;
}
