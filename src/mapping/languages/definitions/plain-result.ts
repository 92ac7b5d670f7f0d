import { ExpressionError } from "../../expressions/expression-error.ts";
import type { Shape } from "./shape.ts";

/** How deeply a value may nest. */
const MAX_DEPTH = 32;

/**
 * The value of an expression as plain JSON: integers as numbers, dates as texts, without what is not there (an empty
 * optional). It is checked against the attribute that it is for.
 *
 * @throws {ExpressionError} when it is of another type than the attribute, or JSON has no such value
 */
export function plainResult(value: unknown, shape: Shape, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new ExpressionError(`the value nests more than ${MAX_DEPTH} levels deep`);
  const given = unwrapped(value);
  if (given === undefined || given === null) return given;
  if (shape.kind === "any" && !shape.many) return anyResult(given, depth);
  if (shape.many) {
    if (!Array.isArray(given)) throw wrong("a list", given);
    const elements: unknown[] = given.map((one: unknown) => plainResult(one, { ...shape, many: false }, depth + 1));
    return elements.filter((one) => one !== undefined && one !== null);
  }
  if (shape.kind === "complex") return complexResult(given, shape.parts, depth);
  return simpleResult(given, shape.kind);
}

function complexResult(value: unknown, parts: ReadonlyMap<string, Shape>, depth: number): unknown {
  const result: Record<string, unknown> = {};
  for (const [key, part] of entriesOf(value)) {
    const shape = parts.get(key);
    if (shape === undefined) throw new ExpressionError(`the attribute has no part "${key}"`);
    const plain = plainResult(part, shape, depth + 1);
    if (plain !== undefined) result[key] = plain;
  }
  return result;
}

function anyResult(value: unknown, depth: number): unknown {
  if (Array.isArray(value))
    return value.map((one: unknown) => plainResult(one, { kind: "any", many: false }, depth + 1));
  if (typeof value !== "object" || value === null || value instanceof Date) return scalar(value);
  const result: Record<string, unknown> = {};
  for (const [key, part] of entriesOf(value)) {
    const plain = plainResult(part, { kind: "any", many: false }, depth + 1);
    if (plain !== undefined && key !== "__proto__") result[key] = plain;
  }
  return result;
}

function simpleResult(value: unknown, kind: "string" | "boolean" | "number" | "any"): unknown {
  const plain = scalar(value);
  if (kind !== "any" && typeof plain !== kind) throw wrong(`a ${kind}`, value);
  return plain;
}

/** A value that is neither a list nor an object. */
function scalar(value: unknown): string | number | boolean {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) throw wrong("a text, a number, true or false", value);
  if (typeof value === "bigint" && !Number.isSafeInteger(number)) {
    throw new ExpressionError("the number is too large for JSON; make it a text with string()");
  }
  return number;
}

/** The value in an optional of the evaluator, or undefined if there is none. */
function unwrapped(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("hasValue" in value) || !("value" in value)) return value;
  const optional = value as { readonly hasValue: unknown; readonly value: unknown };
  if (typeof optional.hasValue !== "function" || typeof optional.value !== "function") return value;
  return optional.hasValue.call(value) === true ? optional.value.call(value) : undefined;
}

function entriesOf(value: unknown): [string, unknown][] {
  if (value instanceof Map) return [...value].map(([key, part]: [unknown, unknown]) => [String(key), part]);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("an object", value);
  return Object.entries(value);
}

function wrong(expected: string, value: unknown): ExpressionError {
  const kind = Array.isArray(value)
    ? "a list"
    : typeof value === "bigint"
      ? "a number"
      : `a value of type ${typeof value}`;
  return new ExpressionError(`the expression gave ${kind}, but the attribute needs ${expected}`);
}
