import { isObject } from "../../values/is-object.ts";
import type { Capabilities } from "./capabilities.ts";

/**
 * The capabilities in a configuration document (RFC 7643 section 5). Each is read on its own: one that is missing or
 * invalid is left out. Undefined if the document contains none.
 *
 * Names are accepted in any case, booleans also as text or number, and the document also as a list response with one entry.
 */
export function readServiceProviderConfig(body: unknown): Partial<Capabilities> | undefined {
  const document = unwrapped(body);
  const bulk = member(document, "bulk");
  const filter = member(document, "filter");
  const stated: Partial<Capabilities> = {
    patch: supported(member(document, "patch")),
    filter: supported(filter),
    filterMaxResults: count(member(filter, "maxResults")),
    bulk: supported(bulk),
    bulkMaxOperations: count(member(bulk, "maxOperations")),
    bulkMaxPayloadSize: count(member(bulk, "maxPayloadSize")),
    sort: supported(member(document, "sort")),
    etag: supported(member(document, "etag")),
    changePassword: supported(member(document, "changePassword")),
  };
  const known = Object.entries(stated).filter(([name, value]) => value !== undefined && !isMissingLimit(name, value));
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** Some servers publish a limit of 0 results without meaning it. */
function isMissingLimit(name: string, value: boolean | number): boolean {
  return name === "filterMaxResults" && value === 0;
}

function unwrapped(body: unknown): unknown {
  const list = member(body, "Resources");
  return Array.isArray(list) && list.length === 1 ? list[0] : body;
}

/** A member by its name in any case, own members only. */
function member(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  return Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

function supported(feature: unknown): boolean | undefined {
  const stated = isObject(feature) ? member(feature, "supported") : feature;
  if (typeof stated === "boolean") return stated;
  if (typeof stated === "number") return stated !== 0;
  if (typeof stated !== "string") return undefined;
  const text = stated.trim().toLowerCase();
  return text === "true" ? true : text === "false" ? false : undefined;
}

function count(value: unknown): number | undefined {
  const number = typeof value === "string" && /^[0-9]{1,15}$/.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
