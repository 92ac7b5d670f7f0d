import type { ASTNode } from "@marcbachmann/cel-js";
import { ExpressionError } from "../../expressions/expression-error.ts";
import { CEL_LIMITS } from "./limits.ts";

/** Functions that go through a list and evaluate one of their arguments for each element. */
const MACROS: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** The functions and methods that expressions may call. */
const CALLS: readonly string[] = [
  ...["has", "size", "string", "int", "double", "bool", "dyn"],
  ...["startsWith", "endsWith", "contains", "like", "indexOf", "lastIndexOf"],
  ...["lowerAscii", "upperAscii", "trim", "substring", "replace", "split", "join"],
  ...["orValue", "or", "hasValue", "value", "of", "none"],
  ...MACROS,
];
const ALLOWED: ReadonlySet<string> = new Set(CALLS);

/** What to use instead of functions that other programs with CEL have. */
const INSTEAD: Readonly<Record<string, string>> = {
  matches: "use like(), which takes the regular expressions of RE2",
  bind: "write the value where it is used",
};

/** A call of a function or a method. */
export interface Call {
  readonly name: string;
  readonly receiver: ASTNode | undefined;
  readonly arguments: readonly ASTNode[];
}

/** The call that a node is, if it is one. */
export function callOf(node: ASTNode): Call | undefined {
  if (node.op === "call") return { name: node.args[0], receiver: undefined, arguments: node.args[1] };
  if (node.op === "rcall") return { name: node.args[0], receiver: node.args[1], arguments: node.args[2] };
  return undefined;
}

/** Whether a call is of a macro that goes through a list. */
export function isMacro(call: Call): boolean {
  return call.receiver !== undefined && MACROS.has(call.name);
}

/** The nodes directly below a node, in the order in which they are evaluated. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case "value":
    case "id":
      return [];
    case ".":
    case ".?":
      return [node.args[0]];
    case "call":
      return node.args[1];
    case "rcall":
      return [node.args[1], ...node.args[2]];
    case "map":
      return node.args.flat();
    case "!_":
    case "-_":
      return [node.args];
    default:
      return node.args;
  }
}

/** Calls `visit` for every node of an expression. The parser bounds how deep it nests. */
export function eachNode(node: ASTNode, visit: (node: ASTNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) eachNode(child, visit);
}

/** Refuses functions that are not known to be bounded, and macros that nest too deeply. @throws {ExpressionError} */
export function checkCalls(node: ASTNode, within = 0): void {
  const call = callOf(node);
  if (call === undefined) {
    for (const child of childrenOf(node)) checkCalls(child, within);
    return;
  }
  if (!ALLOWED.has(call.name)) {
    const instead = Object.hasOwn(INSTEAD, call.name) ? INSTEAD[call.name] : `the functions are ${CALLS.join(", ")}`;
    throw new ExpressionError(`${call.name}() cannot be used here: ${instead}`, { position: node.start });
  }
  const depth = within + (isMacro(call) ? 1 : 0);
  if (depth > CEL_LIMITS.macros) {
    throw new ExpressionError(
      `${call.name}() is inside ${within} others like it; at most ${CEL_LIMITS.macros} may nest`,
      { position: node.start },
    );
  }
  if (call.receiver !== undefined) checkCalls(call.receiver, within);
  for (const argument of call.arguments) checkCalls(argument, depth);
}
