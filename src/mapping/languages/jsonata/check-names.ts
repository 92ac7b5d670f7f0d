import { ExpressionError } from "../../expressions/expression-error.ts";
import type { ComplexShape, Shape } from "../definitions/shape.ts";
import { describe, similar } from "../definitions/target.ts";
import { isNode, type JsonataNode, startOf } from "./tree.ts";

/** The shape of a value; undefined where it is known only when the expression is evaluated. */
type Known = Shape | undefined;

const TEXT: Shape = { kind: "string", many: false };
const NUMBER: Shape = { kind: "number", many: false };
const TRUTH: Shape = { kind: "boolean", many: false };

const OPERATORS: ReadonlyMap<unknown, Shape> = new Map([
  ["&", TEXT],
  ...["=", "!=", "<", "<=", ">", ">=", "and", "or", "in"].map((name) => [name, TRUTH] as const),
  ...["+", "-", "*", "/", "%"].map((name) => [name, NUMBER] as const),
]);

/**
 * Checks the names that an expression reads against the definition of what it sees, and what it gives against that of its
 * attribute, as far as both are known before it is evaluated.
 *
 * @throws {ExpressionError} for the first name that there is not, or for a value of another type than the attribute
 */
export function checkNames(
  root: JsonataNode,
  given: { readonly text: string; readonly variables: ReadonlyMap<string, Shape>; readonly target: Shape },
): void {
  const { text, variables, target } = given;
  const names = new Names(text, { kind: "complex", many: false, parts: variables });
  checkKind(names.of(root), target);
  names.checkWritten(root, target);
}

function checkKind(given: Known, target: Shape): void {
  if (given === undefined || given.kind === "any" || target.kind === "any" || given.kind === target.kind) return;
  throw new ExpressionError(
    `the expression gives ${describe({ ...given, many: false })}, but the attribute is ${describe(target)}`,
    { position: 0 },
  );
}

/** Finds the shape of each node, and checks the names on the way. */
class Names {
  readonly #text: string;
  readonly #root: ComplexShape;

  constructor(text: string, root: ComplexShape) {
    this.#text = text;
    this.#root = root;
  }

  /** The shape of a node that is evaluated for `context`. */
  of(node: unknown, context: Known = this.#root): Known {
    if (!isNode(node)) return undefined;
    const shape = this.#ofType(node, context);
    for (const { expr } of listOf(node.predicate)) this.#visit(expr, shape);
    const group = node.group as { readonly lhs?: unknown } | undefined;
    if (group === undefined) return shape;
    this.#pairs(group.lhs, shape);
    return undefined;
  }

  /** As `of`, where nothing is known of the context: nothing is checked but what does not depend on it. */
  #visit(node: unknown, context: Known): void {
    this.of(node, context ?? ANY);
  }

  #ofType(node: JsonataNode, context: Known): Known {
    switch (node.type) {
      case "path":
        return this.#path(node, context);
      case "name":
        return this.#name(node, context);
      case "variable":
        return node.value === "" ? context : node.value === "$" ? this.#root : undefined;
      case "string":
        return TEXT;
      case "number":
        return NUMBER;
      case "value":
        return typeof node.value === "boolean" ? TRUTH : undefined;
      case "binary":
        this.#visit(node.lhs, context);
        this.#visit(node.rhs, context);
        return OPERATORS.get(node.value);
      case "unary":
        return this.#unary(node, context);
      case "condition":
        return this.#condition(node, context);
      case "block":
        return listOf(node.expressions)
          .map((part) => this.of(part, context ?? ANY))
          .at(-1);
      case "bind":
        return this.of(node.rhs, context ?? ANY);
      default:
        return this.#other(node, context);
    }
  }

  #path(node: JsonataNode, context: Known): Known {
    let shape = context;
    for (const step of listOf(node.steps)) {
      const here: Known = shape;
      // Its terms are evaluated for each element, and the elements stay as they are.
      if (step.type === "sort") for (const { expression } of listOf(step.terms)) this.#visit(expression, here);
      else shape = this.of(step, here ?? ANY);
      for (const { expr } of listOf(step.stages)) this.#visit(expr, shape);
    }
    return shape;
  }

  #name(node: JsonataNode, context: Known): Known {
    if (context === undefined || context.kind === "any" || typeof node.value !== "string") return undefined;
    const position = startOf(node, this.#text);
    if (context.kind !== "complex")
      throw new ExpressionError(`"${node.value}" is read of a value that has no parts`, { position });
    const part = context.parts.get(node.value);
    if (part !== undefined) return part;
    if (context === this.#root) {
      const names = [...context.parts.keys()].join(", ");
      throw new ExpressionError(`Unknown variable: ${node.value}; there are ${names}`, { position });
    }
    throw new ExpressionError(`No such key: ${node.value}; if the directory has it, declare it in "properties"`, {
      position,
    });
  }

  #unary(node: JsonataNode, context: Known): Known {
    if (node.value === "{") {
      this.#pairs(node.lhs, context);
      return { kind: "complex", many: false, parts: new Map() };
    }
    if (node.value === "-") {
      this.#visit(node.expression, context);
      return NUMBER;
    }
    const elements = listOf(node.expressions).map((part) => this.of(part, context ?? ANY));
    return sameKind(elements);
  }

  #condition(node: JsonataNode, context: Known): Known {
    this.#visit(node.condition, context);
    const branches = [node.then, ...(isNode(node.else) ? [node.else] : [])];
    return sameKind(branches.map((branch) => this.of(branch, context ?? ANY)));
  }

  /** Calls and functions: the shape of their results is unknown. */
  #other(node: JsonataNode, context: Known): Known {
    for (const part of [...listOf(node.arguments), node.procedure, node.body, node.lhs, node.rhs]) {
      this.#visit(part, node.type === "transform" ? ANY : context);
    }
    return undefined;
  }

  #pairs(pairs: unknown, context: Known): void {
    for (const pair of Array.isArray(pairs) ? (pairs as unknown[][]) : []) {
      for (const part of pair) this.#visit(part, context);
    }
  }

  /** Checks the keys of the objects that an expression writes. */
  checkWritten(node: unknown, shape: Shape): void {
    if (!isNode(node) || shape.kind !== "complex") return;
    if (node.type === "condition") {
      this.checkWritten(node.then, shape);
      this.checkWritten(node.else, shape);
    }
    if (node.type === "block") this.checkWritten(listOf(node.expressions).at(-1), shape);
    if (node.type === "path") this.checkWritten(listOf(node.steps).at(-1), shape);
    if (node.type !== "unary") return;
    if (node.value === "[") for (const element of listOf(node.expressions)) this.checkWritten(element, shape);
    if (node.value !== "{" || !Array.isArray(node.lhs)) return;
    for (const [key, value] of node.lhs as unknown[][]) this.#checkEntry(key, value, shape);
  }

  #checkEntry(key: unknown, value: unknown, shape: ComplexShape): void {
    if (!isNode(key) || key.type !== "string" || typeof key.value !== "string") return;
    const part = shape.parts.get(key.value);
    if (part !== undefined) {
      this.checkWritten(value, part);
      return;
    }
    throw new ExpressionError(`there is no attribute "${key.value}" here${similar(shape, key.value)}`, {
      position: startOf(key, this.#text),
    });
  }
}

const ANY: Shape = { kind: "any", many: false };

function sameKind(shapes: readonly Known[]): Known {
  const [first] = shapes;
  return first !== undefined && shapes.every((shape) => shape?.kind === first.kind) ? first : undefined;
}

function listOf(value: unknown): readonly JsonataNode[] {
  return Array.isArray(value) ? (value as JsonataNode[]) : [];
}
