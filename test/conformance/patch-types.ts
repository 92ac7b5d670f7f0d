import { parsePath } from "../../src/path/parse-path.ts";
import type { FilterTree, PatchPath } from "../../src/path/tree.ts";
import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import type { PatchCase } from "./patch-cases.ts";

interface Attribute {
  name: string;
  type?: string;
  multiValued?: boolean;
  subAttributes?: Attribute[];
}

/** Attributes of one schema by lower-cased name. */
type Attributes = Map<string, Attribute>;

/**
 * The resource type of a case: User or Group, and where the case needs attributes that neither has, those too, with the
 * types that the values in the case show.
 */
export function typeOf(test: PatchCase): ResourceType {
  const base = test.resourceType === "User" ? userResourceType : groupResourceType;
  if (test.needsCustomSchema === undefined) return base;
  const schemas = new Map<string, Attributes>([[base.schema.id, copy(base.schema.attributes)]]);
  for (const { schema } of base.extensions) schemas.set(schema.id, copy(schema.attributes));
  const learner = new Learner(schemas, base.schema.id, test);
  learner.learn();
  const [own, ...extensions] = [...schemas].map(([id, attributes]) =>
    defineSchema({ id, name: id.split(":").at(-1), attributes: [...attributes.values()].map(finished) }),
  );
  if (own === undefined) throw new TypeError("no schema");
  const { name, endpoint } = base;
  return defineResourceType({ name, endpoint, schema: own, extensions: extensions.map((schema) => ({ schema })) });
}

class Learner {
  readonly #schemas: Map<string, Attributes>;
  readonly #own: string;
  readonly #test: PatchCase;

  constructor(schemas: Map<string, Attributes>, own: string, test: PatchCase) {
    this.#schemas = schemas;
    this.#own = own;
    this.#test = test;
  }

  learn(): void {
    for (const resource of [this.#test.before, this.#test.after, this.#test.rfc?.after]) {
      if (resource !== undefined) this.#object(resource);
    }
    for (const { path, value } of this.#test.operations) {
      if (typeof path === "string") this.#path(path, value);
      else if (isObject(value)) this.#object(value);
    }
  }

  #object(resource: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(resource)) {
      if (["id", "schemas", "meta", "externalid"].includes(name.toLowerCase())) continue;
      if (name.startsWith("urn:") && isObject(value) && this.#isSchema(name)) {
        for (const [member, part] of Object.entries(value)) this.#sample(name, member, part);
      } else if (name.startsWith("urn:") || name.includes(".")) {
        this.#path(name, value);
      } else {
        this.#sample(this.#own, name, value);
      }
    }
  }

  #isSchema(name: string): boolean {
    const resources = [this.#test.before, this.#test.after ?? {}, this.#test.rfc?.after ?? {}];
    return resources.some((resource) => Object.hasOwn(resource, name));
  }

  #path(text: string, value: unknown): void {
    const parsed = readable(text);
    if (parsed === undefined) return;
    const { path, filter } = parsed;
    if (this.#schemas.has(text) || [...this.#schemas.keys()].some((urn) => text.startsWith(`${urn}.`))) return;
    const sub = parsed.sub ?? path.sub;
    const inner = sub === undefined ? value : { [sub]: value };
    const sample = filter === undefined ? inner : [{ ...(isObject(inner) ? inner : {}), ...namedIn(filter) }];
    if (["id", "schemas", "meta", "externalid"].includes(path.attribute.toLowerCase())) return;
    this.#sample(path.schema ?? this.#own, path.attribute, sample);
  }

  #sample(schema: string, name: string, value: unknown): void {
    const attributes = this.#schemas.get(schema) ?? new Map<string, Attribute>();
    this.#schemas.set(schema, attributes);
    learnAttribute(attributes, name, value);
  }
}

function learnAttribute(attributes: Attributes, name: string, value: unknown): void {
  const key = name.toLowerCase();
  const known = attributes.get(key) ?? { name };
  attributes.set(key, known);
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) known.multiValued ??= true;
  for (const element of Array.isArray(value) ? value : [value]) {
    if (!isObject(element)) {
      known.type ??= typeof element === "string" ? "string" : typeof element === "boolean" ? "boolean" : "decimal";
      continue;
    }
    if (known.type !== undefined && known.type !== "complex") continue;
    known.type = "complex";
    const subs = new Map(known.subAttributes?.map((sub) => [sub.name.toLowerCase(), sub]));
    for (const [member, part] of Object.entries(element)) {
      if (!isObject(part)) learnAttribute(subs, member, part);
    }
    known.subAttributes = [...subs.values()];
  }
}

function namedIn(filter: FilterTree): Record<string, unknown> {
  if (filter.type === "comparison") return { [filter.path.attribute]: filter.value };
  if (filter.type === "and" || filter.type === "or") return Object.assign({}, ...filter.terms.map(namedIn));
  return {};
}

function readable(text: string): PatchPath | undefined {
  try {
    return parsePath(text);
  } catch {
    return undefined;
  }
}

function finished(attribute: Attribute): Attribute {
  return attribute.type === "complex" && !attribute.subAttributes?.length
    ? { ...attribute, type: "string" }
    : attribute;
}

function copy(attributes: readonly { readonly name: string }[]): Attributes {
  const own = structuredClone(attributes) as Attribute[];
  return new Map(own.map((attribute) => [attribute.name.toLowerCase(), attribute]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
