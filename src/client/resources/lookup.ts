import { isScimError, type ScimError } from "../../errors/scim-error.ts";
import type { Resource } from "../../protocol/resources.ts";
import { type ListContext, listPages } from "./list-pages.ts";
import { lookupAttribute } from "./lookup-attribute.ts";

/** A value by which a resource is looked up. */
export interface LookupKey<Path extends string = string> {
  /**
   * The path of an attribute whose values are text, such as `externalId`, `userName` or `emails[type eq "work"].value`; an
   * attribute of an extension with its URN.
   */
  readonly attribute: Path;
  readonly value: string;
}

/** Options of `find`. */
export interface FindOptions {
  /**
   * Whether the whole listing is read if the service provider ignores the filter. Otherwise its first page is enough, and
   * `none` is not certain. @default false
   */
  readonly thorough?: boolean;
  /** The most pages that are requested. @default 10000 */
  readonly maxPages?: number;
  /** The longest time of the look-up, in milliseconds. @default unlimited */
  readonly maxMs?: number;
  readonly signal?: AbortSignal;
}

/** What a look-up has shown. */
export type FindResult<T extends Resource> =
  /** Resources that have the value. Reading stops after the second one, since the value is then known to be ambiguous. */
  | { readonly outcome: "found"; readonly resources: readonly (T & { id: string })[]; readonly by: string }
  /** No resource with the value was returned. `certain`: the listing was complete, so that there is none. */
  | { readonly outcome: "none"; readonly certain: boolean }
  /** The service provider rejected the filter. That says nothing about the resource; another attribute may work. */
  | { readonly outcome: "unanswerable"; readonly error: ScimError };

/** Statuses that reject a filter: invalid, too long, or not supported. */
const FILTER_REJECTED: ReadonlySet<number> = new Set([400, 405, 413, 414, 422, 501]);

/**
 * Looks up the resources that have a value.
 *
 * A resource counts only if the value that is returned equals the value that was searched for: some service providers
 * ignore filters and return all resources. A SCIM 404 means that none was found, but not with certainty.
 *
 * @throws {TypeError} when the type has no such attribute, when its values are not text, or when the value is empty
 * @throws {ScimError} any other error response, such as 401, 403, 429 or 503: it says nothing about the resource
 * @throws {TransportError} when there was no SCIM response
 */
export async function findResources<T extends Resource>(
  key: LookupKey,
  { thorough = false, maxPages, maxMs, signal }: FindOptions,
  context: ListContext,
): Promise<FindResult<T>> {
  const attribute = lookupAttribute(context.type, key.attribute);
  const { value } = key;
  if (typeof value !== "string" || value === "") throw new TypeError("find: value must be text that is not empty");
  const query = { filter: attribute.filterFor(value), pageSize: thorough ? 100 : 10, maxPages, maxMs, signal };
  const resources: (T & { id: string })[] = [];
  let certain = false;
  try {
    for await (const page of listPages<T>(query, context)) {
      const matching = page.resources.filter((resource) => attribute.hasValue(resource, value));
      resources.push(...matching);
      certain = page.complete;
      const isFilterIgnored = matching.length < page.resources.length;
      if (resources.length > 1 || (!thorough && (isFilterIgnored || page.total === undefined))) break;
    }
  } catch (error) {
    if (!isScimError(error) || resources.length > 0) throw error;
    if (error.status === 404) return { outcome: "none", certain: false };
    if (FILTER_REJECTED.has(error.status)) return { outcome: "unanswerable", error };
    throw error;
  }
  return resources.length > 0 ? { outcome: "found", resources, by: attribute.path } : { outcome: "none", certain };
}
