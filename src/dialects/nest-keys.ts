import { InvalidSyntaxError } from "../errors/request-errors.ts";
import { equalityTerms } from "../filter/equality-terms.ts";
import { resolveElementFilter } from "../filter/resolve-filter.ts";
import type { TransformContext } from "../patch/dialect.ts";
import type { LocatedPath } from "../patch/request-paths.ts";
import type { FilterTree } from "../path/tree.ts";
import type { AttributeDefinition } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import { shortened } from "../values/shortened.ts";
import type { Members } from "./rewrite.ts";

/** A key of a body, and the path that it means. */
export interface KeyedPath {
  readonly key: string;
  readonly path: string;
}

/**
 * The body of a POST or PUT in which the values of some keys are where their paths lead. A key whose path names no
 * attribute stays. Undefined if all of them stay. Takes linear time, however many keys mean the same.
 *
 * @throws {InvalidSyntaxError} for a value that is given twice, and for a path whose filter does not say what the element is
 * @throws {InvalidFilterError} for a filter that does not fit the attribute
 */
export function nestKeys(
  body: Members,
  keys: readonly KeyedPath[],
  context: TransformContext,
): Record<string, unknown> | undefined {
  const paths = keys.flatMap(({ key, path }) => {
    const place = context.locate(path);
    return place?.attribute === undefined ? [] : [{ key, place, attribute: place.attribute }];
  });
  if (paths.length === 0) return undefined;
  const nested = new Set(paths.map(({ key }) => key));
  const nest = new Nest(Object.entries(body).filter(([name]) => !nested.has(name)));
  for (const { key, place, attribute } of paths) nest.put({ key, place, attribute, value: body[key] });
  return nest.finish();
}

/** A key and what its path leads to. */
interface KeyedValue {
  readonly key: string;
  readonly place: LocatedPath;
  readonly attribute: AttributeDefinition;
  readonly value: unknown;
}

/** A body while values are put into it. The copies are built from entries, so that `__proto__` stays a member. */
class Nest {
  private readonly core: Map<string, unknown>;
  /** The data of extensions that a key leads to, by URN. */
  private readonly extensions = new Map<string, Map<string, unknown>>();
  /** The elements that keys with a filter have made, by their filter's terms. */
  private readonly elements = new Map<AttributeDefinition, Map<string, Record<string, unknown>>>();

  constructor(entries: readonly (readonly [string, unknown])[]) {
    this.core = new Map(entries);
  }

  put(keyed: KeyedValue): void {
    const { key, place, attribute, value } = keyed;
    const holder = this.holder(place.extension);
    const { filter } = place.path;
    if (filter !== undefined) {
      this.putElement(holder, keyed, filter);
      return;
    }
    const name = nameIn(holder, attribute.name);
    const { sub } = place;
    if (sub === undefined) holder.set(name, only(holder.get(name), value, key));
    else if (attribute.multiValued) throw new InvalidSyntaxError(`${shortened(key, 120)} does not name an element`);
    else holder.set(name, withPart(holder.get(name), { name: sub.name, value, key }));
  }

  finish(): Record<string, unknown> {
    for (const [urn, data] of this.extensions) this.core.set(nameIn(this.core, urn), Object.fromEntries(data));
    return Object.fromEntries(this.core);
  }

  private putElement(
    holder: Map<string, unknown>,
    { key, place, attribute, value }: KeyedValue,
    filter: FilterTree,
  ): void {
    // Entra ID quotes booleans in these filters.
    const parent = { ...place, sub: undefined };
    const terms = equalityTerms(resolveElementFilter(filter, parent, { coerceBooleans: true }));
    if (terms === undefined) throw new InvalidSyntaxError(`${shortened(key, 120)} does not say what the element is`);
    const made = this.elementsOf(holder, attribute, key);
    const id = JSON.stringify(terms.map((term) => [term.sub?.name, term.value]).sort());
    const element = made.get(id) ?? Object.fromEntries(terms.map((term) => [term.sub?.name ?? "value", term.value]));
    if (!made.has(id)) (holder.get(attribute.name) as unknown[]).push(element);
    made.set(id, element);
    const parts = place.sub === undefined ? value : { [place.sub.name]: value };
    if (!isObject(parts)) throw new InvalidSyntaxError(`${shortened(key, 120)} must be an object`);
    Object.assign(element, parts);
  }

  private elementsOf(
    holder: Map<string, unknown>,
    attribute: AttributeDefinition,
    key: string,
  ): Map<string, Record<string, unknown>> {
    const known = this.elements.get(attribute);
    if (known !== undefined) return known;
    const name = nameIn(holder, attribute.name);
    const list = only(holder.get(name), [], key);
    holder.delete(name);
    holder.set(attribute.name, list);
    const made = new Map<string, Record<string, unknown>>();
    this.elements.set(attribute, made);
    return made;
  }

  private holder(urn: string | undefined): Map<string, unknown> {
    if (urn === undefined) return this.core;
    const known = this.extensions.get(urn);
    if (known !== undefined) return known;
    const data = this.core.get(nameIn(this.core, urn));
    if (data !== undefined && data !== null && !isObject(data))
      throw new InvalidSyntaxError(`${urn} must be an object`);
    const holder = new Map(Object.entries(data ?? {}));
    this.extensions.set(urn, holder);
    return holder;
  }
}

/** The name as the holder has it, in any case; the given one if it does not have it. */
function nameIn(holder: ReadonlyMap<string, unknown>, name: string): string {
  if (holder.has(name)) return name;
  const wanted = name.toLowerCase();
  return [...holder.keys()].find((each) => each.toLowerCase() === wanted) ?? name;
}

function only(before: unknown, value: unknown, key: string): unknown {
  if (before === undefined || before === null) return value;
  throw new InvalidSyntaxError(`${shortened(key, 120)} is given twice`);
}

function withPart(
  before: unknown,
  { name, value, key }: { readonly name: string; readonly value: unknown; readonly key: string },
): Record<string, unknown> {
  if (before !== undefined && before !== null && !isObject(before)) {
    throw new InvalidSyntaxError(`${shortened(key, 120)} is a part of a value that is not an object`);
  }
  const parts = new Map<string, unknown>(Object.entries(before ?? {}));
  const own = nameIn(parts, name);
  return Object.fromEntries(parts.set(own, only(parts.get(own), value, key)));
}
