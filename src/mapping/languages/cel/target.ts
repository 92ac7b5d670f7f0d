import type { ASTNode } from "@marcbachmann/cel-js";
import { ExpressionError } from "../../expressions/expression-error.ts";
import type { ComplexShape, Shape } from "./shape.ts";
import { callOf } from "./tree.ts";

/** Where an expression's value goes. */
export interface Target {
  /** The names on the way to it. */
  readonly keys: readonly string[];
  readonly shape: Shape;
}

/** Finds the attribute of a path such as `name.familyName`, or of one behind a URN. An empty path is for everything. @throws {TypeError} */
export function findTarget(whole: ComplexShape, path: string): Target {
  if (path === "") return { keys: [""], shape: whole };
  const urn = [...whole.parts.keys()].find((name) => name.includes(":") && path.startsWith(`${name}:`));
  const rest = urn === undefined ? path : path.slice(urn.length + 1);
  const keys = whole.parts.has(path) ? [path] : [...(urn === undefined ? [] : [urn]), ...rest.split(".")];
  let shape: Shape = whole;
  for (const [index, key] of keys.entries()) {
    if (shape.kind === "any") return { keys, shape };
    if (index > 0 && shape.many) {
      throw new TypeError(`"${keys.slice(0, index).join(".")}" is a list: write one expression for all of it`);
    }
    if (shape.kind !== "complex") throw new TypeError(`"${keys.slice(0, index).join(".")}" has no sub-attributes`);
    const part: Shape | undefined = shape.parts.get(key);
    if (part === undefined) throw new TypeError(`there is no attribute "${key}" that can be set${similar(shape, key)}`);
    shape = part;
  }
  return { keys, shape };
}

function similar({ parts }: ComplexShape, key: string): string {
  const names = [...parts.keys()];
  const same = names.find((name) => name.toLowerCase() === key.toLowerCase());
  return same === undefined ? `; there are ${names.join(", ")}` : `; its name is "${same}"`;
}

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

function describe(shape: Shape): string {
  const one = {
    string: "a text",
    boolean: "true or false",
    number: "a number",
    any: "any value",
    complex: "an object",
  };
  return shape.many ? `a list, of which each element is ${one[shape.kind]}` : one[shape.kind];
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
