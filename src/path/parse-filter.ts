import { InvalidFilterError } from "../errors/request-errors.ts";
import { filterFault } from "./faults.ts";
import { FilterParser } from "./filter-parser.ts";
import { limitsOf } from "./limits.ts";
import { Scanner } from "./scanner.ts";
import type { FilterTree, ParseFilterOptions } from "./tree.ts";

/**
 * Reads a filter (RFC 7644 section 3.4.2.2) into a tree.
 *
 * Attribute names are not looked up: `resolveFilter` does that. More white space than in the grammar is accepted, also
 * inside and before brackets. Parentheses that change nothing are not kept.
 *
 * @throws {InvalidFilterError} for a text that is not a filter or exceeds a limit; names the position and what was
 * expected
 * @throws {TypeError} for a limit that is not a positive integer
 */
export function parseFilter(text: string, options: ParseFilterOptions = {}): FilterTree {
  const limits = limitsOf(options);
  const { maxLength } = limits;
  if (text.length > maxLength) {
    throw new InvalidFilterError(`The filter is longer than ${maxLength} characters`, { position: maxLength });
  }
  const parser = new FilterParser(new Scanner(text), limits, options);
  const tree = parser.expression({ depth: 0, inBrackets: false });
  parser.scanner.skipSpace();
  if (!parser.scanner.atEnd) {
    throw filterFault(parser.scanner.position, 'expected "and", "or" or the end of the filter');
  }
  parser.report();
  return tree;
}
