import type { AttributeDefinition } from "../schema/attributes/definition.ts";
import { isSecret } from "../schema/attributes/is-secret.ts";
import { isReference, subAttribute } from "../schema/attributes/reference.ts";
import { foldString } from "../values/fold.ts";
import { isObject } from "../values/is-object.ts";
import { valueKey } from "../values/value-key.ts";
import type { Work } from "../work/work.ts";
import { PositionIndex } from "./position-index.ts";
import type { RequestPaths } from "./request-paths.ts";

/** The work of one element: copied, read by `select` or `clear`, its key computed for an index, and changed. */
const COPY = 1;
const READ = 0.2;
const KEY = 20;
const CHANGE = 100;
/** How many elements are read before others may run. */
const PIECE = 500;

/**
 * The values of a multi-valued attribute while operations are applied: equal elements, and those with a given `value`,
 * are found without reading all of them. Elements are never changed in place.
 *
 * Two elements are the same if they are equal except for `primary`, secrets and read-only sub-attributes; references to
 * resources, such as members, if their `value` is the same.
 */
export class ElementList {
  private readonly attribute: AttributeDefinition;
  /** `undefined` where an element was removed. */
  private readonly elements: unknown[];
  private readonly identityOf: (element: unknown) => string;
  /** Sub-attributes that are never stored, so that stored elements do not show whether they have them. */
  private readonly secrets: readonly AttributeDefinition[];
  private readonly identities: PositionIndex;
  private readonly values: PositionIndex;
  private readonly primaries = new Set<number>();
  private readonly work: Work;
  /** Ids of references that are never read in another case. */
  readonly exactIds: Set<string>;
  private readonly doing: string;
  private count: number;
  /** What `prepare` found, until an element changes. */
  private prepared: { readonly matches: (element: unknown) => boolean; readonly positions: number[] } | undefined;

  constructor(
    attribute: AttributeDefinition,
    elements: readonly unknown[],
    paths: Pick<RequestPaths, "work" | "exactIds">,
  ) {
    this.attribute = attribute;
    this.work = paths.work;
    this.exactIds = paths.exactIds;
    this.doing = `changing the values of ${attribute.name}`;
    this.spend(COPY * elements.length);
    this.elements = elements.some(isNothing) ? elements.filter((element) => !isNothing(element)) : elements.slice();
    this.count = this.elements.length;
    this.identityOf = identityIn(attribute);
    this.secrets = attribute.subAttributes?.filter(isSecret) ?? [];
    this.identities = new PositionIndex(this.elements, this.identityOf, () => this.spend(KEY * this.elements.length));
    this.values = new PositionIndex(this.elements, foldedValue, () => this.spend(KEY * this.elements.length));
    if (subAttribute(attribute, "primary") === undefined) return;
    for (let position = 0; position < this.count; position += 1) {
      if (isPrimary(this.elements[position])) this.primaries.add(position);
    }
  }

  /** How many elements there are. */
  get size(): number {
    return this.count;
  }

  /** The element at a position that `select` gave. */
  at(position: number): unknown {
    return this.elements[position];
  }

  /** The elements in their order. */
  toArray(): unknown[] {
    // Elements are moved within a copy: an array that grows while it is filtered takes several times as long.
    const elements = this.elements.slice();
    let end = 0;
    for (const element of this.elements) {
      if (element === undefined) continue;
      elements[end] = element;
      end += 1;
    }
    elements.length = end;
    return elements;
  }

  /**
   * Adds an element at the end. One that exists already stays as it is, except for an explicit `primary` and secrets.
   */
  add(element: unknown): void {
    const position = this.identities.first(this.identityOf(element));
    if (position === undefined) {
      this.insert(element);
      return;
    }
    const present = this.elements[position];
    if (!isObject(element) || !isObject(present)) return;
    const given: Record<string, unknown> = {};
    if (typeof element.primary === "boolean" && element.primary !== (present.primary ?? false)) {
      given.primary = element.primary;
    }
    for (const { name } of this.secrets) if (element[name] !== undefined) given[name] = element[name];
    if (Object.keys(given).length > 0) this.set(position, { ...present, ...given });
  }

  /**
   * Positions of the elements that match; with `value`, only elements that have it are read.
   *
   * @throws {TooManyError} when operations have read and changed too many elements
   */
  select(matches: (element: unknown) => boolean, value?: string): number[] {
    const elements = this.elements;
    if (this.prepared?.matches === matches) return this.prepared.positions.slice();
    const candidates = value === undefined ? undefined : this.values.candidates(foldString(value));
    this.spend(READ * (candidates ?? elements).length);
    const isFound = (position: number): boolean => elements[position] !== undefined && matches(elements[position]);
    if (candidates !== undefined) return candidates.filter(isFound);
    const found: number[] = [];
    for (let position = 0; position < elements.length; position += 1) if (isFound(position)) found.push(position);
    return found;
  }

  /** Does the work of the next `select` with the same arguments, and lets others run meanwhile. */
  async prepare(matches: (element: unknown) => boolean): Promise<void> {
    const elements = this.elements;
    const positions: number[] = [];
    this.spend(READ * elements.length);
    for (const [position, element] of elements.entries()) {
      if (element !== undefined && matches(element)) positions.push(position);
      if (position % PIECE === PIECE - 1) await this.work.pause();
    }
    this.prepared = { matches, positions };
  }

  /**
   * Replaces an element; if the new one is primary, no other one stays primary (RFC 7644 section 3.5.2).
   *
   * @throws {TooManyError} when operations have read and changed too many elements
   */
  set(position: number, element: unknown): void {
    this.take(position);
    this.put(position, element);
    if (isPrimary(element)) this.demoteOthers(position);
  }

  /** Replaces the elements at the given positions by one element; an equal one elsewhere is not repeated. */
  replace(positions: readonly number[], element: unknown): void {
    const [first, ...others] = positions;
    if (first === undefined) return;
    for (const position of others) this.remove(position);
    const same = this.identities.first(this.identityOf(element));
    if (same === undefined || same === first) {
      this.set(first, element);
    } else {
      this.remove(first);
      this.add(element);
    }
  }

  /** Removes the element at a position that `select` gave. */
  remove(position: number): void {
    this.take(position);
  }

  /** Removes all elements. */
  clear(): void {
    this.spend(READ * this.elements.length);
    for (const [position, element] of this.elements.entries()) if (element !== undefined) this.remove(position);
  }

  /** Replaces all elements by these. One that was there before keeps its read-only sub-attributes. */
  replaceAll(elements: readonly unknown[]): void {
    const readOnly = this.attribute.subAttributes?.filter((sub) => sub.mutability === "readOnly") ?? [];
    const before = new Map(
      readOnly.length === 0 ? [] : this.toArray().map((element) => [this.identityOf(element), element] as const),
    );
    this.clear();
    for (const element of elements) {
      const same = before.get(this.identityOf(element));
      const labels = isObject(same) ? readOnly.filter(({ name }) => same[name] !== undefined) : [];
      if (!isObject(element) || !isObject(same) || labels.length === 0) this.add(element);
      else this.add({ ...Object.fromEntries(labels.map(({ name }) => [name, same[name]])), ...element });
    }
  }

  private spend(units: number): void {
    this.work.spend(units, this.doing);
  }

  private insert(element: unknown): void {
    const position = this.elements.length;
    this.put(position, element);
    if (isPrimary(element)) this.demoteOthers(position);
  }

  private demoteOthers(position: number): void {
    for (const other of [...this.primaries]) {
      const element = this.elements[other];
      if (other === position || !isObject(element)) continue;
      this.spend(CHANGE);
      this.elements[other] = { ...element, primary: false };
      this.primaries.delete(other);
    }
  }

  private put(position: number, element: unknown): void {
    this.prepared = undefined;
    this.spend(CHANGE);
    this.elements[position] = element;
    this.identities.add(element, position);
    this.values.add(element, position);
    if (isPrimary(element)) this.primaries.add(position);
    this.count += 1;
  }

  private take(position: number): void {
    this.prepared = undefined;
    const element = this.elements[position];
    if (isObject(element) && typeof element.value === "string") this.exactIds.add(element.value);
    this.elements[position] = undefined;
    this.identities.delete(element, position);
    this.values.delete(element, position);
    this.primaries.delete(position);
    this.count -= 1;
  }
}

function isNothing(element: unknown): boolean {
  return element === undefined || element === null;
}

/** The identity of an attribute's elements. */
function identityIn(attribute: AttributeDefinition): (element: unknown) => string {
  const isReferring = isReference(attribute);
  const silent = attribute.subAttributes?.filter((sub) => sub.mutability === "readOnly" || isSecret(sub)) ?? [];
  return (element) => {
    if (!isObject(element)) return valueKey(element);
    if (isReferring && typeof element.value === "string") return element.value;
    const { primary: _, ...rest } = element;
    for (const { name } of silent) delete rest[name];
    return valueKey(rest);
  };
}

function isPrimary(element: unknown): boolean {
  return isObject(element) && element.primary === true;
}

function foldedValue(element: unknown): string {
  const value = isObject(element) ? element.value : element;
  return typeof value === "string" ? foldString(value) : "";
}
