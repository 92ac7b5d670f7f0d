import { isScimError } from "../../errors/scim-error.ts";
import { TransportError } from "../../errors/transport-error.ts";
import type { PatchOperation } from "../../protocol/messages.ts";
import type { PathOf } from "../../protocol/paths.ts";
import type { Resource } from "../../protocol/resources.ts";
import { URN } from "../../protocol/urns.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { shortened } from "../../values/shortened.ts";
import type { HttpResponse } from "../http/http-request.ts";
import { notScim, readResource, readResponse } from "../http/read-response.ts";
import { idSegment } from "../http/request-url.ts";
import type { Repeat } from "../http/retry.ts";
import type { ScimRequest } from "../http/send.ts";
import type { Discovery } from "../profiles/discovery.ts";
import { type CreateContext, type CreateOptions, type CreateResult, createResource } from "./create-resource.ts";
import { type ListOptions, type ListPage, listPages, projection } from "./list-pages.ts";
import { type FindOptions, type FindResult, findResources, type LookupKey } from "./lookup.ts";

/** Options of `get`. */
export interface ReadOptions<Path extends string = string> {
  /** Returns only these attributes, besides those that are always returned. */
  readonly attributes?: readonly Path[];
  /** Returns all but these attributes. */
  readonly excludedAttributes?: readonly Path[];
  readonly signal?: AbortSignal;
}

/** Options of `replace`, `patch` and `delete`. */
export interface WriteOptions {
  /** Sent as `If-Match`: the write takes effect only if the resource has this version (`meta.version`). */
  readonly ifMatch?: string;
  /** Whether the request is sent again when it is unknown if it took effect. @default "never" */
  readonly repeat?: Repeat;
  readonly signal?: AbortSignal;
}

/**
 * The client of one resource type. Resources are plain JSON data: `T` as they are read, which may have attributes that the
 * type does not declare, and `Input` as they are sent, which may not.
 */
export interface ResourceClient<T extends Resource, Input extends object = T> {
  readonly type: ResourceType;
  /** Creates a resource. `schemas` is added if it is missing. `CreateOptions` says what happens if the outcome is unknown. */
  create(resource: Input, options?: CreateOptions<PathOf<Input>>): Promise<CreateResult<T>>;
  /**
   * Reads a resource. Like `replace` and `patch` it returns the id of the request if the response names none.
   *
   * @throws {NotFoundError} when the service provider itself says that there is none
   * @throws {TransportError} `misdirected` when the response shows a resource with another id
   */
  get(id: string, options?: ReadOptions<PathOf<Input>>): Promise<T & { id: string }>;
  /**
   * Looks up the resources that have a value, and says what is known: found, none, or that the service provider rejects
   * filters by this attribute. Returned resources with another value are ignored.
   *
   * @throws {ScimError} for an error response that says nothing about the resource, such as 401, 403, 429 or 503
   * @throws {TransportError} when there was no SCIM response
   * @throws {TypeError} when the type has no such attribute
   */
  find(key: LookupKey<PathOf<Input>>, options?: FindOptions): Promise<FindResult<T>>;
  /** Lists resources page by page, each resource once. Only `pages` tells whether the listing was complete. */
  list(query?: ListOptions<PathOf<Input>>): AsyncGenerator<T & { id: string }, void, undefined>;
  /** Lists resources page by page, and tells whether the listing was complete. */
  pages(query?: ListOptions<PathOf<Input>>): AsyncGenerator<ListPage<T>, void, undefined>;
  /** Replaces a resource (PUT). Returns the resource in the response; undefined if there is none. */
  replace(
    id: string,
    resource: Input,
    options?: WriteOptions & ReadOptions<PathOf<Input>>,
  ): Promise<(T & { id: string }) | undefined>;
  /** Changes parts of a resource (PATCH). Returns the resource in the response; undefined if there is none. */
  patch(
    id: string,
    operations: readonly PatchOperation<PathOf<Input>>[],
    options?: WriteOptions & ReadOptions<PathOf<Input>>,
  ): Promise<(T & { id: string }) | undefined>;
  /** Deletes a resource. @throws {NotFoundError} when the service provider itself says that there is none */
  delete(id: string, options?: WriteOptions): Promise<void>;
}

/** What a resource client needs. */
export interface ResourceClientContext extends Omit<CreateContext, "type" | "maxResults" | "usesCursors"> {
  readonly discovery: Discovery;
}

/** Makes the client of one resource type. */
export function createResourceClient<T extends Resource, Input extends object = T>(
  type: ResourceType,
  context: ResourceClientContext,
): ResourceClient<T, Input> {
  const { send, now, discovery, settle } = context;
  const own = { type, send, now, settle, maxResults: discovery.maxResults, usesCursors: discovery.usesCursors };

  const sendTo = async (
    id: string,
    request: Pick<ScimRequest, "method" | "query" | "body" | "ifMatch" | "repeat" | "signal">,
  ): Promise<{ shown: (T & { id: string }) | undefined; response: HttpResponse }> => {
    const place = { route: `${type.endpoint}/{id}`, path: type.endpoint + idSegment(id) };
    const response = await send({ ...request, ...place });
    try {
      const body = readResponse(response, now);
      // Whatever JSON a server puts into its response to a DELETE is ignored.
      const resource = request.method === "DELETE" ? undefined : readResource<T>(body, response, type);
      if (request.method === "GET") requireId(resource, id, response);
      return { shown: resource && withId(resource, id), response };
    } catch (error) {
      if (isScimError(error) && (error.status === 405 || error.status === 501)) {
        discovery.learn(type.name, request.method);
      }
      throw error;
    }
  };
  const write = async (method: "PUT" | "PATCH", id: string, body: object, options: WriteOptions & ReadOptions = {}) => {
    const { ifMatch, repeat, signal } = options;
    return (await sendTo(id, { method, query: projection(options), body, ifMatch, repeat, signal })).shown;
  };

  return Object.freeze({
    type,
    create: async (resource: Input, options: CreateOptions = {}) =>
      createResource<T>(withSchemas(resource, type), options, own),
    get: async (id: string, options: ReadOptions = {}) => {
      const { shown, response } = await sendTo(id, {
        method: "GET",
        query: projection(options),
        signal: options.signal,
      });
      if (shown === undefined) throw notScim(response, "no resource");
      return shown;
    },
    find: (key: LookupKey, options: FindOptions = {}) => findResources<T>(key, options, own),
    list: async function* (query: ListOptions = {}) {
      for await (const page of listPages<T>(query, own)) yield* page.resources;
    },
    pages: (query: ListOptions = {}) => listPages<T>(query, own),
    replace: (id: string, resource: Input, options?: WriteOptions & ReadOptions) =>
      write("PUT", id, withSchemas(resource, type), options),
    patch: (id: string, operations: readonly PatchOperation[], options?: WriteOptions & ReadOptions) =>
      write("PATCH", id, { schemas: [URN.patchOp], Operations: operations }, options),
    delete: async (id: string, { ifMatch, repeat, signal }: WriteOptions = {}) => {
      await sendTo(id, { method: "DELETE", ifMatch, repeat, signal });
    },
  });
}

/**
 * A cache or a proxy that shows somebody else must never be believed.
 *
 * @throws {TransportError} `misdirected`
 */
function requireId(resource: Resource | undefined, id: string, response: HttpResponse): void {
  const shown = resource?.id;
  if (typeof shown !== "string" || shown === "" || shown.toLowerCase() === id.toLowerCase()) return;
  const { method, route, url, attempt, status } = response;
  throw new TransportError(
    `${method} ${route}: the response shows another resource (${shortened(shown, 64)}) than the one that was requested`,
    { reason: "misdirected", outcome: "unknown", url, attempt, status },
  );
}

/** The resource with the id of the request if the response names none. */
function withId<T extends Resource>(resource: T, id: string): T & { id: string } {
  return { ...resource, id: typeof resource.id === "string" && resource.id !== "" ? resource.id : id };
}

/** Adds the schemas that a resource uses, unless it names them itself (RFC 7643 section 3). */
function withSchemas(input: object, type: ResourceType): Resource {
  const resource = input as Resource;
  if (Array.isArray(resource.schemas) && resource.schemas.length > 0) return resource;
  const used = new Set(Object.keys(resource).map((name) => name.toLowerCase()));
  const extensions = type.extensions.map(({ schema }) => schema.id).filter((id) => used.has(id.toLowerCase()));
  return { ...resource, schemas: [type.schema.id, ...extensions] };
}
