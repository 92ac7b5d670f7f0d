import { foldString } from "../schema/fold.ts";

const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const TO_LOWER = 0x20;

/**
 * Whether `foldString(text)` is `folded`, which has been folded already: what a search by name spends its time on.
 *
 * An ASCII character with another one behind it is folded to its lower case, whatever else is in the text, since it
 * composes with nothing. So most texts are told apart at the first character that differs.
 */
export function foldsTo(text: string, folded: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return foldString(text) === folded;
    const lower = code >= UPPER_A && code <= UPPER_Z ? code + TO_LOWER : code;
    if (lower !== folded.charCodeAt(index)) return text.charCodeAt(index + 1) > 0x7f && foldString(text) === folded;
  }
  return text.length === folded.length;
}
