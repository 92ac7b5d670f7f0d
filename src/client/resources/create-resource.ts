import type { Resource } from "../../protocol/resources.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { HttpResponse } from "../http/http-request.ts";
import { outcomeOf } from "../http/outcome.ts";
import { notScim, readResource, readResponse } from "../http/read-response.ts";
import type { Send } from "../http/send.ts";
import { projection } from "./list-pages.ts";
import { checkLookupAttributes, lookUp, lookupAttributes } from "./lookup.ts";

/** Options of `create`. */
export interface CreateOptions {
  /**
   * By which attributes a resource is looked for when nobody knows whether it was created, in this order; false to throw
   * instead. @default `externalId`, then what the schema calls unique, or `displayName` if it calls nothing unique
   */
  readonly lookup?: readonly string[] | false;
  /** Asks for these attributes in the answer, besides those that always come. */
  readonly attributes?: readonly string[];
  readonly excludedAttributes?: readonly string[];
  readonly signal?: AbortSignal;
}

/** What became of a `create`. */
export interface CreateResult<T extends Resource> {
  /** As the service provider shows it; what was sent, without password and with the id, where it shows nothing. */
  readonly resource: T & { id: string };
  /** `created` by the answer to the request; `found` by a lookup after its outcome was unknown. */
  readonly outcome: "created" | "found";
  /** The attribute by which it was found. By a name it may be older than the request. */
  readonly foundBy?: string;
}

/** What a creation is made of. */
export interface CreateContext {
  readonly send: Send;
  readonly type: ResourceType;
  readonly now: () => number;
  /** Waits a little for a request of unknown outcome to end. */
  readonly settle: (signal: AbortSignal | undefined) => Promise<void>;
}

/**
 * Creates a resource (RFC 7644 section 3.3). A request of unknown outcome is never repeated: the resource is looked for,
 * and if it cannot be found for certain the failure is thrown as it was.
 *
 * @throws {ScimError} what the service provider answered
 * @throws {TransportError} without an answer; also for a success that names no id, with `outcome: "unknown"`
 */
export async function createResource<T extends Resource>(
  resource: T,
  options: CreateOptions,
  context: CreateContext,
): Promise<CreateResult<T>> {
  const { type, send, now } = context;
  const { lookup = lookupAttributes(type), signal } = options;
  const names = lookup === false ? [] : checkLookupAttributes(type, lookup);
  try {
    const response = await send({
      method: "POST",
      route: type.endpoint,
      path: type.endpoint,
      query: projection(options),
      body: resource,
      signal,
    });
    return { resource: createdOf(resource, response, now), outcome: "created" };
  } catch (failure) {
    if (names.length === 0 || signal?.aborted === true || outcomeOf(failure) !== "unknown") throw failure;
    const match = await found<T>(resource, names, { ...context, signal });
    if (match === undefined) throw failure;
    return { resource: match.resource, outcome: "found", foundBy: match.by };
  }
}

/** A lookup that fails finds nothing: what the caller must hear of is the creation. */
async function found<T extends Resource>(
  wanted: T,
  names: readonly string[],
  context: CreateContext & { readonly signal: AbortSignal | undefined },
): ReturnType<typeof lookUp<T>> {
  try {
    await context.settle(context.signal);
    return await lookUp<T>(wanted, names, { ...context, endpoint: context.type.endpoint });
  } catch {
    return undefined;
  }
}

function createdOf<T extends Resource>(sent: T, response: HttpResponse, now: () => number): T & { id: string } {
  const shown = readResource<T>(readResponse(response, now), response);
  const id = shown?.id ?? idOfLocation(response);
  if (id === undefined) throw notScim(response, "neither an id nor a Location");
  const { password: _, ...kept } = sent;
  return { ...(shown ?? kept), id } as T & { id: string };
}

/** The last segment of `Location`, which RFC 7644 section 3.3 makes the URL of what was created. */
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
