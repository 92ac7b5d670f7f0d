import type { Environment } from "@marcbachmann/cel-js";
import { isPlainObject } from "../../expressions/plain-data.ts";
import type { Shape } from "../definitions/shape.ts";
import { CEL_LIMITS } from "./limits.ts";

/**
 * Makes a value of a variable into what expressions compute with; of an object only the attributes in `names`, if they are
 * given. Throws a `TypeError` where the value has another type.
 */
export type Conversion = (value: unknown, path: string, names?: ReadonlySet<string>) => unknown;

/** The CEL type of a shape, and how its values are converted. */
interface Registered {
  readonly type: string;
  readonly convert: Conversion;
}

const SIMPLE_TYPES = { string: "string", boolean: "bool", number: "double", any: "dyn" } as const;

/** Declares variables in an environment. Returns how the value of each is converted. */
export function declareVariables(
  environment: Environment,
  variables: ReadonlyMap<string, Shape>,
): ReadonlyMap<string, Conversion> {
  const conversions = new Map<string, Conversion>();
  for (const [name, shape] of variables) {
    const { type, convert } = register(environment, name, shape);
    environment.registerVariable(name, type);
    conversions.set(name, convert);
  }
  return conversions;
}

function register(environment: Environment, path: string, shape: Shape): Registered {
  const one = shape.kind === "complex" ? registerComplex(environment, path, shape.parts) : simpleType(shape.kind);
  if (!shape.many) return one;
  return { type: `list<${one.type}>`, convert: (value, at) => list(value, at, one.convert) };
}

function simpleType(kind: keyof typeof SIMPLE_TYPES): Registered {
  const convert: Conversion = (value, path) => {
    if (kind === "any" || typeof value === kind) return value;
    // What an application keeps as a date is compared as SCIM writes it.
    if (kind === "string" && value instanceof Date) return value.toISOString();
    throw new TypeError(`${path} has another type than its definition, ${kind}; declare its type in "properties"`);
  };
  return { type: SIMPLE_TYPES[kind], convert };
}

/** Every object type has a class of its own, by which the evaluator tells it from others. */
function registerComplex(environment: Environment, path: string, parts: ReadonlyMap<string, Shape>): Registered {
  const type = `object_${path.replaceAll(/[^A-Za-z0-9]/g, (letter) => `_${letter.charCodeAt(0)}_`)}`;
  const fields: Record<string, string> = {};
  const conversions = new Map<string, Conversion>();
  for (const [name, shape] of parts) {
    const part = register(environment, `${path}.${name}`, shape);
    Object.defineProperty(fields, name, { value: part.type, enumerable: true });
    conversions.set(name, part.convert);
  }
  const ctor = class {};
  environment.registerType(type, { ctor, fields });
  const convert: Conversion = (value, at, names) => {
    if (!isPlainObject(value)) {
      throw new TypeError(`${at} is not an object as its definition says; declare its type in "properties"`);
    }
    const object = new ctor() as Record<string, unknown>;
    for (const name of names ?? Object.keys(value)) {
      const part = Object.hasOwn(value, name) ? value[name] : undefined;
      if (part === undefined || part === null) continue;
      const one = conversions.get(name);
      if (one !== undefined) object[name] = one(part, `${at}.${name}`);
    }
    return object;
  };
  return { type, convert };
}

function list(value: unknown, path: string, convert: Conversion): unknown[] {
  if (!Array.isArray(value)) {
    throw new TypeError(`${path} is not a list as its definition says; declare its type in "properties"`);
  }
  if (value.length > CEL_LIMITS.elements) {
    throw new TypeError(`${path} has ${value.length} elements; an expression reads at most ${CEL_LIMITS.elements}`);
  }
  return value.map((one: unknown) => convert(one, path));
}
