import { InvalidVersionError, NotFoundError, NotImplementedError } from "../../errors/request-errors.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { Registry } from "../../schema/attributes/registry.ts";

/** What a request's path names. */
export type Route =
  | { readonly kind: "collection"; readonly type: ResourceType }
  | { readonly kind: "resource"; readonly type: ResourceType; readonly id: string }
  /** Of all types, or of one. */
  | { readonly kind: "search"; readonly type: ResourceType | undefined }
  | { readonly kind: "root" }
  | { readonly kind: "discovery"; readonly document: DiscoveryDocument; readonly id: string | undefined }
  | { readonly kind: "bulk" }
  | { readonly kind: "me" };

/** The read-only endpoints of RFC 7644 section 4. */
export type DiscoveryDocument = "ServiceProviderConfig" | "ResourceTypes" | "Schemas";

const DISCOVERY: ReadonlyMap<string, DiscoveryDocument> = new Map<string, DiscoveryDocument>([
  ["serviceproviderconfig", "ServiceProviderConfig"],
  ["resourcetypes", "ResourceTypes"],
  ["schemas", "Schemas"],
]);

const SEARCH = ".search";

/** Endpoints without a collection. */
const ALONE: ReadonlyMap<string, "bulk" | "me"> = new Map([
  ["bulk", "bulk"],
  ["me", "me"],
]);

/**
 * Finds what `pathname` names below `mountPath`. A trailing slash is tolerated; endpoints are found in any case.
 *
 * @throws {NotFoundError} when it names nothing
 * @throws {InvalidVersionError} when only the protocol version differs (RFC 7644 section 3.13)
 */
export function findRoute(pathname: string, mountPath: string, registry: Registry): Route {
  const segments = segmentsBelow(pathname, mountPath);
  const [endpoint, id, ...more] = segments;
  if (endpoint === undefined) return { kind: "root" };
  const document = DISCOVERY.get(endpoint.toLowerCase());
  if (document !== undefined && more.length === 0 && !(document === "ServiceProviderConfig" && id !== undefined)) {
    return { kind: "discovery", document, id };
  }
  const alone = ALONE.get(endpoint.toLowerCase());
  if (alone !== undefined && id === undefined) return { kind: alone };
  if (isSearch(endpoint) && id === undefined) return { kind: "search", type: undefined };
  return routeOfType(segments, registry);
}

function routeOfType(segments: readonly string[], registry: Registry): Route {
  const found = registry.byPath(segments);
  const [id, ...more] = found?.rest ?? [];
  if (found === undefined || more.length > 0) throw new NotFoundError("No such endpoint");
  const { type } = found;
  if (id === undefined) return { kind: "collection", type };
  return isSearch(id) ? { kind: "search", type } : { kind: "resource", type, id };
}

function isSearch(segment: string): boolean {
  return segment.toLowerCase() === SEARCH;
}

/** The path without ids, which can identify people, for events. */
export function routeTemplate(route: Route): string {
  if (route.kind === "collection") return route.type.endpoint;
  if (route.kind === "resource") return `${route.type.endpoint}/{id}`;
  if (route.kind === "search") return `${route.type?.endpoint ?? ""}/${SEARCH}`;
  if (route.kind === "root") return "/";
  if (route.kind === "discovery") return route.id === undefined ? `/${route.document}` : `/${route.document}/{id}`;
  return route.kind === "bulk" ? "/Bulk" : "/Me";
}

/** @throws {NotImplementedError} always: the feature is not served, and ServiceProviderConfig says so */
export function refuseUnsupported(feature: string): never {
  throw new NotImplementedError(`${feature} is not supported by this service provider`);
}

function segmentsBelow(pathname: string, mountPath: string): string[] {
  if (pathname !== mountPath && !pathname.startsWith(`${mountPath}/`)) {
    refuseOtherVersion(pathname, mountPath);
    throw new NotFoundError("No such endpoint");
  }
  const segments = pathname.slice(mountPath.length).split("/").slice(1);
  if (segments.at(-1) === "") segments.pop();
  return segments.map(decodeSegment);
}

function refuseOtherVersion(pathname: string, mountPath: string): void {
  const versioned = /^(.*)\/v\d+$/i.exec(mountPath);
  const prefix = versioned?.[1];
  if (prefix === undefined || !pathname.startsWith(`${prefix}/`)) return;
  if (/^v\d+(\/|$)/i.test(pathname.slice(prefix.length + 1))) {
    throw new InvalidVersionError(`Only ${mountPath.slice(prefix.length + 1)} of the protocol is served here`);
  }
}

function decodeSegment(segment: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    throw new NotFoundError("No such endpoint");
  }
  // No id contains it, and some databases end a text there.
  if (decoded.includes("\0")) throw new NotFoundError();
  return decoded;
}
