import { remove, replacementOf } from "../expressions/markers.ts";
import { isPlainObject, tellingKeys } from "../expressions/plain-data.ts";

/** What one mapping did to one attribute. Contains no values. */
export interface MappingChange {
  /** As SCIM writes paths: `name.familyName`, and a colon behind a URN. A list is one path. */
  readonly path: string;
  /** `append` adds to an earlier mapping's list; `replace` and `remove` are the markers; `clear` is `null`. */
  readonly action: "set" | "append" | "replace" | "remove" | "clear";
  /** The mappings that set this path, or a part of it, before, and whose value was replaced. */
  readonly overrides: readonly string[];
  /** The later mappings that replaced what this one set here, or a part of it. */
  readonly overriddenBy: readonly string[];
}

/** The outcome of one mapping. `nothing`: it set nothing. `not applied`: for another phase or resource type. */
export interface MappingStep {
  readonly mapping: string;
  readonly outcome: "applied" | "nothing" | "skipped" | "not applied";
  readonly changes: readonly MappingChange[];
}

/** A change whose value is in the result until a later mapping replaces it. */
interface Owner {
  readonly mapping: string;
  readonly overriddenBy: string[];
}

/** Who set an attribute: the mappings of a value, or the parts of an object. */
export interface Owners {
  readonly kind: "value" | "list" | "object";
  readonly by: readonly Owner[];
  readonly parts: Map<string, Owners>;
}

/** No owners yet: where the first mapping starts. */
export function noOwners(): Owners {
  return { kind: "object", by: [], parts: new Map() };
}

/** What `result` changes, in the order of its attributes; records in `owners` that `mapping` did it. */
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
    // Only the URN of an extension, which is at the top level, is followed by a colon.
    const separator = key === path && key.includes(":") ? ":" : ".";
    const changes = tellingKeys(value).flatMap((part) =>
      changesOf(value[part], { key: part, path: `${path}${separator}${part}`, mapping, owners: within }),
    );
    if (before === within || before === undefined) return changes;
    return [{ path, action: "set", overrides: override(before, mapping), overriddenBy: [] }, ...changes];
  }
  const appends = Array.isArray(value) && before?.kind === "list";
  const kind = Array.isArray(value) || replacementOf(value) !== undefined ? "list" : "value";
  const owner: Owner = { mapping, overriddenBy: [] };
  if (value === remove) owners.parts.delete(key);
  else owners.parts.set(key, { kind, by: appends ? [...before.by, owner] : [owner], parts: new Map() });
  const { overriddenBy } = owner;
  if (appends) return [{ path, action: "append", overrides: [], overriddenBy }];
  return [{ path, action: actionOf(value), overrides: override(before, mapping), overriddenBy }];
}

function actionOf(value: unknown): MappingChange["action"] {
  if (value === remove) return "remove";
  if (value === null) return "clear";
  return replacementOf(value) === undefined ? "set" : "replace";
}

/** Records that `mapping` replaces what was here. Returns the names of the mappings that had set it. */
function override(before: Owners | undefined, mapping: string): string[] {
  const replaced = ownersWithin(before);
  for (const { overriddenBy } of replaced) if (!overriddenBy.includes(mapping)) overriddenBy.push(mapping);
  return [...new Set(replaced.map((owner) => owner.mapping))];
}

function ownersWithin(owners: Owners | undefined): Owner[] {
  return owners === undefined ? [] : [...owners.by, ...[...owners.parts.values()].flatMap(ownersWithin)];
}
