import { filterFault } from "./faults.ts";
import type { Scanner } from "./scanner.ts";
import type { ComparisonOperator, ComparisonValue, FilterLeniencies } from "./tree.ts";

/** A JSON number (RFC 8259 section 6). */
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

const OPERATORS: ReadonlySet<string> = new Set(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]);

/** Words that are never read as a value without quotes: before them, a value is missing. */
const RESERVED: ReadonlySet<string> = new Set([...OPERATORS, "pr", "and", "or", "not"]);

/** Collects the leniencies that a text needed, in that order. */
export type UsedLeniencies = { -readonly [Name in keyof FilterLeniencies]?: true };

/** Whether `word`, in lower case, is an operator that takes a value. */
export function isComparisonOperator(word: string): word is ComparisonOperator {
  return OPERATORS.has(word);
}

/**
 * Reads the value of a comparison (compValue of RFC 7644 section 3.4.2.2); `used` collects the leniencies that it
 * needed.
 */
export function readComparisonValue(
  scanner: Scanner,
  leniencies: FilterLeniencies,
  used: UsedLeniencies,
): ComparisonValue {
  if (scanner.sees('"')) return scanner.quoted('"', filterFault);
  if (leniencies.singleQuotes === true && scanner.sees("'")) {
    const value = scanner.quoted("'", filterFault);
    used.singleQuotes = true;
    return value;
  }
  const position = scanner.position;
  const word = scanner.word();
  if (word === "true" || word === "false") return word === "true";
  if (word === "null") return null;
  if (NUMBER.test(word)) return readNumber(word, position);
  const lower = word.toLowerCase();
  if (leniencies.capitalBooleans === true && (lower === "true" || lower === "false")) {
    used.capitalBooleans = true;
    return lower === "true";
  }
  if (leniencies.bareValues === true && word !== "" && !word.startsWith("'") && !RESERVED.has(lower)) {
    used.bareValues = true;
    return word;
  }
  throw filterFault(position, "expected a value (a string in double quotes, a number, true, false or null)");
}

function readNumber(word: string, position: number): number {
  const value = Number(word);
  if (!Number.isFinite(value)) throw filterFault(position, "this number is too large");
  return value === 0 ? 0 : value;
}
