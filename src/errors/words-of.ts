import { isObject } from "../values/is-object.ts";
import { memberInAnyCase } from "../values/member-in-any-case.ts";

/** Longest text that is kept, in characters. */
const MAX_WORDS = 1000;
/** Longest text that is not JSON, in characters: the first line of a page of a proxy says enough. */
const MAX_PLAIN = 300;
/** So many characters are looked at: searching for a stack trace must not take long, whatever is sent. */
const MAX_SEARCHED = 4 * MAX_WORDS;

/**
 * What an application says in the body of an error, for people: printable, short, without stack traces. The body is parsed
 * JSON, or text. Undefined if it says nothing, or is a page of HTML.
 *
 * Besides `detail` of SCIM it reads what applications send instead: `Errors` of SCIM 1.1, `message`, `errorMessage`,
 * `error` as a text or with a `message`, `error_description` (RFC 6749), `title` (RFC 9457), and lists of errors, also in
 * extensions.
 */
export function wordsOf(body: unknown): string | undefined {
  if (typeof body === "string") return plainWords(body);
  const said = textIn(body, 0);
  return said === undefined ? undefined : printable(said).slice(0, MAX_WORDS);
}

const NAMES = ["detail", "message", "errorMessage", "error_description", "description", "reason", "title"] as const;
const LISTS = ["Errors", "errors", "details"] as const;

function textIn(body: unknown, depth: number): string | undefined {
  if (!isObject(body) || depth > 2) return undefined;
  const own = NAMES.map((name) => memberInAnyCase(body, name)).find(isText);
  if (own !== undefined) return own;
  const error = memberInAnyCase(body, "error");
  const nested = isText(error) ? error : textIn(error, depth + 1);
  if (nested !== undefined) return nested;
  for (const name of LISTS) {
    const found = textInList(memberInAnyCase(body, name), depth);
    if (found !== undefined) return found;
  }
  const extensions = Object.entries(body).filter(([name]) => /^urn:/i.test(name));
  return extensions.map(([, value]) => textIn(value, depth + 1)).find((text) => text !== undefined);
}

function textInList(list: unknown, depth: number): string | undefined {
  if (isText(list)) return list;
  if (!Array.isArray(list)) return undefined;
  const first: unknown = list[0];
  return isText(first) ? first : textIn(first, depth + 1);
}

function plainWords(text: string): string | undefined {
  if (/^\s*</.test(text)) return undefined;
  // The lines after the first are mostly a stack trace.
  const [line = ""] = text.trimStart().slice(0, MAX_SEARCHED).split(/\r?\n/, 1);
  return printable(line).slice(0, MAX_PLAIN) || undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** One line without control characters, and without the frames of a stack trace. */
function printable(whole: string): string {
  const text = whole.trimStart().slice(0, MAX_SEARCHED);
  const end = text.search(/\r?\n\s*at \S|\s+at [\w$.<>]+\s?\([^)]*:\d+/);
  return (end < 0 ? text : text.slice(0, end)).replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
}
