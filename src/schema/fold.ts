/**
 * More combining marks in a row than any language has (UAX #15 section 13 draws the line at 30). Normalising sorts them,
 * which takes time by the square of their number: minutes for a megabyte.
 */
const MANY_MARKS = /\p{M}{31}/u;

/**
 * The form in which two strings are compared where `caseExact` is false: in filters, for uniqueness, everywhere.
 *
 * After RFC 8265 section 3.3 (UsernameCaseMapped): width and compatibility forms are mapped, letters lower-cased, the
 * result composed; a text with more than 30 combining marks in a row is only lower-cased. The final sigma is compared like any other sigma, so that folding a part gives a part of the whole.
 */
export function foldString(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  if (MANY_MARKS.test(text)) return text.toLowerCase();
  return text.normalize("NFKC").toLowerCase().replaceAll("ς", "σ").normalize("NFC");
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7f) return false;
  }
  return true;
}
