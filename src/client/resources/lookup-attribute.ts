import { isScimError } from "../../errors/scim-error.ts";
import { comparisonKey } from "../../filter/comparison-key.ts";
import { compileElementFilter } from "../../filter/compile-filter.ts";
import type { Predicate } from "../../filter/reach.ts";
import { parsePath } from "../../path/parse-path.ts";
import { printFilter, printPath } from "../../path/print.ts";
import type { AttributePath, FilterTree, PatchPath } from "../../path/tree.ts";
import { findAttribute } from "../../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResolvedPath, ResourceType } from "../../schema/attributes/definition.ts";
import { isSecret } from "../../schema/attributes/is-secret.ts";
import { resolvePath } from "../../schema/attributes/resolve-path.ts";
import { isObject } from "../../values/is-object.ts";
import { memberInAnyCase } from "../../values/member-in-any-case.ts";

/** An attribute that resources of a type can be looked up by. */
export interface LookupAttribute {
  /** Its path, such as `userName` or `emails[type eq "work"].value`. */
  readonly path: string;
  /** The filter for resources that have this value. */
  filterFor(value: string): string;
  /** The values of a resource. Names of attributes are read in any case, numbers as text. */
  valuesOf(resource: object): readonly string[];
  /** Whether a resource has this value, compared as the definition of the attribute says (`caseExact`). */
  hasValue(resource: object, value: string): boolean;
}

/** A path looked up in a resource type. */
interface ResolvedLookup {
  readonly extension: string | undefined;
  readonly attribute: AttributeDefinition;
  readonly sub: AttributeDefinition | undefined;
  /** The filter between the brackets of the path. */
  readonly filter: FilterTree | undefined;
  /** The same filter as a predicate over an element with canonical names. */
  readonly selects: Predicate<unknown>;
}

/**
 * Reads the path of an attribute that resources are looked up by: `externalId`, `name.familyName`,
 * `emails[type eq "work"].value`, or an attribute of an extension with its URN.
 *
 * @throws {TypeError} when the type has no such attribute, or when its values are not text or are never returned
 */
export function lookupAttribute(type: ResourceType, text: string): LookupAttribute {
  const resolved = resolveLookup(type, text);
  const { attribute, sub } = resolved;
  const keyOf = comparisonKey(sub ?? attribute);
  const path = canonicalPath(resolved);
  const valuesOf = (resource: object): string[] =>
    elementsOf(resource, resolved)
      .filter(resolved.selects)
      .flatMap((element) => textOf(sub === undefined ? element : memberInAnyCase(element, sub.name)) ?? []);
  return {
    path: printPath(path),
    filterFor: (value) => printFilter(filterTree(path, value.toWellFormed())),
    valuesOf,
    hasValue: (resource, value) => valuesOf(resource).some((found) => keyOf(found) === keyOf(value)),
  };
}

/**
 * The attributes that identify a resource of a type, the most reliable first: `externalId`, then those that the schema
 * calls unique, or `displayName` where it calls none unique (groups).
 */
export function identifyingAttributes(type: ResourceType): readonly string[] {
  const unique = type.schema.attributes.filter(
    (attribute) =>
      attribute.uniqueness !== "none" && attribute.type === "string" && !attribute.multiValued && !isSecret(attribute),
  );
  if (unique.length > 0) return ["externalId", ...unique.map(({ name }) => name)];
  return findAttribute(type, undefined, "displayName") === undefined ? ["externalId"] : ["externalId", "displayName"];
}

function resolveLookup(type: ResourceType, text: string): ResolvedLookup {
  const fail = (reason: string, cause?: unknown): never => {
    throw new TypeError(`${type.name} cannot be looked up by ${text}: ${reason}`, { cause });
  };
  try {
    const { path, filter, sub: subAfterFilter } = parsePath(text);
    const { extension, attribute, sub } = resolvePath(type, { ...path, sub: subAfterFilter ?? path.sub }) ?? {};
    if (attribute === undefined) return fail("there is no such attribute");
    const definition = sub ?? attribute;
    if (definition.type !== "string" && definition.type !== "reference") return fail("its values are not text");
    if (isSecret(attribute) || isSecret(definition)) return fail("its values are never returned");
    const parent: ResolvedPath = { extension, attribute, sub: undefined };
    const selects = filter === undefined ? () => true : compileElementFilter(filter, parent);
    return { extension, attribute, sub, filter, selects };
  } catch (error) {
    if (isScimError(error)) return fail(error.detail, error);
    throw error;
  }
}

function canonicalPath({ extension, attribute, sub, filter }: ResolvedLookup): PatchPath {
  const path = { schema: extension, attribute: attribute.name, position: 0 };
  return filter === undefined
    ? { path: { ...path, sub: sub?.name }, filter, sub: undefined }
    : { path: { ...path, sub: undefined }, filter, sub: sub?.name };
}

/** `path eq "value"`. After brackets, the comparison is inside them (RFC 7644 section 3.4.2.2). */
function filterTree({ path, filter, sub = "value" }: PatchPath, value: string): FilterTree {
  const equals = (own: AttributePath): FilterTree => ({ type: "comparison", path: own, operator: "eq", value });
  if (filter === undefined) return equals(path);
  const own = equals({ schema: undefined, attribute: sub, sub: undefined, position: 0 });
  const terms = filter.type === "and" ? filter.terms : [filter];
  return { type: "valuePath", path, filter: { type: "and", terms: [...terms, own] } };
}

/** The values of the attribute without its sub-attribute, with canonical names where they are objects. */
function elementsOf(resource: object, { extension, attribute }: ResolvedLookup): unknown[] {
  const holder = extension === undefined ? resource : memberInAnyCase(resource, extension);
  const value = memberInAnyCase(holder, attribute.name);
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  return elements.map((element) => {
    if (!isObject(element)) return element;
    const names = (attribute.subAttributes ?? []).map(({ name }) => name);
    return Object.fromEntries(names.map((name) => [name, memberInAnyCase(element, name)]));
  });
}

/** Some service providers return ids as numbers. */
function textOf(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text : undefined;
}
