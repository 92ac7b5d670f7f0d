import jsonata from "jsonata";
import { ExpressionError } from "../../expressions/expression-error.ts";
import { JSONATA_LIMITS } from "./limits.ts";
import { compilePattern } from "./patterns.ts";
import { REFUSED } from "./refused.ts";
import { eachNode, isNode, type JsonataNode, startOf } from "./tree.ts";

/**
 * The tree of an expression, checked for its size, its functions and its regular expressions.
 *
 * @throws {ExpressionError} for the first fault, with its position
 */
export function parseExpression(text: string): JsonataNode {
  const { length, defaults, nodes, depth: maxDepth } = JSONATA_LIMITS;
  if (text.length > length) {
    throw new ExpressionError(`an expression has at most ${length} characters; this one has ${text.length}`, {
      position: 0,
    });
  }
  // The parser copies what is before these operators, so that nested ones take exponential time.
  if ((text.match(/\?[:?]/g) ?? []).length > defaults) {
    throw new ExpressionError(`an expression has at most ${defaults} of the operators ?: and ??`);
  }
  const root = parsed(text);
  let count = 0;
  eachNode(root, (node, depth) => {
    count += 1;
    if (count > nodes) throw new ExpressionError(`an expression has at most ${nodes} nodes`);
    if (depth > maxDepth) throw new ExpressionError(`an expression nests at most ${maxDepth} levels deep`);
    checkNode(node, text);
  });
  return root;
}

function parsed(text: string): JsonataNode {
  let root: unknown;
  try {
    root = jsonata(text).ast();
  } catch (cause) {
    if (cause instanceof RangeError) throw new ExpressionError("the expression nests too deeply", { cause });
    throw faultOf(cause, text);
  }
  if (isNode(root)) return root;
  throw new ExpressionError("the expression is empty", { position: 0 });
}

/** The error for one of the parser, which says where the symbol ends that it stopped at. */
function faultOf(cause: unknown, text: string): ExpressionError {
  const { message, position, token } = cause as {
    readonly message?: string;
    readonly position?: number;
    readonly token?: unknown;
  };
  const what = message ?? String(cause);
  if (typeof position !== "number") return new ExpressionError(what, { cause });
  const symbol = typeof token === "string" && token !== "(end)" ? token : "";
  const start = position - symbol.length;
  const isThere = start >= 0 && text.startsWith(symbol, start);
  return new ExpressionError(what, { position: Math.min(isThere ? start : position, text.length), cause });
}

function checkNode(node: JsonataNode, text: string): void {
  if (node.type === "variable" && typeof node.value === "string") {
    const instead = REFUSED.get(node.value);
    if (instead === undefined) return;
    throw new ExpressionError(`$${node.value}() cannot be used here: ${instead}`, { position: startOf(node, text) });
  }
  if (node.type !== "regex" || !(node.value instanceof RegExp)) return;
  try {
    compilePattern(node.value);
  } catch (cause) {
    const position = Math.max((node.position ?? 0) - node.value.source.length - 2, 0);
    throw new ExpressionError(cause instanceof Error ? cause.message : String(cause), { position, cause });
  }
}
