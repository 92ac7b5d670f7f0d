import { sameValue } from "../patch/equal.ts";
import { isObject } from "../schema/is-object.ts";
import type { Document } from "./link.ts";
import type { RemoteOperation, RemoteResource } from "./remote.ts";

/** What a service provider sets itself: never sent, never compared. */
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set(["id", "meta", "groups", "members"]);

/** Whether two documents say the same, whatever the order of their lists. */
export function sameDocument(left: Document, right: Document): boolean {
  return sameValue(withoutSchemas(left), withoutSchemas(right));
}

/**
 * Whether a remote resource already has all that is desired, and nothing that was sent and is no longer desired. What it
 * has beyond that is its own business.
 */
export function isSatisfied(remote: RemoteResource, desired: Document, sent: Document | undefined): boolean {
  const gone = Object.keys(sent ?? {}).filter((name) => !(name in desired) && name !== "schemas");
  if (gone.some((name) => remote[name] !== undefined)) return false;
  return Object.entries(withoutSchemas(desired)).every(([name, value]) => covers(remote[name], value));
}

function covers(actual: unknown, wanted: unknown): boolean {
  if (wanted === undefined || wanted === null) return actual === undefined || actual === null;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual) || actual.length !== wanted.length) return false;
    return wanted.every((element) => actual.some((candidate) => covers(candidate, element)));
  }
  if (isObject(wanted)) {
    return isObject(actual) && Object.entries(wanted).every(([name, value]) => covers(actual[name], value));
  }
  // A false that the remote leaves out is a false.
  return sameValue(actual, wanted) || (wanted === false && actual === undefined);
}

/**
 * The document of a PUT: what the remote has, with the desired values put in and those taken out that were sent before
 * and are no longer desired. So attributes that we do not map survive.
 */
export function mergeForPut(
  remote: RemoteResource,
  desired: Document,
  sent: Document | undefined,
): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(remote)) {
    if (!OWN_ATTRIBUTES.has(name) && name !== "schemas") merged[name] = value;
  }
  for (const name of Object.keys(sent ?? {})) if (!(name in desired)) delete merged[name];
  for (const [name, value] of Object.entries(withoutSchemas(desired))) {
    merged[name] = isObject(value) ? mergeParts(merged[name], value, sent?.[name]) : value;
  }
  for (const name of Object.keys(merged)) if (merged[name] === null) delete merged[name];
  const schemas = new Set([...texts(desired.schemas), ...texts(remote.schemas).filter((urn) => urn in merged)]);
  return { schemas: [...schemas], ...merged };
}

function mergeParts(remote: unknown, desired: Document, sent: unknown): Record<string, unknown> {
  const parts: Record<string, unknown> = isObject(remote) ? { ...remote } : {};
  for (const name of isObject(sent) ? Object.keys(sent) : []) if (!(name in desired)) delete parts[name];
  return withoutNulls({ ...parts, ...desired });
}

/** The body of a create: nothing is cleared that was never there. */
export function newDocument(document: Document): Record<string, unknown> {
  const parts = Object.entries(document).map(([name, value]) => [name, isObject(value) ? withoutNulls(value) : value]);
  return withoutNulls(Object.fromEntries(parts) as Document);
}

function withoutNulls(document: Document): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document).filter(
      ([, value]) => value !== null && !(isObject(value) && Object.keys(value).length === 0),
    ),
  );
}

/** The operations of a PATCH that lead from what was sent, or is there, to what is desired. */
export function operationsBetween(before: Document, desired: Document): RemoteOperation[] {
  return [...Object.keys(before), ...Object.keys(desired).filter((name) => !(name in before))]
    .filter((name) => name !== "schemas" && !OWN_ATTRIBUTES.has(name))
    .flatMap((name) => operationsFor(name, before[name], desired[name]));
}

function operationsFor(path: string, before: unknown, desired: unknown): RemoteOperation[] {
  if (sameValue(before, desired)) return [];
  if (desired === undefined || desired === null) return [{ op: "remove", path }];
  if (!isObject(desired) || !isObject(before))
    return [{ op: before === undefined ? "add" : "replace", path, value: desired }];
  const separator = path.toLowerCase().startsWith("urn:") ? ":" : ".";
  const names = [...new Set([...Object.keys(before), ...Object.keys(desired)])];
  return names.flatMap((name): RemoteOperation[] => {
    if (sameValue(before[name], desired[name])) return [];
    const part = `${path}${separator}${name}`;
    return [
      desired[name] === undefined ? { op: "remove", path: part } : { op: "replace", path: part, value: desired[name] },
    ];
  });
}

function withoutSchemas(document: Document): Record<string, unknown> {
  const { schemas: _, ...rest } = document;
  return rest;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
