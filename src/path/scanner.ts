import type { Fault } from "./faults.ts";

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** The characters after a backslash in a JSON string (RFC 8259 section 7), except `u`. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Space, tab and line ends: the grammar has single spaces only, but more of them never change the meaning. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** What ends a word: white space, brackets of both kinds, and the double quote. */
function endsWord(code: number): boolean {
  // Most characters of a word have a higher code than all characters that end a word.
  if (code > 0x5d) return false;
  return isSpace(code) || code === 0x22 || code === 0x28 || code === 0x29 || code === 0x5b || code === 0x5d;
}

/** A cursor over a filter or a path. It moves forward only, except back to a position just before. */
export class Scanner {
  readonly text: string;
  /** The next character to be read, from 0. */
  position: number;

  constructor(text: string) {
    this.text = text;
    this.position = 0;
  }

  /** Whether everything has been read. */
  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** Whether the last character read was white space. */
  get behindSpace(): boolean {
    return this.position > 0 && isSpace(this.text.charCodeAt(this.position - 1));
  }

  /** Skips white space and tells whether there was any. */
  skipSpace(): boolean {
    const { text, position } = this;
    let end = position;
    while (isSpace(text.charCodeAt(end))) end += 1;
    this.position = end;
    return end > position;
  }

  /** Whether `character` comes next. */
  sees(character: string): boolean {
    return this.text.charCodeAt(this.position) === character.charCodeAt(0);
  }

  /** Reads `character` if it comes next. */
  take(character: string): boolean {
    if (!this.sees(character)) return false;
    this.position += 1;
    return true;
  }

  /** Reads up to the next white space, bracket, double quote or the end; may be empty. */
  word(): string {
    const { text, position } = this;
    let end = position;
    while (end < text.length && !endsWord(text.charCodeAt(end))) end += 1;
    this.position = end;
    return text.slice(position, end);
  }

  /**
   * Reads a string as JSON writes it, from the opening `quote` to the closing one. In a string in other than double
   * quotes, that quote too can be escaped.
   *
   * @throws what `fault` makes, for a string that does not end, a bare control character, or an unknown escape
   */
  quoted(quote: string, fault: Fault): string {
    const { text, position: opening } = this;
    const closing = quote.charCodeAt(0);
    let value = "";
    let chunk = opening + 1;
    for (let at = chunk; ; ) {
      const code = text.charCodeAt(at);
      if (code === closing) {
        this.position = at + 1;
        return value + text.slice(chunk, at);
      }
      if (Number.isNaN(code)) throw fault(opening, "this string has no closing quote");
      if (code < 0x20) throw fault(at, "a control character in a string must be escaped");
      if (code === BACKSLASH) {
        this.position = at;
        value += text.slice(chunk, at) + this.escape(quote, fault);
        at = this.position;
        chunk = at;
      } else {
        at += 1;
      }
    }
  }

  private escape(quote: string, fault: Fault): string {
    const start = this.position;
    const letter = this.text[start + 1];
    if (letter === quote) {
      this.position += 2;
      return quote;
    }
    if (letter?.charCodeAt(0) === LETTER_U) {
      const digits = this.text.slice(start + 2, start + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw fault(start, "expected four hexadecimal digits after \\u");
      this.position += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const escaped = letter === undefined ? undefined : ESCAPES.get(letter);
    if (escaped === undefined) throw fault(start, "this is not an escape sequence of JSON");
    this.position += 2;
    return escaped;
  }
}
