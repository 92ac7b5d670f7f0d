import { JSONATA_LIMITS } from "./limits.ts";

/** Elements of a list, and characters of a text, that count as one unit of work. */
const ELEMENTS = 8;
const CHARACTERS = 32;

/** Steps of a regular expression's program that count as one unit. */
const STEPS = 100;

/**
 * Counts the work of the evaluation of a mapping, and ends it at the limit. Unlike a time limit it does not depend on how busy
 * the machine is.
 */
export class Meter {
  #work = 0;

  /** Starts an evaluation. */
  reset(): void {
    this.#work = 0;
  }

  /** Counts a value that an expression computed. @throws {RangeError} at a limit */
  count(value: unknown): void {
    if (typeof value === "string") {
      this.checkText(value.length);
      this.charge(1 + value.length / CHARACTERS);
    } else if (Array.isArray(value)) {
      if (value.length > JSONATA_LIMITS.elements) throw tooLarge();
      this.charge(1 + value.length / ELEMENTS);
    } else this.charge(1);
  }

  /** Counts the search of a regular expression through a text. @throws {RangeError} at the limit */
  countSearch(characters: number, programSize: number): void {
    this.charge(1 + (characters * programSize) / STEPS);
  }

  /** @throws {RangeError} for a text that is too long */
  checkText(length: number): void {
    if (length > JSONATA_LIMITS.text) throw tooLarge();
  }

  /** @throws {RangeError} at the limit */
  charge(units: number): void {
    this.#work += units;
    if (this.#work > JSONATA_LIMITS.work) throw new RangeError("the evaluation takes too much work");
  }
}

/** The error for a value that exceeds a limit. */
export function tooLarge(): RangeError {
  return new RangeError("a value is too large");
}
