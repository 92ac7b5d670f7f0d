import { RE2JS } from "re2js";
import { JSONATA_LIMITS } from "./limits.ts";

/**
 * Compiles a regular expression for RE2, whose time grows only linearly with the text.
 *
 * @throws {RangeError} when it is too long, too large, or not a regular expression of RE2
 */
export function compilePattern({ source, flags }: RegExp): RE2JS {
  if (source.length > JSONATA_LIMITS.pattern) {
    throw new RangeError(`a regular expression has at most ${JSONATA_LIMITS.pattern} characters`);
  }
  const options = (flags.includes("i") ? RE2JS.CASE_INSENSITIVE : 0) | (flags.includes("m") ? RE2JS.MULTILINE : 0);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source, options);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(`this is not a regular expression of RE2: ${why}`, { cause });
  }
  if (compiled.programSize() > JSONATA_LIMITS.program) {
    throw new RangeError("the regular expression repeats too much; make its counts smaller");
  }
  return compiled;
}
