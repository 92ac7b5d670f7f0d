import type { AttributeDefinition, ResourceType } from "../../schema/attributes/definition.ts";
import { isObject } from "../../values/is-object.ts";
import type { Document } from "../links/link.ts";

/** An attribute whose `value` is the id of another resource, such as a user's manager (RFC 7643 section 4.3). */
export interface ReferenceAttribute {
  /** Its extension; undefined for the core schema. */
  readonly extension: string | undefined;
  readonly name: string;
}

/**
 * The attributes of a type that refer to a user by id. They are recognised by their definitions: complex, writable,
 * with a `value` beside a `$ref` to users. Members are not such an attribute: they are pushed separately.
 */
export function referenceAttributes(type: ResourceType): ReferenceAttribute[] {
  const core = type.schema.attributes.filter(isReference).map(({ name }) => ({ extension: undefined, name }));
  const extended = type.extensions.flatMap(({ schema }) =>
    schema.attributes.filter(isReference).map(({ name }) => ({ extension: schema.id, name })),
  );
  return [...core, ...extended].filter(({ name }) => name !== "members");
}

function isReference(attribute: AttributeDefinition): boolean {
  const { subAttributes = [], mutability, multiValued } = attribute;
  if (mutability === "readOnly" || multiValued) return false;
  const ref = subAttributes.find(({ name }) => name === "$ref");
  return ref?.referenceTypes?.includes("User") === true && subAttributes.some(({ name }) => name === "value");
}

/** The directory ids that a document refers to. */
export function referredIds(document: Document, references: readonly ReferenceAttribute[]): string[] {
  return references.flatMap((reference) => referredId(document, reference) ?? []);
}

function referredId(document: Document, { extension, name }: ReferenceAttribute): string | undefined {
  const holder = extension === undefined ? document : document[extension];
  const value = isObject(holder) ? holder[name] : undefined;
  return isObject(value) && typeof value.value === "string" ? value.value : undefined;
}

/**
 * A document whose references contain the ids of the application. A reference to a resource that the application does
 * not have yet is left out: with the directory's id it would refer to somebody else, or to nobody.
 */
export function withRemoteIds(
  document: Document,
  references: readonly ReferenceAttribute[],
  remoteIds: ReadonlyMap<string, string | undefined>,
): Record<string, unknown> {
  const translated: Record<string, unknown> = { ...document };
  for (const reference of references) {
    const id = referredId(document, reference);
    if (id === undefined) continue;
    const remoteId = remoteIds.get(id);
    const value = remoteId === undefined ? undefined : { value: remoteId };
    const { extension, name } = reference;
    if (extension === undefined) {
      put(translated, name, value);
      continue;
    }
    const holder = { ...(translated[extension] as Record<string, unknown>) };
    put(holder, name, value);
    put(translated, extension, Object.keys(holder).length === 0 ? undefined : holder);
  }
  return translated;
}

function put(target: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) delete target[name];
  else target[name] = value;
}
