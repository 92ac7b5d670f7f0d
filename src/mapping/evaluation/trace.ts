import { remove, replacementOf } from "../expressions/markers.ts";
import { isPlainObject, tellingKeys } from "../expressions/plain-data.ts";

/** What one mapping did to one attribute. Carries no values. */
export interface MappingChange {
  /** As SCIM writes paths: `name.familyName`, and a colon behind a URN. A list is one path. */
  readonly path: string;
  /** `append` adds to an earlier mapping's list; `replace` and `remove` are the markers; `clear` is `null`. */
  readonly action: "set" | "append" | "replace" | "remove" | "clear";
  /** The mappings whose word for this path, or for a part of it, no longer counts. */
  readonly overrides: readonly string[];
}

/** What became of one mapping. `nothing`: it had nothing to say. `not applied`: for another phase or resource type. */
export interface MappingStep {
  readonly mapping: string;
  readonly outcome: "applied" | "nothing" | "skipped" | "not applied";
  readonly changes: readonly MappingChange[];
}

/** Who set an attribute: the mappings of a value, or the parts of an object. */
export interface Owners {
  readonly kind: "value" | "list" | "object";
  readonly by: readonly string[];
  readonly parts: Map<string, Owners>;
}

/** Nobody yet: where the first mapping starts. */
export function noOwners(): Owners {
  return { kind: "object", by: [], parts: new Map() };
}

/** What `result` changes, in the order of its attributes, and notes in `owners` that `mapping` did it. */
export function traceChanges(
  result: Readonly<Record<string, unknown>>,
  mapping: string,
  owners: Owners,
): MappingChange[] {
  return tellingKeys(result).flatMap((key) => changesOf(result[key], { key, path: key, mapping, owners }));
}

interface Place {
  readonly key: string;
  readonly path: string;
  readonly mapping: string;
  readonly owners: Owners;
}

function changesOf(value: unknown, place: Place): MappingChange[] {
  const { key, path, mapping, owners } = place;
  const before = owners.parts.get(key);
  if (isPlainObject(value) && replacementOf(value) === undefined) {
    const within = before?.kind === "object" ? before : noOwners();
    owners.parts.set(key, within);
    // Only an extension's URN, which stands at the top, has its attributes behind a colon.
    const separator = key === path && key.includes(":") ? ":" : ".";
    const changes = tellingKeys(value).flatMap((part) =>
      changesOf(value[part], { key: part, path: `${path}${separator}${part}`, mapping, owners: within }),
    );
    const overrides = before === within ? [] : allOwners(before);
    return overrides.length === 0 ? changes : [{ path, action: "set", overrides }, ...changes];
  }
  const appends = Array.isArray(value) && before?.kind === "list";
  const kind = Array.isArray(value) || replacementOf(value) !== undefined ? "list" : "value";
  const by = appends ? [...before.by, mapping] : [mapping];
  if (value === remove) owners.parts.delete(key);
  else owners.parts.set(key, { kind, by, parts: new Map() });
  return [{ path, action: appends ? "append" : actionOf(value), overrides: appends ? [] : allOwners(before) }];
}

function actionOf(value: unknown): MappingChange["action"] {
  if (value === remove) return "remove";
  if (value === null) return "clear";
  return replacementOf(value) === undefined ? "set" : "replace";
}

function allOwners(owners: Owners | undefined): string[] {
  if (owners === undefined) return [];
  const within = [...owners.parts.values()].flatMap(allOwners);
  return [...new Set([...owners.by, ...within])];
}
