import type { AttributeDefinition } from "../../../schema/attributes/definition.ts";

/** What a value may be, as far as expressions are checked against it. `any` is not checked. */
export type Shape = SimpleShape | ComplexShape;

interface SimpleShape {
  readonly kind: "string" | "boolean" | "number" | "any";
  readonly many: boolean;
}

/** An object with these attributes and no others, by their names. */
export interface ComplexShape {
  readonly kind: "complex";
  readonly many: boolean;
  readonly parts: ReadonlyMap<string, Shape>;
}

/** The type of a property of a directory's objects: a simple type, an object of properties, or a list of one type. */
export type PropertyType =
  | "string"
  | "boolean"
  | "number"
  | "any"
  | PropertyTypes
  | readonly ["string" | "boolean" | "number" | "any" | PropertyTypes];

/** The properties of a directory's objects, by name. `any` is for values that expressions are not checked against. */
export interface PropertyTypes {
  readonly [property: string]: PropertyType;
}

const SIMPLE: ReadonlySet<unknown> = new Set(["string", "boolean", "number", "any"]);

/** The shape of an object. */
export function complex(parts: Iterable<readonly [string, Shape]>, many = false): ComplexShape {
  return { kind: "complex", many, parts: new Map(parts) };
}

/** The shape of one value of a simple type. */
export function simple(kind: SimpleShape["kind"], many = false): SimpleShape {
  return { kind, many };
}

/** The shape of an attribute of a SCIM schema. Texts of every kind (dates, references, binary data) are strings. */
export function shapeOfAttribute({ type, multiValued, subAttributes = [] }: AttributeDefinition): Shape {
  if (type === "complex") return complex(partsOf(subAttributes), multiValued);
  const kind = type === "boolean" ? "boolean" : type === "integer" || type === "decimal" ? "number" : "string";
  return simple(kind, multiValued);
}

/** The shapes of attributes by name. */
export function partsOf(attributes: readonly AttributeDefinition[]): [string, Shape][] {
  return attributes.map((attribute) => [attribute.name, shapeOfAttribute(attribute)]);
}

/** The shapes of declared properties. @throws {TypeError} for what is not the type of a property; it names the property */
export function shapesOfProperties(properties: PropertyTypes, path = ""): [string, Shape][] {
  if (Object.hasOwn(properties, "__proto__")) throw new TypeError('a property cannot be called "__proto__"');
  return Object.entries(properties).map(([name, type]) => [name, shapeOfProperty(type, `${path}${name}`)]);
}

function shapeOfProperty(type: unknown, path: string): Shape {
  if (Array.isArray(type) && type.length === 1) {
    const element = shapeOfProperty(type[0], path);
    if (element.many) throw new TypeError(`the type of "${path}" is a list of lists; declare it as "any"`);
    return { ...element, many: true };
  }
  if (SIMPLE.has(type)) return simple(type as SimpleShape["kind"]);
  if (typeof type === "object" && type !== null && !Array.isArray(type)) {
    return complex(shapesOfProperties(type as PropertyTypes, `${path}.`));
  }
  throw new TypeError(
    `the type of "${path}" must be "string", "boolean", "number", "any", an object of types, or a list of one type`,
  );
}
