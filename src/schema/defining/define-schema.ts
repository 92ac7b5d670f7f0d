import * as z from "zod/mini";
import { readAs } from "../../options/read-as.ts";
import { parseAttributePath } from "../../path/parse-path.ts";
import { deepFreeze } from "../../values/frozen-json.ts";
import { splitUrn } from "../../values/split-urn.ts";
import { attribute, type Characteristics } from "../attributes/attribute.ts";
import type { AttributeDefinition, SchemaDefinition } from "../attributes/definition.ts";
import { coherent } from "./coherent.ts";
import type { SchemaArgument, SchemaFrom } from "./literal-types.ts";
import { refuseUnknown } from "./refuse-unknown.ts";

/** ATTRNAME of RFC 7643 section 2.1, and `$ref`, which the RFC itself also uses. */
const ATTRIBUTE_NAME = /^(?:[A-Za-z][A-Za-z0-9$_-]*|\$ref)$/;
const SCHEMA_URI = /^[A-Za-z][^\s:]*:\S*[^\s:]$/;
/** Marks the schemas that `defineSchema` created, so that no other object, frozen or not, counts as checked. */
const CHECKED: unique symbol = Symbol.for("scimkit.SchemaDefinition") as never;

const attributeShape = z.object({
  name: z.string(),
  type: z.nullish(z.enum(["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"])),
  multiValued: z.nullish(z.boolean()),
  description: z.nullish(z.string()),
  required: z.nullish(z.boolean()),
  canonicalValues: z.nullish(z.array(z.string())),
  caseExact: z.nullish(z.boolean()),
  mutability: z.nullish(z.enum(["readOnly", "readWrite", "immutable", "writeOnly"])),
  returned: z.nullish(z.enum(["always", "never", "default", "request"])),
  uniqueness: z.nullish(z.enum(["none", "server", "global"])),
  referenceTypes: z.nullish(z.array(z.string())),
  subAttributes: z.nullish(z.array(z.unknown())),
});

/** `schemas` and `meta` are in the document of a schema, but say nothing about it. */
const SCHEMA_MEMBERS: readonly string[] = ["id", "name", "description", "attributes", "schemas", "meta"];

const schemaShape = z.object({
  id: z.string().check(
    z.regex(SCHEMA_URI, { error: "must be a URI" }),
    z.refine(canPrefixPaths, {
      error: "must be a URI without characters that end a path, such as brackets and quotes",
    }),
  ),
  name: z.nullish(z.string()),
  description: z.nullish(z.string()),
  attributes: z.array(z.unknown()),
});

/**
 * Defines a schema (RFC 7643 section 7). Characteristics that are left out get their defaults; the result is frozen. Of a
 * literal the compiler keeps names and types, so that `ResourceOf` and `InputOf` know the data.
 *
 * It also takes JSON as `/Schemas` shows it, for instance as `unknown`. The names of members are then read in any case.
 *
 * @example
 * ```ts
 * const badge = defineSchema({
 *   id: "urn:example:params:scim:schemas:extension:badge:2.0:User",
 *   name: "Badge",
 *   attributes: [{ name: "number", type: "string", uniqueness: "server" }],
 * });
 * ```
 * @throws {TypeError} naming schema and attribute, when it is not a schema, names an attribute twice (in any case),
 * nests complex attributes, or gives an attribute characteristics that contradict each other
 */
export function defineSchema<const S>(schema: SchemaArgument<S>): SchemaFrom<S> {
  return readSchema(schema, "refuse") as SchemaFrom<S>;
}

/** The schema that JSON describes. `unknown` says what to do with members that a definition does not have. @throws {TypeError} */
export function readSchema(json: unknown, unknown: "refuse" | "ignore"): SchemaDefinition {
  if (unknown === "refuse") refuseUnknown(json, SCHEMA_MEMBERS, whereOf(json));
  const shape = readAs(schemaShape, inKnownCase(json, schemaShape), whereOf(json));
  const attributes = readAttributes(shape.attributes, { where: `Schema ${shape.id}`, nested: false, unknown });
  const schema: SchemaDefinition = {
    id: shape.id,
    name: shape.name ?? splitUrn(shape.id).name,
    description: shape.description ?? "",
    attributes,
  };
  return deepFreeze(Object.defineProperty(schema, CHECKED, { value: true }));
}

/** The schema itself if `defineSchema` created it; otherwise the schema that `defineSchema` creates from it. */
export function checkedSchema(schema: SchemaDefinition): SchemaDefinition {
  return (schema as { [CHECKED]?: true } | null | undefined)?.[CHECKED] === true
    ? schema
    : readSchema(schema, "refuse");
}

function whereOf(json: unknown): string {
  const id = typeof json === "object" && json !== null && "id" in json ? json.id : undefined;
  return typeof id === "string" ? `Schema ${id}` : "Schema";
}

/** Whether `urn:attribute` is a path in filters, patches and projections. */
function canPrefixPaths(id: string): boolean {
  try {
    return parseAttributePath(`${id}:name`).schema === id;
  } catch {
    return false;
  }
}

interface Reading {
  /** Begins the messages of errors. */
  readonly where: string;
  /** Whether it is within a complex attribute. */
  readonly nested: boolean;
  readonly unknown: "refuse" | "ignore";
}

function readAttributes(list: readonly unknown[], reading: Reading): AttributeDefinition[] {
  const { where } = reading;
  const seen = new Set<string>();
  return list.map((json, position) => {
    const attributeWhere = `${where}, attribute ${nameOf(json) ?? position}`;
    const definition = readAttribute(json, { ...reading, where: attributeWhere });
    const key = definition.name.toLowerCase();
    if (seen.has(key)) throw new TypeError(`${where}: attribute ${definition.name} is defined twice`);
    seen.add(key);
    return definition;
  });
}

function readAttribute(json: unknown, reading: Reading): AttributeDefinition {
  const { where, nested, unknown } = reading;
  if (unknown === "refuse") refuseUnknown(json, Object.keys(attributeShape.shape), where);
  const { name, description, subAttributes, ...stated } = readAs(
    attributeShape,
    inKnownCase(json, attributeShape),
    where,
  );
  // Names of Object.prototype would make reading a plain object ambiguous.
  if (!ATTRIBUTE_NAME.test(name) || name in Object.prototype) {
    throw new TypeError(`${where}: not a name an attribute can have (RFC 7643 section 2.1)`);
  }
  const characteristics = Object.fromEntries(
    Object.entries(stated).filter(([, value]) => value !== null && value !== undefined),
  ) as Characteristics;
  if (stated.type !== "complex") {
    if (subAttributes?.length) throw new TypeError(`${where}: only a complex attribute has sub-attributes`);
    return coherent(attribute(name, description ?? "", characteristics), stated.returned ?? undefined, where);
  }
  if (nested) throw new TypeError(`${where}: a complex attribute within a complex one (RFC 7643 section 2.3.8)`);
  if (!subAttributes?.length) throw new TypeError(`${where}: a complex attribute needs sub-attributes`);
  const complex = attribute(name, description ?? "", {
    ...characteristics,
    subAttributes: readAttributes(subAttributes, { ...reading, nested: true }),
  });
  return coherent(complex, stated.returned ?? undefined, where);
}

/**
 * Names are read in any case (RFC 7643 section 2.1): if `multivalued` were ignored, a list would become a single value.
 */
function inKnownCase(json: unknown, { shape }: z.ZodMiniObject): unknown {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return json;
  const known = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  const entries = Object.entries(json);
  const renamed = entries.map(([name, value]) => [known.get(name.toLowerCase()) ?? name, value] as const);
  return Object.fromEntries([...renamed, ...entries]); // where a name is there twice, the one as it is written counts
}

function nameOf(json: unknown): string | undefined {
  if (typeof json !== "object" || json === null || !("name" in json)) return undefined;
  return typeof json.name === "string" ? json.name : undefined;
}
