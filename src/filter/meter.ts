import type { ResolvedPath } from "../schema/attributes/definition.ts";
import { printResolvedPath } from "../schema/attributes/resolve-path.ts";
import { foldString, isBeyondAscii } from "../values/fold.ts";
import type { Work } from "../work/work.ts";

/** Charges units of work. */
export type Charge = (units: number) => void;

/** Folds a text for a comparison. */
export type Fold = (text: string) => string;

/** Charges the comparisons of one compiled filter to the budget of a request. */
export interface Meter {
  /** The charge for comparisons with the values of a path; the path completes the message of the error. */
  charge(path: ResolvedPath): Charge;
  /** Folds for one comparison. All comparisons of the filter share the texts that were folded last. */
  fold(charge: Charge): Fold;
}

/** The most characters of folded texts that are kept, so that many comparisons with one value fold it once. */
const KEPT = 1_000_000;

/** A text that is shorter than this, and ASCII, is folded faster than it is found among those that are kept. */
const SHORT = 64;

/** A meter for one compiled filter. */
export function createMeter(work: Work): Meter {
  const folded = new Map<string, string>();
  let kept = 0;
  let users = 0;
  const keep = (text: string, result: string): void => {
    if (kept + text.length > KEPT) {
      folded.clear();
      kept = 0;
    }
    kept += text.length;
    folded.set(text, result);
  };
  return {
    charge: (path) => {
      const doing = `comparing the values of ${printResolvedPath(path)}`;
      return (units) => work.spend(units, doing);
    },
    fold: (charge) => {
      users += 1;
      return (text) => {
        if (text.length < SHORT && !isBeyondAscii(text)) {
          charge(foldingCost(text.length, true));
          return text.toLowerCase();
        }
        // Without another comparison that could use it, keeping a text costs more than folding it.
        const known = users > 1 ? folded.get(text) : undefined;
        if (known !== undefined) return known;
        charge(foldingCost(text.length, !isBeyondAscii(text)));
        const result = foldString(text);
        if (users > 1) keep(text, result);
        return result;
      };
    },
  };
}

/**
 * Measured: to fold an ASCII text takes about 50 ns, and 2 ns for a character; otherwise 250 ns for a text and 10 to 20
 * ns for a character.
 */
function foldingCost(length: number, isAscii: boolean): number {
  return isAscii ? 0.5 + length / 25 : 5 + length / 3;
}

/** What it costs to search or compare a text of this length once it is folded: about 1.5 ns for a character. */
export function comparingCost(length: number): number {
  return length / 32;
}
