import { countOf } from "../../values/count.ts";
import { isObject } from "../../values/is-object.ts";
import { memberInAnyCase } from "../../values/member-in-any-case.ts";
import type { Capabilities } from "./capabilities.ts";

/**
 * The capabilities in a configuration document (RFC 7643 section 5). Each is read on its own: one that is missing or
 * invalid is left out. Undefined if the document contains none.
 *
 * Names are accepted in any case, booleans also as text or number, and the document also as a list response with one entry.
 */
export function readServiceProviderConfig(body: unknown): Partial<Capabilities> | undefined {
  const document = unwrapped(body);
  const bulk = memberInAnyCase(document, "bulk");
  const filter = memberInAnyCase(document, "filter");
  const stated: Partial<Capabilities> = {
    patch: supported(memberInAnyCase(document, "patch")),
    filter: supported(filter),
    filterMaxResults: countOf(memberInAnyCase(filter, "maxResults")),
    bulk: supported(bulk),
    bulkMaxOperations: countOf(memberInAnyCase(bulk, "maxOperations")),
    bulkMaxPayloadSize: countOf(memberInAnyCase(bulk, "maxPayloadSize")),
    sort: supported(memberInAnyCase(document, "sort")),
    etag: supported(memberInAnyCase(document, "etag")),
    changePassword: supported(memberInAnyCase(document, "changePassword")),
    cursor: supported(memberInAnyCase(memberInAnyCase(document, "pagination"), "cursor")),
  };
  const known = Object.entries(stated).filter(([name, value]) => value !== undefined && !isMissingLimit(name, value));
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** Some servers publish a limit of 0 results without meaning it. */
function isMissingLimit(name: string, value: boolean | number): boolean {
  return name === "filterMaxResults" && value === 0;
}

function unwrapped(body: unknown): unknown {
  const list = memberInAnyCase(body, "Resources");
  return Array.isArray(list) && list.length === 1 ? list[0] : body;
}

function supported(feature: unknown): boolean | undefined {
  const stated = isObject(feature) ? memberInAnyCase(feature, "supported") : feature;
  if (typeof stated === "boolean") return stated;
  if (typeof stated === "number") return stated !== 0;
  if (typeof stated !== "string") return undefined;
  const text = stated.trim().toLowerCase();
  return text === "true" ? true : text === "false" ? false : undefined;
}
