import type { ComplexShape, Shape } from "./shape.ts";

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

/** What to write instead of a name that an object does not have. */
export function similar({ parts }: ComplexShape, key: string): string {
  const names = [...parts.keys()];
  const same = names.find((name) => name.toLowerCase() === key.toLowerCase());
  return same === undefined ? `; there are ${names.join(", ")}` : `; its name is "${same}"`;
}

/** The type of an attribute, for the text of an error. */
export function describe(shape: Shape): string {
  const one = {
    string: "a text",
    boolean: "true or false",
    number: "a number",
    any: "any value",
    complex: "an object",
  };
  return shape.many ? `a list, of which each element is ${one[shape.kind]}` : one[shape.kind];
}

/** Sets the value of an attribute in the result of a mapping. */
export function place(result: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  let object = result;
  for (const key of keys.slice(0, -1)) {
    object[key] ??= {};
    object = object[key] as Record<string, unknown>;
  }
  object[keys.at(-1) ?? ""] = value;
}
