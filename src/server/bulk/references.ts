import { isObject } from "../../values/is-object.ts";

const PREFIX = "bulkId:";
/**
 * The string literals of a filter, with their escapes. An unterminated one is matched to the end, so that matching
 * takes linear time.
 */
const LITERAL = /"(?:[^"\\]|\\[\s\S])*"?/g;

/** The values that replace a reference. */
export interface Referred {
  readonly id: string;
  /** The URL of the resource. */
  readonly location: string;
}

/** The bulkId that a text refers to, if it is a reference (RFC 7644 section 3.7.2): `bulkId:qwerty`. */
export function bulkIdIn(text: string): string | undefined {
  return text.startsWith(PREFIX) ? text.slice(PREFIX.length) : undefined;
}

/** The bulkIds that the data of an operation refers to. */
export function referencesIn(data: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  replaceReferences(data, (bulkId) => {
    found.add(bulkId);
    return { id: "", location: "" };
  });
  return found;
}

/**
 * The data of an operation with all its references replaced:
 *
 * - a text that is one, `bulkId:qwerty`, becomes the id, and as a `$ref` the URL of the resource;
 * - a `$ref` that ends in one, `../Users/bulkId:qwerty`, ends in the id;
 * - so do the text literals in a `path`, `members[value eq "bulkId:qwerty"]`.
 */
export function replaceReferences(data: unknown, refer: (bulkId: string) => Referred): unknown {
  return replaceIn(data, undefined, refer);
}

function replaceIn(value: unknown, name: string | undefined, refer: (bulkId: string) => Referred): unknown {
  if (typeof value === "string") return replaceInText(value, name, refer);
  if (Array.isArray(value)) return value.map((element) => replaceIn(element, name, refer));
  if (!isObject(value)) return value;
  // Without assignment, since a member may be called __proto__.
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaceIn(member, key, refer)]));
}

function replaceInText(text: string, name: string | undefined, refer: (bulkId: string) => Referred): string {
  const isUri = name?.toLowerCase() === "$ref";
  const bulkId = bulkIdIn(text);
  if (bulkId !== undefined) return isUri ? refer(bulkId).location : refer(bulkId).id;
  if (isUri) return replaceLastSegment(text, refer);
  if (name?.toLowerCase() !== "path") return text;
  return text.replace(LITERAL, (literal) => {
    const named = bulkIdIn(unquoted(literal));
    return named === undefined ? literal : JSON.stringify(refer(named).id);
  });
}

function replaceLastSegment(uri: string, refer: (bulkId: string) => Referred): string {
  const start = uri.lastIndexOf("/") + 1;
  const bulkId = bulkIdIn(uri.slice(start));
  return bulkId === undefined ? uri : uri.slice(0, start) + encodeURIComponent(refer(bulkId).id);
}

/** The text of a literal. One with invalid escapes stays as it is, so that the filter parser refuses it. */
function unquoted(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}
