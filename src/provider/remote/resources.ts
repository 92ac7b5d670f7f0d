import { outcomeOf } from "../../client/http/outcome.ts";
import type { ResourceClient } from "../../client/resources/resource-client.ts";
import { isScimError } from "../../errors/scim-error.ts";
import { isTransportError } from "../../errors/transport-error.ts";
import type { Resource } from "../../protocol/resources.ts";
import { isObject } from "../../values/is-object.ts";
import type { MatchKey } from "../links/link.ts";
import type { LinkEvent } from "../links/link-table.ts";

/** A resource as a service provider shows it. */
export type RemoteResource = Readonly<Record<string, unknown>>;

/** One operation of a PATCH, as it is sent. */
export interface RemoteOperation {
  readonly op: "add" | "remove" | "replace";
  readonly path?: string;
  readonly value?: unknown;
}

/** A page of a listing. */
export interface RemotePage {
  readonly resources: readonly RemoteResource[];
  /** How many there are, as the service provider says. */
  readonly total: number | undefined;
}

/** What a provider needs of a client for one resource type, stripped to what the link table can react to. */
export interface RemoteResources {
  create(resource: Record<string, unknown>, signal: AbortSignal): Promise<RemoteResource>;
  get(id: string): Promise<RemoteResource>;
  pages(query: { readonly filter?: string; readonly pageSize?: number }): AsyncIterable<RemotePage>;
  replace(id: string, resource: Record<string, unknown>, version?: string): Promise<RemoteResource | undefined>;
  patch(id: string, operations: readonly RemoteOperation[]): Promise<RemoteResource | undefined>;
  delete(id: string): Promise<void>;
}

/** A client's resources as a provider speaks to them. An unknown outcome of a create is the link's business, not the client's. */
export function remoteResources(client: ResourceClient<Resource>): RemoteResources {
  return {
    create: async (resource, signal) => (await client.create(resource, { lookup: false, signal })).resource,
    get: (id) => client.get(id),
    pages: (query) => client.pages(query),
    replace: (id, resource, version) => client.replace(id, resource, version === undefined ? {} : { ifMatch: version }),
    patch: (id, operations) => client.patch(id, operations),
    delete: (id) => client.delete(id),
  };
}

/** What became of a request. */
export type Sent<T> =
  | { readonly event: "succeeded"; readonly value: T }
  | { readonly event: Failure; readonly error: unknown };

type Failure = Extract<
  LinkEvent,
  "conflict" | "precondition" | "notFound" | "unsupported" | "refused" | "unknown" | "notSent"
>;

/**
 * The target as a whole cannot be worked with: credentials that are not accepted, or an address at which nobody answers
 * as a SCIM service provider. Nothing further is sent; nothing is wrong with any one object.
 */
export class TargetUnusableError extends Error {
  override readonly name: string = "TargetUnusableError";
}

/**
 * Sends a request and says what became of it in the words of the link table.
 *
 * @throws {TargetUnusableError} for a 401
 */
export async function send<T>(request: () => Promise<T>): Promise<Sent<T>> {
  try {
    return { event: "succeeded", value: await request() };
  } catch (error) {
    return { event: classify(error), error };
  }
}

/** By status and property, never by message. */
function classify(error: unknown): Failure {
  const outcome = outcomeOf(error);
  if (outcome === "not-sent") return "notSent";
  if (!isScimError(error)) {
    if (isTransportError(error)) return "unknown";
    throw error;
  }
  switch (error.status) {
    case 401:
      throw new TargetUnusableError("The application does not accept the credentials", { cause: error });
    case 404:
      return "notFound";
    case 405:
    case 501:
      return "unsupported";
    case 409:
      return error.scimType === undefined || error.scimType === "uniqueness" ? "conflict" : "precondition";
    case 412:
      return "precondition";
    case 429:
      return "notSent";
    default:
      return outcome === "unknown" ? "unknown" : error.status === 503 ? "notSent" : "refused";
  }
}

/** What a look-up found, and whether it can be relied on where it found nothing. */
export interface Found {
  readonly resources: readonly RemoteResource[];
  readonly isSure: boolean;
}

/**
 * Remote resources that really have the value that was asked for: some servers ignore filters and show everybody. Such a
 * listing is read to its end only where it must be known.
 */
export async function findByKey(
  remote: RemoteResources,
  key: MatchKey,
  options: { readonly isExact: boolean; readonly isThorough: boolean },
): Promise<Found> {
  const resources: RemoteResource[] = [];
  const filter = `${key.attribute} eq ${JSON.stringify(key.value)}`;
  let [shown, total] = [0, 0];
  for await (const page of remote.pages({ filter, pageSize: options.isThorough ? 100 : 10 })) {
    const fitting = page.resources.filter((resource) => hasValue(resource, key, options.isExact));
    resources.push(...fitting);
    shown += page.resources.length;
    total = page.total ?? total;
    if (resources.length > 1) break;
    if (!options.isThorough && fitting.length < page.resources.length) return { resources, isSure: false };
  }
  return { resources, isSure: shown >= total };
}

function hasValue(resource: RemoteResource, { attribute, value }: MatchKey, isExact: boolean): boolean {
  const actual = resource[attribute];
  if (typeof actual !== "string") return false;
  return isExact ? actual === value : actual.toLowerCase() === value.toLowerCase();
}

/** A remote resource's id, if it has one that can be used. */
export function remoteIdOf(resource: RemoteResource | undefined): string | undefined {
  return typeof resource?.id === "string" && resource.id !== "" ? resource.id : undefined;
}

/** The version of a remote resource, as `If-Match` wants it. */
export function versionOf(resource: RemoteResource): string | undefined {
  const meta = resource.meta;
  return isObject(meta) && typeof meta.version === "string" && meta.version !== "" ? meta.version : undefined;
}
