import { JSONATA_LIMITS } from "./limits.ts";
import { tooLarge } from "./meter.ts";

/** How deeply a value may nest. */
const MAX_DEPTH = 32;

/**
 * A value as JSON can write it, without what is not there. Parts that a value shares are counted each time, so that it is
 * as large as its JSON. A function is an error, or an empty text where `functions` is true.
 *
 * @throws {TypeError} for a function and for a number that JSON does not have
 * @throws {RangeError} for a value that is too large
 */
export function plainOutput(value: unknown, functions = false): unknown {
  let [values, characters] = [0, 0];
  const count = (length = 0): void => {
    values += 1;
    characters += length;
    if (values > JSONATA_LIMITS.values || characters > JSONATA_LIMITS.text) throw tooLarge();
  };
  const copy = (part: unknown, depth: number): unknown => {
    count(typeof part === "string" ? part.length : 0);
    if (depth > MAX_DEPTH) throw new RangeError(`the value nests more than ${MAX_DEPTH} levels deep`);
    if (typeof part === "number" && !Number.isFinite(part)) throw new TypeError("the number is not finite");
    if (typeof part === "function" || isFunctionOfJsonata(part)) {
      if (functions) return "";
      throw new TypeError("the expression gives a function");
    }
    if (typeof part !== "object" || part === null) return part;
    if (Array.isArray(part)) return Array.from(part, (one: unknown) => copy(one, depth + 1));
    const entries = Object.entries(part).filter(([key]) => key !== "__proto__");
    return Object.fromEntries(
      entries.map(([key, one]: [string, unknown]) => {
        count(key.length);
        return [key, copy(one, depth + 1)];
      }),
    );
  };
  return copy(value, 0);
}

function isFunctionOfJsonata(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("_jsonata_function" in value || "_jsonata_lambda" in value);
}
