import type { ASTNode, Environment } from "@marcbachmann/cel-js";
import { RE2JS } from "re2js";
import { ExpressionError } from "../../expressions/expression-error.ts";
import { CEL_LIMITS } from "./limits.ts";
import { callOf, eachNode } from "./tree.ts";

/** Regular expressions by their text: those in the expressions of one mapping. */
export type Patterns = Map<string, RE2JS>;

/** Adds `text.like(pattern)` and `text.replace(old, new)` to an environment. */
export function addFunctions(environment: Environment, patterns: Patterns): void {
  environment.registerFunction("string.like(string): bool", (text: string, pattern: string) => {
    return patterns.get(pattern)?.matcher(text).find() ?? false;
  });
  environment.registerFunction("string.replace(string, string): string", (text: string, old: string, by: string) =>
    text.replaceAll(old, () => by),
  );
}

/**
 * Compiles the regular expressions of an expression into `patterns`.
 *
 * @throws {ExpressionError} when one is computed, too long or too large, or not a regular expression of RE2
 */
export function compilePatterns(root: ASTNode, patterns: Patterns): void {
  eachNode(root, (node) => {
    const call = callOf(node);
    if (call?.name !== "like" || call.receiver === undefined) return;
    const [argument] = call.arguments;
    if (argument === undefined) return;
    const pattern = argument.op === "value" ? argument.args : undefined;
    if (typeof pattern !== "string") {
      throw new ExpressionError("like() takes a text between quotes, not a computed one", { position: argument.start });
    }
    if (pattern.length > CEL_LIMITS.pattern) {
      throw new ExpressionError(`like() takes at most ${CEL_LIMITS.pattern} characters`, { position: argument.start });
    }
    patterns.set(pattern, compile(pattern, argument.start));
  });
}

function compile(pattern: string, position: number): RE2JS {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ExpressionError(`like() takes a regular expression of RE2: ${why}`, { position, cause });
  }
  if (compiled.programSize() > CEL_LIMITS.program) {
    throw new ExpressionError("the regular expression of like() repeats too much; make its counts smaller", {
      position,
    });
  }
  return compiled;
}
