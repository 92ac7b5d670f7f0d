import { indexOf } from "../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../schema/attributes/definition.ts";
import { requireAttributes } from "../schema/resources/read-value.ts";
import { isObject } from "../values/is-object.ts";
import { ElementList } from "./element-list.ts";
import { isUnassigned, sameValue } from "./equal.ts";
import type { RequestPaths } from "./request-paths.ts";
import type { Place } from "./target.ts";

/**
 * A resource while operations are applied. Only what an operation touches is copied; values of the original are never
 * changed in place.
 */
export class Draft {
  readonly type: ResourceType;
  /** The paths of the operations. */
  readonly paths: RequestPaths;
  private readonly original: Record<string, unknown>;
  /** The original with its top-level names in canonical case. */
  private readonly before: Readonly<Record<string, unknown>>;
  private readonly root: Record<string, unknown>;
  private readonly extensions = new Map<string, Record<string, unknown>>();
  private readonly lists = new Map<AttributeDefinition, { readonly place: Place; readonly list: ElementList }>();
  /** The top-level names that an operation wrote to. */
  private readonly touched = new Set<string>();

  constructor(resource: Record<string, unknown>, paths: RequestPaths) {
    this.type = paths.type;
    this.paths = paths;
    this.original = resource;
    this.before = canonicalNames(resource, paths.type);
    this.root = { ...this.before };
  }

  /** The value of an attribute; `undefined` when it is unassigned. */
  read(place: Place): unknown {
    const open = this.lists.get(place.attribute);
    if (open !== undefined) return open.list.size === 0 ? undefined : open.list.toArray();
    const value = this.container(place.extension)[place.attribute.name];
    return isUnassigned(value) ? undefined : value;
  }

  /** Sets the value of a single-valued attribute, or removes it with `undefined`. */
  write(place: Place, value: unknown): void {
    const container = this.open(place.extension);
    if (isUnassigned(value)) delete container[place.attribute.name];
    else container[place.attribute.name] = value;
    this.touched.add(place.extension ?? place.attribute.name);
  }

  /** The values of a multi-valued attribute, for changes. */
  list(place: Place): ElementList {
    const open = this.lists.get(place.attribute);
    if (open !== undefined) return open.list;
    const value = this.container(place.extension)[place.attribute.name];
    const elements = Array.isArray(value) ? value : isUnassigned(value) ? [] : [value];
    const list = new ElementList(place.attribute, elements, this.paths);
    this.lists.set(place.attribute, { place, list });
    return list;
  }

  /** Whether the resource has data of an extension. */
  hasExtension(urn: string): boolean {
    const open = [...this.lists.values()].some(({ place, list }) => place.extension === urn && list.size > 0);
    return open || !isUnassigned(this.container(urn));
  }

  /** Removes the data of an extension. */
  dropExtension(urn: string): void {
    for (const { place, list } of this.lists.values()) if (place.extension === urn) list.clear();
    this.extensions.set(urn, {});
    this.touched.add(urn);
  }

  /** The URNs that `schemas` has now. */
  get schemas(): readonly string[] {
    const schemas = this.root.schemas;
    return Array.isArray(schemas) ? schemas.filter((urn) => typeof urn === "string") : [];
  }

  set schemas(urns: readonly string[]) {
    this.root.schemas = [...urns];
    this.touched.add("schemas");
  }

  /**
   * The resource with all changes; the original object if nothing has changed.
   *
   * @throws {InvalidValueError} when a new extension lacks a required attribute
   */
  finish(): Record<string, unknown> {
    for (const { place, list } of this.lists.values()) {
      const elements = list.toArray();
      if (!sameValue(elements, this.container(place.extension)[place.attribute.name] ?? [])) {
        this.write(place, elements);
      }
    }
    for (const [urn, data] of this.extensions) this.closeExtension(urn, data);
    const isSame = [...this.touched].every((name) => sameValue(this.root[name], this.before[name]));
    return isSame ? this.original : this.root;
  }

  private closeExtension(urn: string, data: Record<string, unknown>): void {
    const isEmpty = Object.values(data).every(isUnassigned);
    const had = !isUnassigned(this.before[urn]);
    if (isEmpty) delete this.root[urn];
    else this.root[urn] = data;
    if (isEmpty === !had) return;
    // Stored data may lack an attribute that became required later; new data must not.
    if (!isEmpty) this.requireWhole(urn, data);
    const others = this.schemas.filter((other) => other.toLowerCase() !== urn.toLowerCase());
    if (isEmpty) this.schemas = others;
    else this.schemas = [...(others.length === 0 ? [this.type.schema.id] : others), urn];
  }

  private requireWhole(urn: string, data: Readonly<Record<string, unknown>>): void {
    const schema = this.type.extensions.find((extension) => extension.schema.id === urn)?.schema;
    requireAttributes(schema?.attributes ?? [], data, `${urn}:`);
  }

  private container(extension: string | undefined): Readonly<Record<string, unknown>> {
    if (extension === undefined) return this.root;
    const value = this.extensions.get(extension) ?? this.root[extension];
    return isObject(value) ? value : {};
  }

  private open(extension: string | undefined): Record<string, unknown> {
    if (extension === undefined) return this.root;
    const open = this.extensions.get(extension) ?? { ...this.container(extension) };
    this.extensions.set(extension, open);
    return open;
  }
}

function canonicalNames(
  resource: Readonly<Record<string, unknown>>,
  type: ResourceType,
): Readonly<Record<string, unknown>> {
  const { core, schemas } = indexOf(type);
  const nameOf = (name: string): string => core.attributes.get(name)?.name ?? schemas.get(name)?.extension ?? name;
  if (Object.keys(resource).every((name) => nameOf(name) === name)) return resource;
  return Object.fromEntries(Object.entries(resource).map(([name, value]) => [nameOf(name), value]));
}
