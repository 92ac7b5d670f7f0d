import { sha256Hex } from "../../crypto/sha256.ts";
import { isUnassigned, sameValue } from "../../patch/equal.ts";
import { isObject } from "../../values/is-object.ts";
import { valueKey } from "../../values/value-key.ts";
import type { Document } from "../links/link.ts";
import type { RemoteOperation, RemoteResource } from "./resources.ts";

/** What a service provider sets itself, and members, which are pushed separately: never sent, never compared. */
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set(["id", "meta", "groups", "members", "schemas"]);

/** Whether two documents have the same content, regardless of the order of their lists. */
export function sameDocument(left: Document, right: Document): boolean {
  return sameValue(withoutSchemas(left), withoutSchemas(right));
}

/** Merges two documents: everything that either has; where both have a value, the later one. */
export function overlaid(below: Document | undefined, above: Document | undefined): Document | undefined {
  if (below === undefined || above === undefined) return above ?? below;
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const under = merged[name];
    merged[name] = isObject(value) && isObject(under) ? { ...under, ...value } : value;
  }
  return merged;
}

/** The desired state of a remote resource. */
export interface Wanted {
  readonly desired: Document;
  /** What it may have been sent before: values in it that are no longer desired must be removed. */
  readonly told?: Document | undefined;
  /** Attributes that are as desired although they look different, since the application normalises them. */
  readonly settled?: ReadonlySet<string> | undefined;
}

/**
 * Whether a remote resource already has everything that is desired, and nothing that was sent before and is no longer
 * desired. Everything else in it is left alone.
 */
export function isSatisfied(remote: RemoteResource, wanted: Wanted): boolean {
  return namesOf(wanted).every((name) => covers(remote[name], wanted.desired[name], wanted.told?.[name]));
}

/**
 * What an application returns instead of what was sent, by attribute: digests of both, so that no value is stored
 * twice.
 */
export async function shownInstead(
  remote: RemoteResource,
  sent: Document,
): Promise<Readonly<Record<string, string>> | undefined> {
  const names = namesOf({ desired: sent }).filter(
    (name) => remote[name] !== undefined && !covers(remote[name], sent[name], undefined),
  );
  if (names.length === 0) return undefined;
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await shownDigest(sent[name], remote[name])])),
  );
}

/** The attributes for which the application returns what it returned when exactly this was sent. */
export async function settledNames(
  remote: RemoteResource,
  desired: Document,
  shown: Readonly<Record<string, string>> | undefined,
): Promise<ReadonlySet<string>> {
  const settled = new Set<string>();
  for (const [name, digest] of Object.entries(shown ?? {})) {
    if (Object.hasOwn(remote, name) && (await shownDigest(desired[name], remote[name])) === digest) settled.add(name);
  }
  return settled;
}

function shownDigest(sent: unknown, shown: unknown): Promise<string> {
  return sha256Hex(valueKey({ sent, shown }));
}

/** The names of the attributes that a write would change; for reports. */
export function changedNames(remote: RemoteResource, wanted: Wanted): string[] {
  return namesOf(wanted).filter((name) => !covers(remote[name], wanted.desired[name], wanted.told?.[name]));
}

/** The attributes that we may change: those desired, and those sent before. */
function namesOf({ desired, told, settled }: Wanted): string[] {
  return [...new Set([...Object.keys(desired), ...Object.keys(told ?? {})])].filter(
    (name) => !OWN_ATTRIBUTES.has(name) && settled?.has(name) !== true,
  );
}

function covers(actual: unknown, wanted: unknown, told: unknown): boolean {
  if (isObject(wanted) || (isObject(told) && isUnassigned(wanted))) return coversParts(actual, wanted, told);
  if (isUnassigned(wanted)) return isUnassigned(actual);
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual) || actual.length !== wanted.length) return false;
    const toldElement = Object.assign({}, ...(Array.isArray(told) ? told.filter(isObject) : []));
    return wanted.every((element) => actual.some((candidate) => covers(candidate, element, toldElement)));
  }
  return sameValue(actual, wanted);
}

function coversParts(actual: unknown, wanted: unknown, told: unknown): boolean {
  const [parts, wantedParts, toldParts] = [actual, wanted, told].map(partsOf) as [Document, Document, Document];
  const names = new Set([...Object.keys(wantedParts), ...Object.keys(toldParts)]);
  return [...names].every((name) => covers(parts[name], wantedParts[name], toldParts[name]));
}

function partsOf(value: unknown): Document {
  return isObject(value) ? value : {};
}

/**
 * The document of a PUT: the remote resource with the desired values, and without those that were sent before
 * and are no longer desired. So attributes, and parts of them, that we do not map survive.
 */
export function mergeForPut(remote: RemoteResource, { desired, told }: Wanted): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(remote)) if (!OWN_ATTRIBUTES.has(name)) merged[name] = value;
  for (const name of namesOf({ desired, told })) {
    const [wanted, was] = [desired[name], told?.[name]];
    merged[name] = isObject(wanted) || isObject(was) ? mergeParts(merged[name], wanted, was) : wanted;
  }
  const kept = withoutNulls(merged);
  const schemas = new Set([...texts(desired.schemas), ...texts(remote.schemas).filter((urn) => urn in kept)]);
  return { schemas: [...schemas], ...kept };
}

function mergeParts(remote: unknown, desired: unknown, told: unknown): unknown {
  if (!isObject(desired) && !isUnassigned(desired)) return desired;
  const parts: Record<string, unknown> = { ...partsOf(remote) };
  for (const name of Object.keys(partsOf(told))) delete parts[name];
  return withoutNulls({ ...parts, ...partsOf(desired) });
}

/** The body of a create: values that never existed are not cleared. */
export function newDocument(document: Document): Record<string, unknown> {
  const parts = Object.entries(document).map(([name, value]) => [name, isObject(value) ? withoutNulls(value) : value]);
  return withoutNulls(Object.fromEntries(parts) as Document);
}

function withoutNulls(document: Document): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document).filter(
      ([, value]) => value !== null && value !== undefined && !(isObject(value) && Object.keys(value).length === 0),
    ),
  );
}

/** The operations of a PATCH that lead from the remote state to the desired state. None exactly if it is satisfied. */
export function operationsBetween(remote: RemoteResource, wanted: Wanted): RemoteOperation[] {
  const { desired, told } = wanted;
  return namesOf(wanted).flatMap((name) => operationsFor(name, remote[name], desired[name], told?.[name]));
}

function operationsFor(path: string, actual: unknown, wanted: unknown, told: unknown): RemoteOperation[] {
  if (covers(actual, wanted, told)) return [];
  const isComplex = isObject(wanted) || (isObject(told) && isUnassigned(wanted));
  if (!isComplex || !isObject(actual)) return [operationFor(path, actual, wanted)];
  const separator = path.toLowerCase().startsWith("urn:") ? ":" : ".";
  const [wantedParts, toldParts] = [partsOf(wanted), partsOf(told)];
  const names = [...new Set([...Object.keys(wantedParts), ...Object.keys(toldParts)])];
  return names
    .filter((name) => !covers(actual[name], wantedParts[name], toldParts[name]))
    .map((name) => operationFor(`${path}${separator}${name}`, actual[name], wantedParts[name]));
}

function operationFor(path: string, actual: unknown, wanted: unknown): RemoteOperation {
  if (isUnassigned(wanted)) return { op: "remove", path };
  const value = isObject(wanted) ? withoutNulls(wanted) : wanted;
  return { op: actual === undefined ? "add" : "replace", path, value };
}

function withoutSchemas(document: Document): Record<string, unknown> {
  const { schemas: _, ...rest } = document;
  return rest;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
