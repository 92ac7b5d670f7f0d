import { foldString } from "../values/fold.ts";

const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const TO_LOWER = 0x20;

/**
 * Whether `foldString(text)` is `folded`, which is folded already. Searches by name spend most of their time here.
 *
 * An ASCII character followed by another one or by nothing is folded to its lower case, whatever else is in the text,
 * since it composes with nothing. So most texts are distinguished at the first character that differs; those with a
 * long common prefix, such as numbered ids, at the last character.
 */
export function foldsTo(text: string, folded: string, fold: (text: string) => string = foldString): boolean {
  const last = text.charCodeAt(text.length - 1);
  if (last <= 0x7f && lowerCased(last) !== folded.charCodeAt(folded.length - 1)) return false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return fold(text) === folded;
    if (lowerCased(code) !== folded.charCodeAt(index))
      return text.charCodeAt(index + 1) > 0x7f && fold(text) === folded;
  }
  return text.length === folded.length;
}

/**
 * Whether `foldString(text)` begins with `folded`. Decided as in `foldsTo`, without reading more of the text than
 * needed.
 */
export function foldsToBeginWith(text: string, folded: string, fold: (text: string) => string = foldString): boolean {
  for (let index = 0; index < folded.length; index += 1) {
    const code = text.charCodeAt(index);
    if (!(code <= 0x7f)) return fold(text).startsWith(folded);
    if (lowerCased(code) !== folded.charCodeAt(index))
      return text.charCodeAt(index + 1) > 0x7f && fold(text).startsWith(folded);
  }
  // The last character may compose with the one after it.
  return !(text.charCodeAt(folded.length) > 0x7f) || fold(text).startsWith(folded);
}

/** Whether `foldString(text)` ends with `folded`. Nothing composes with an ASCII character after it. */
export function foldsToEndWith(text: string, folded: string, fold: (text: string) => string = foldString): boolean {
  for (let back = 1; back <= folded.length; back += 1) {
    const code = text.charCodeAt(text.length - back);
    if (!(code <= 0x7f)) return fold(text).endsWith(folded);
    if (lowerCased(code) !== folded.charCodeAt(folded.length - back)) return false;
  }
  return true;
}

function lowerCased(code: number): number {
  return code >= UPPER_A && code <= UPPER_Z ? code + TO_LOWER : code;
}
