import type { Resource } from "../../protocol/resources.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { HttpResponse } from "../http/http-request.ts";
import { outcomeOf } from "../http/outcome.ts";
import { notScim, readResource, readResponse } from "../http/read-response.ts";
import { type ListContext, projection } from "./list-pages.ts";
import { findResources } from "./lookup.ts";
import { identifyingAttributes, type LookupAttribute, lookupAttribute } from "./lookup-attribute.ts";

/** Options of `create`. */
export interface CreateOptions<Path extends string = string> {
  /**
   * The attributes by which the resource is looked up when it is unknown whether it was created, in this order, as paths like
   * those of `find`; false to throw instead.
   *
   * @default `externalId`, then the attributes that the schema calls unique, or `displayName` if it calls none unique
   */
  readonly lookup?: readonly Path[] | false;
  /** Returns only these attributes, besides those that are always returned. */
  readonly attributes?: readonly Path[];
  /** Returns all but these attributes. */
  readonly excludedAttributes?: readonly Path[];
  readonly signal?: AbortSignal;
}

/** The result of `create`. */
export interface CreateResult<T extends Resource> {
  /** The resource that the service provider returned. If it returned none: what was sent, without password, with the id. */
  readonly resource: T & { id: string };
  /** `created` by this request, or `found` by a look-up after its outcome was unknown. */
  readonly outcome: "created" | "found";
  /** The attribute by which it was found. A resource found by its name may be older than the request. */
  readonly foundBy?: string;
}

/** What creating a resource needs. */
export interface CreateContext extends ListContext {
  /** Waits until a request of unknown outcome has probably ended. */
  readonly settle: (signal: AbortSignal | undefined) => Promise<void>;
}

/**
 * Creates a resource (RFC 7644 section 3.3). A request of unknown outcome is never repeated. Instead, the resource is
 * looked up, and if it is not found the original error is thrown.
 *
 * @throws {ScimError} the error response of the service provider
 * @throws {TransportError} when there was no SCIM response; also for a success without an id, with `outcome: "unknown"`
 */
export async function createResource<T extends Resource>(
  resource: Resource,
  options: CreateOptions,
  context: CreateContext,
): Promise<CreateResult<T>> {
  const { type, send, now } = context;
  const { lookup = identifyingAttributes(type), signal } = options;
  const attributes = lookup === false ? [] : lookup.map((path) => lookupAttribute(type, path));
  try {
    const response = await send({
      method: "POST",
      route: type.endpoint,
      path: type.endpoint,
      query: projection(options),
      body: resource,
      signal,
    });
    return { resource: createdOf<T>(resource, response, { type, now }), outcome: "created" };
  } catch (failure) {
    if (attributes.length === 0 || signal?.aborted === true || outcomeOf(failure) !== "unknown") throw failure;
    const found = await findCreated<T>(resource, attributes, { ...context, signal });
    if (found === undefined) throw failure;
    return found;
  }
}

/** Looks up a resource that may have been created. If that fails, nothing is known: the caller gets the first error. */
async function findCreated<T extends Resource>(
  sent: Resource,
  attributes: readonly LookupAttribute[],
  context: CreateContext & { readonly signal: AbortSignal | undefined },
): Promise<CreateResult<T> | undefined> {
  const { type, signal, settle } = context;
  try {
    await settle(signal);
    for (const { path, valuesOf } of attributes) {
      const [value] = valuesOf(sent);
      if (value === undefined) continue;
      const result = await findResources<T>({ attribute: path, value }, { signal }, context);
      if (result.outcome !== "found") continue;
      const [resource, ...others] = result.resources;
      if (resource === undefined || others.length > 0) return undefined;
      if (mayBe(resource, sent, type)) return { resource, outcome: "found", foundBy: path };
    }
  } catch {
    return undefined;
  }
  return undefined;
}

/** Whether a resource may be the one that was sent. One with another `externalId` is not. */
function mayBe(resource: Resource, sent: Resource, type: ResourceType): boolean {
  const externalId = lookupAttribute(type, "externalId");
  const [wanted] = externalId.valuesOf(sent);
  const hasNone = externalId.valuesOf(resource).length === 0;
  return wanted === undefined || hasNone || externalId.hasValue(resource, wanted);
}

function createdOf<T extends Resource>(
  sent: Resource,
  response: HttpResponse,
  { type, now }: Pick<CreateContext, "type" | "now">,
): T & { id: string } {
  const shown = readResource<T>(readResponse(response, now), response, type);
  const id = shown?.id ?? idOfLocation(response);
  if (id === undefined) throw notScim(response, "neither an id nor a Location");
  const { password: _, ...kept } = sent;
  return { ...(shown ?? kept), id } as T & { id: string };
}

/** The last segment of `Location`, the URL of the created resource (RFC 7644 section 3.3). */
function idOfLocation({ headers, url }: HttpResponse): string | undefined {
  const location = headers.get("location") ?? "";
  if (location === "" || !URL.canParse(location, url)) return undefined;
  const segments = new URL(location, url).pathname.split("/");
  const endpoint = new URL(url).pathname.split("/").at(-1);
  if (segments.at(-2) !== endpoint) return undefined;
  try {
    return decodeURIComponent(segments.at(-1) ?? "") || undefined;
  } catch {
    return undefined;
  }
}
