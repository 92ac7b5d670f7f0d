import { splitUrn } from "../values/split-urn.ts";
import type { Fault } from "./faults.ts";
import type { AttributePath } from "./tree.ts";

/** ATTRNAME with the `$` that RFC 7643 section 2.1 allows and RFC 7644 does not, and `$ref`, which begins with it. */
const NAME = /^(?:[A-Za-z][A-Za-z0-9$_-]*|\$ref)$/i;
/** A piece between the dots at the end of a URN, which may also begin with a digit, as in `2.0`. */
const URN_PIECE = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
/** A URI (RFC 3986) without its last colon; square and round brackets end a word before this. */
const SCHEMA = /^[A-Za-z][A-Za-z0-9\-._~:/?#@!$&'*+,;=%]*$/;

const EXPECTED = "expected an attribute name (a letter, then letters, digits, - and _)";

/** Whether `text` can be the name of an attribute or sub-attribute. */
export function isAttributeName(text: string): boolean {
  return NAME.test(text);
}

/** How strict `splitAttributePath` is. */
export interface SplitOptions {
  /** The position at which `text` begins. */
  readonly position: number;
  /** Whether the text may be a schema URI alone, whose last piece need not be an attribute name. */
  readonly schemaAlone: boolean;
}

/**
 * Splits `urn:…:User:name.familyName` at its last colon and the first dot after it.
 *
 * A schema URI alone is split in the same way, whatever its last piece looks like: `urn:example:2.0` gives schema
 * `urn:example`, attribute `2`, sub `0`. So a path names a whole schema exactly if `schema + ":" + attribute`, followed
 * by `"." + sub` if there is one, is the URI of a schema.
 */
export function splitAttributePath(text: string, options: SplitOptions, fault: Fault): AttributePath {
  const { position, schemaAlone } = options;
  const { urn: schema, name: local } = splitUrn(text);
  if (schema !== undefined && !SCHEMA.test(schema)) throw fault(position, "expected the URI of a schema");
  const dot = local.indexOf(".");
  const attribute = dot === -1 ? local : local.slice(0, dot);
  const sub = dot === -1 ? undefined : local.slice(dot + 1);
  const named = isAttributeName(attribute) && (sub === undefined || isAttributeName(sub));
  if (!named && !(schemaAlone && schema !== undefined && local.split(".").every((piece) => URN_PIECE.test(piece)))) {
    throw fault(faultyPosition(position + text.length - local.length, attribute, sub), EXPECTED);
  }
  return { schema, attribute, sub, position };
}

function faultyPosition(start: number, attribute: string, sub: string | undefined): number {
  return sub !== undefined && isAttributeName(attribute) ? start + attribute.length + 1 : start;
}
