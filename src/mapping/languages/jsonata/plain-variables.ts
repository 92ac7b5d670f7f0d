import { isPlainObject, tellingKeys } from "../../expressions/plain-data.ts";
import type { Shape } from "../definitions/shape.ts";
import { JSONATA_LIMITS } from "./limits.ts";

/** A longer list is read only by expressions that name it: others need not wait until the members of a group are copied. */
const UNNAMED_ELEMENTS = 1_000;

/**
 * What the expressions `texts` see, as JSON: of each variable what its definition has, dates as SCIM writes them. Types are
 * not checked: JSONata has none, and what an expression gives is checked.
 *
 * @throws {TypeError} when a list that they read is too long; it names the list
 */
export function jsonOfVariables(
  variables: Readonly<Record<string, unknown>>,
  definitions: ReadonlyMap<string, Shape>,
  texts: readonly string[],
): string {
  return JSON.stringify(partsOf(variables, definitions, { texts, path: "" }));
}

interface Place {
  readonly texts: readonly string[];
  readonly path: string;
}

function partsOf(
  object: Readonly<Record<string, unknown>>,
  parts: ReadonlyMap<string, Shape>,
  { texts, path }: Place,
): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name of tellingKeys(object)) {
    const shape = parts.get(name);
    const value = object[name];
    if (shape === undefined || value === null || isLeftOut(value, name, texts)) continue;
    copy[name] = plainValue(value, shape, { texts, path: path === "" ? name : `${path}.${name}` });
  }
  return copy;
}

function isLeftOut(value: unknown, name: string, texts: readonly string[]): boolean {
  return Array.isArray(value) && value.length > UNNAMED_ELEMENTS && !texts.some((text) => text.includes(name));
}

function plainValue(value: unknown, shape: Shape, place: Place): unknown {
  const { elements } = JSONATA_LIMITS;
  if (Array.isArray(value)) {
    if (value.length > elements) {
      throw new TypeError(`${place.path} has ${value.length} elements; an expression reads at most ${elements}`);
    }
    return value.map((one: unknown) => plainValue(one, shape, place));
  }
  if (value instanceof Date) return value.toISOString();
  if (!isPlainObject(value)) return ["string", "boolean", "number"].includes(typeof value) ? value : undefined;
  if (shape.kind === "complex") return partsOf(value, shape.parts, place);
  return Object.fromEntries(tellingKeys(value).map((key) => [key, plainValue(value[key], ANY, place)]));
}

const ANY: Shape = { kind: "any", many: false };
