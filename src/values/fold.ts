/**
 * More combining marks in a row than any language has (the limit in UAX #15 section 13 is 30). Normalising sorts
 * them, which takes quadratic time: minutes for a megabyte.
 */
const MANY_MARKS = /\p{M}{31}/u;

/** A regular expression is faster than a loop over the characters: most texts are ASCII. */
const BEYOND_ASCII = /[\u0080-\uffff]/;

/**
 * The form in which two strings are compared where `caseExact` is false: in filters, for uniqueness, everywhere.
 *
 * As in RFC 8265 section 3.3 (UsernameCaseMapped): width and compatibility forms are mapped, letters lower-cased, the
 * result composed; a text with more than 30 combining marks in a row is only lower-cased. The final sigma is compared
 * like any other sigma, so that the folded form of a part is a part of the folded whole.
 */
export function foldString(text: string): string {
  if (!isBeyondAscii(text) || MANY_MARKS.test(text)) return text.toLowerCase();
  return text.normalize("NFKC").toLowerCase().replaceAll("ς", "σ").normalize("NFC");
}

/** Whether a text has a character beyond ASCII: folding it then costs several times as much. */
export function isBeyondAscii(text: string): boolean {
  return BEYOND_ASCII.test(text);
}
