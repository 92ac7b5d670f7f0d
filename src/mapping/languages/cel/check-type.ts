import type { ASTNode } from "@marcbachmann/cel-js";
import { ExpressionError } from "../../expressions/expression-error.ts";
import type { ComplexShape, Shape } from "../definitions/shape.ts";
import { describe, similar } from "../definitions/target.ts";
import { callOf } from "./tree.ts";

/** The CEL types that a value of each simple kind may have. */
const TYPES = {
  string: ["string", "google.protobuf.Timestamp"],
  boolean: ["bool"],
  number: ["int", "uint", "double"],
} as const;

/** Checks the type of an expression, and the names in what it builds. @throws {ExpressionError} where the attribute is of another type */
export function checkType(type: string, shape: Shape, root: ASTNode): void {
  if (!fits(type, shape)) {
    throw new ExpressionError(`the expression gives ${type}, but the attribute is ${describe(shape)}`, {
      position: root.start,
    });
  }
  checkNames(root, shape);
}

function fits(type: string, shape: Shape): boolean {
  const inner = /^optional<(.*)>$/.exec(type)?.[1];
  if (inner !== undefined) return fits(inner, shape);
  if (["dyn", "null", "T", "A"].includes(type) || (shape.kind === "any" && !shape.many)) return true;
  if (shape.many) {
    if (type === "list") return true;
    const element = /^list<(.*)>$/.exec(type)?.[1];
    return element !== undefined && fits(element, { ...shape, many: false });
  }
  if (shape.kind === "complex") return type === "map" || type.startsWith("map<") || type.startsWith("object_");
  return shape.kind === "any" || TYPES[shape.kind].some((name) => name === type);
}

/** Checks the keys of objects that an expression writes, wherever its value comes from. */
function checkNames(node: ASTNode, shape: Shape): void {
  if (shape.kind !== "complex") return;
  if (node.op === "?:") {
    checkNames(node.args[1], shape);
    checkNames(node.args[2], shape);
    return;
  }
  if (node.op === "list") {
    for (const element of node.args) checkNames(element, { ...shape, many: false });
    return;
  }
  const call = callOf(node);
  const last = call?.arguments.at(-1);
  if (call?.name === "map" && last !== undefined) checkNames(last, { ...shape, many: false });
  if (call?.name === "dyn" && last !== undefined) checkNames(last, shape);
  if (node.op === "map") for (const [key, value] of node.args) checkEntry(key, value, shape);
}

function checkEntry(key: ASTNode, value: ASTNode, shape: ComplexShape): void {
  if (key.op !== "value" || typeof key.args !== "string") return;
  const part = shape.parts.get(key.args);
  if (part === undefined) {
    throw new ExpressionError(`there is no attribute "${key.args}" here${similar(shape, key.args)}`, {
      position: key.start,
    });
  }
  checkNames(value, part);
}
