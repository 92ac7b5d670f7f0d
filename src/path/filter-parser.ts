import { isAttributeName, splitAttributePath } from "./attribute-name.ts";
import { isComparisonOperator, readComparisonValue, type UsedLeniencies } from "./comparison-value.ts";
import { filterFault } from "./faults.ts";
import type { Scanner } from "./scanner.ts";
import type { AttributePath, FilterLeniencies, FilterLimits, FilterTree, ParseFilterOptions } from "./tree.ts";

const EXPECTED_OPERATOR = "expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr)";

/** The position of the parser in the nesting. */
interface Place {
  readonly depth: number;
  readonly inBrackets: boolean;
}

/**
 * A recursive-descent parser of the filter grammar, RFC 7644 section 3.4.2.2. It reads every character a bounded number
 * of times, and recurses no deeper than `maxDepth`.
 */
export class FilterParser {
  readonly scanner: Scanner;
  private readonly limits: Required<FilterLimits>;
  private readonly leniencies: FilterLeniencies;
  private readonly onLeniency: ParseFilterOptions["onLeniency"];
  private readonly used: UsedLeniencies = {};
  private terms = 0;

  constructor(scanner: Scanner, limits: Required<FilterLimits>, options: ParseFilterOptions) {
    this.scanner = scanner;
    this.limits = limits;
    this.leniencies = options.leniencies ?? {};
    this.onLeniency = options.onLeniency;
  }

  /** Reports the leniencies that the text needed. Called when all of it has been read. */
  report(): void {
    if (this.onLeniency === undefined) return;
    for (const name of Object.keys(this.used) as (keyof FilterLeniencies)[]) this.onLeniency(name);
  }

  /** Reads an expression to its end. */
  expression(place: Place): FilterTree {
    const terms = [this.conjunction(place)];
    while (this.takeConnective("or")) terms.push(this.conjunction(place));
    return join("or", terms);
  }

  /** Reads the rest of `[filter]` after its opening bracket. */
  bracketed(place: Place): FilterTree {
    const filter = this.expression(this.deeper(place, true));
    this.scanner.skipSpace();
    if (!this.scanner.take("]")) throw filterFault(this.scanner.position, 'expected "and", "or" or "]"');
    return filter;
  }

  private conjunction(place: Place): FilterTree {
    const terms = [this.factor(place)];
    while (this.takeConnective("and")) terms.push(this.factor(place));
    return join("and", terms);
  }

  /** Reads ` and ` or ` or ` if that comes next. */
  private takeConnective(word: "and" | "or"): boolean {
    const { scanner } = this;
    scanner.skipSpace();
    const start = scanner.position;
    if (!scanner.behindSpace || !isWord(scanner.word(), word)) {
      scanner.position = start;
      return false;
    }
    if (!scanner.skipSpace()) throw filterFault(scanner.position, `expected a space after "${word}"`);
    return true;
  }

  private factor(place: Place): FilterTree {
    const { scanner } = this;
    scanner.skipSpace();
    if (scanner.take("(")) return this.group(place);
    const position = scanner.position;
    const word = scanner.word();
    if (word === "") throw filterFault(position, 'expected an attribute name, "not" or "("');
    if (isWord(word, "not")) {
      const negation = this.negation(place);
      if (negation !== undefined) return negation;
    }
    const path = splitAttributePath(word, { position, schemaAlone: false }, filterFault);
    const spaced = scanner.skipSpace();
    if (scanner.sees("[")) return this.valuePath(path, place);
    if (!spaced) throw filterFault(scanner.position, EXPECTED_OPERATOR);
    return this.test(path);
  }

  private group(place: Place): FilterTree {
    const filter = this.expression(this.deeper(place, place.inBrackets));
    this.scanner.skipSpace();
    if (!this.scanner.take(")")) throw filterFault(this.scanner.position, 'expected "and", "or" or ")"');
    return filter;
  }

  /** Reads the term that `not` negates; undefined if `not` is an attribute's name. */
  private negation(place: Place): FilterTree | undefined {
    const { scanner } = this;
    const start = scanner.position;
    const spaced = scanner.skipSpace();
    if (scanner.take("(")) return { type: "not", term: this.group(place) };
    if (spaced && this.leniencies.notWithoutParentheses === true) {
      const next = scanner.position;
      const word = scanner.word().toLowerCase();
      if (word !== "" && word !== "pr" && !isComparisonOperator(word)) {
        scanner.position = next;
        this.used.notWithoutParentheses = true;
        return { type: "not", term: this.factor(this.deeper(place, place.inBrackets)) };
      }
    }
    scanner.position = start;
    return undefined;
  }

  private valuePath(path: AttributePath, place: Place): FilterTree {
    const { scanner } = this;
    if (place.inBrackets) throw filterFault(scanner.position, "brackets must not be nested");
    scanner.position += 1;
    const filter = this.bracketed(place);
    const narrowed = this.leniencies.valuePathComparison === true ? this.continuation(filter) : undefined;
    if (narrowed !== undefined) this.used.valuePathComparison = true;
    return { type: "valuePath", path, filter: narrowed ?? filter };
  }

  /** `.value eq "x"` or ` pr` after the closing bracket, merged into the filter; undefined if neither follows. */
  private continuation(filter: FilterTree): FilterTree | undefined {
    const { scanner } = this;
    const start = scanner.position;
    if (scanner.take(".")) {
      const position = scanner.position;
      const attribute = scanner.word();
      if (!isAttributeName(attribute)) throw filterFault(position, "expected the name of a sub-attribute");
      if (!scanner.skipSpace()) throw filterFault(scanner.position, EXPECTED_OPERATOR);
      const term = this.test({ schema: undefined, attribute, sub: undefined, position });
      return { type: "and", terms: filter.type === "and" ? [...filter.terms, term] : [filter, term] };
    }
    if (scanner.skipSpace() && isWord(scanner.word(), "pr")) return filter;
    scanner.position = start;
    return undefined;
  }

  /** Reads the operator and, unless it is `pr`, the value. */
  private test(path: AttributePath): FilterTree {
    const { scanner } = this;
    const position = scanner.position;
    const operator = scanner.word().toLowerCase();
    if (operator !== "pr" && !isComparisonOperator(operator)) throw filterFault(position, EXPECTED_OPERATOR);
    this.terms += 1;
    if (this.terms > this.limits.maxTerms) {
      throw filterFault(path.position, `more than ${this.limits.maxTerms} comparisons are not accepted`);
    }
    if (operator === "pr") return { type: "present", path };
    if (!scanner.skipSpace()) throw filterFault(scanner.position, "expected a space and a value");
    return { type: "comparison", path, operator, value: readComparisonValue(scanner, this.leniencies, this.used) };
  }

  private deeper(place: Place, inBrackets: boolean): Place {
    if (place.depth >= this.limits.maxDepth) {
      throw filterFault(this.scanner.position, `nesting deeper than ${this.limits.maxDepth} is not accepted`);
    }
    return { depth: place.depth + 1, inBrackets };
  }
}

/** Whether `text` is this word, in any case. Most words have another length and need not be lower-cased. */
function isWord(text: string, word: "and" | "or" | "not" | "pr"): boolean {
  return text.length === word.length && text.toLowerCase() === word;
}

function join(type: "and" | "or", terms: FilterTree[]): FilterTree {
  const [first] = terms;
  return terms.length === 1 && first !== undefined ? first : { type, terms };
}
