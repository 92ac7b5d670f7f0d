import { InvalidPathError } from "../errors/request-errors.ts";
import { isAttributeName, splitAttributePath } from "./attribute-name.ts";
import { type Fault, pathFault } from "./faults.ts";
import { FilterParser } from "./filter-parser.ts";
import { limitsOf } from "./limits.ts";
import { Scanner } from "./scanner.ts";
import type { AttributePath, ParseFilterOptions, PatchPath } from "./tree.ts";

/**
 * The name of an attribute of the type's own schema, perhaps with that of a sub-attribute. Most paths have this form.
 */
const PLAIN = /^([A-Za-z][A-Za-z0-9$_-]*)(?:\.([A-Za-z][A-Za-z0-9$_-]*))?$/;

/**
 * Reads the path of a PATCH operation (RFC 7644 section 3.5.2).
 *
 * The URI of a schema alone is a path too; `splitAttributePath` describes the result.
 *
 * @throws {InvalidPathError} for a text that is not a path, or longer than `maxLength`
 * @throws {InvalidFilterError} for an error between the brackets
 * @throws {TypeError} for a limit that is not a positive integer
 */
export function parsePath(text: string, options: ParseFilterOptions = {}): PatchPath {
  const limits = limitsOf(options);
  refuseLong(text, limits.maxLength);
  const plain = PLAIN.exec(text);
  if (plain !== null) return { path: plainPath(plain), filter: undefined, sub: undefined };
  const fault = pathFault(text);
  const scanner = new Scanner(text);
  const parser = new FilterParser(scanner, limits, options);
  scanner.skipSpace();
  const position = scanner.position;
  const word = scanner.word();
  scanner.skipSpace();
  const filtered = scanner.sees("[");
  const path = splitAttributePath(word, { position, schemaAlone: !filtered }, fault);
  if (!filtered) {
    expectEnd(scanner, fault, 'expected "[" or the end of the path');
    return { path, filter: undefined, sub: undefined };
  }
  scanner.position += 1;
  const filter = parser.bracketed({ depth: 0, inBrackets: false });
  const sub = scanner.take(".") ? readSub(scanner, fault) : undefined;
  scanner.skipSpace();
  expectEnd(scanner, fault, 'expected "." or the end of the path');
  parser.report();
  return { path, filter, sub };
}

/**
 * Reads an attribute's name with or without its schema, as in `attributes`, `excludedAttributes` and `sortBy`
 * (RFC 7644 section 3.10). The URI of a schema alone is accepted as by `parsePath`.
 *
 * @throws {InvalidPathError} for a text that is not an attribute path, or longer than 10,000 characters
 */
export function parseAttributePath(text: string): AttributePath {
  const fault = pathFault(text);
  refuseLong(text, limitsOf({}).maxLength);
  const scanner = new Scanner(text);
  scanner.skipSpace();
  const position = scanner.position;
  const path = splitAttributePath(scanner.word(), { position, schemaAlone: true }, fault);
  scanner.skipSpace();
  expectEnd(scanner, fault, "expected the end of the path");
  return path;
}

function plainPath([, attribute = "", sub]: RegExpExecArray): AttributePath {
  return { schema: undefined, attribute, sub, position: 0 };
}

function readSub(scanner: Scanner, fault: Fault): string {
  const position = scanner.position;
  const sub = scanner.word();
  if (!isAttributeName(sub)) throw fault(position, "expected the name of a sub-attribute");
  return sub;
}

function refuseLong(text: string, maxLength: number): void {
  if (text.length > maxLength) {
    throw new InvalidPathError(`The path is longer than ${maxLength} characters`, { position: maxLength });
  }
}

function expectEnd(scanner: Scanner, fault: Fault, expected: string): void {
  if (!scanner.atEnd) throw fault(scanner.position, expected);
}
