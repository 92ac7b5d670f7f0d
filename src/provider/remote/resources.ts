import type { ResourceClient } from "../../client/resources/resource-client.ts";
import type { Resource } from "../../protocol/resources.ts";
import { isObject } from "../../values/is-object.ts";
import type { MatchKey } from "../links/link.ts";
import { type RemoteRequest, type Sent, send } from "./classify.ts";

/** A resource as a service provider shows it. */
export type RemoteResource = Readonly<Record<string, unknown>>;

/** The result of a look-up, and whether it is certain if nothing was found. */
export interface Found {
  readonly resources: readonly RemoteResource[];
  readonly isSure: boolean;
}

/** One operation of a PATCH, as it is sent. */
export interface RemoteOperation {
  readonly op: "add" | "remove" | "replace";
  readonly path?: string;
  readonly value?: unknown;
}

/**
 * What a provider needs of a client for one resource type. The methods reject only with a `TargetUnusableError`; every
 * other failure is a result.
 */
export interface RemoteResources {
  create(resource: Record<string, unknown>, signal: AbortSignal): Promise<Sent<RemoteResource>>;
  get(id: string): Promise<Sent<RemoteResource>>;
  /** The resources that have the value. `isThorough`: reads all pages if the filter is ignored. */
  find(key: MatchKey, options: { readonly isThorough: boolean }): Promise<Sent<Found>>;
  /** Whether the response to a listing is a SCIM response. */
  probe(): Promise<Sent<void>>;
  replace(
    id: string,
    resource: Record<string, unknown>,
    version: string | undefined,
  ): Promise<Sent<RemoteResource | undefined>>;
  patch(id: string, operations: readonly RemoteOperation[]): Promise<Sent<RemoteResource | undefined>>;
  delete(id: string): Promise<Sent<void>>;
}

/** A client's resources as a provider uses them. The link handles an unknown outcome of a create, not the client. */
export function remoteResources(client: ResourceClient<Resource>): RemoteResources {
  const { endpoint } = client.type;
  const one = (method: RemoteRequest["method"]): RemoteRequest => ({ method, route: `${endpoint}/{id}` });
  const listing: RemoteRequest = { method: "GET", route: endpoint };
  return {
    create: (resource, signal) =>
      send({ method: "POST", route: endpoint }, async () => {
        return (await client.create(resource, { lookup: false, signal })).resource;
      }),
    get: (id) => send(one("GET"), () => client.get(id)),
    find: async (key, { isThorough }) => {
      const sent = await send(listing, () => client.find(key, { thorough: isThorough }));
      if (sent.event !== "succeeded") return sent;
      const { value } = sent;
      if (value.outcome === "unanswerable") return { event: "refused", error: value.error, request: listing };
      const found = value.outcome === "found";
      return {
        event: "succeeded",
        value: found ? { resources: value.resources, isSure: true } : { resources: [], isSure: value.certain },
      };
    },
    probe: () =>
      send(listing, async () => {
        for await (const _ of client.pages({ pageSize: 1, maxPages: 1 })) return;
      }),
    replace: (id, resource, version) => send(one("PUT"), () => client.replace(id, resource, { ifMatch: version })),
    patch: (id, operations) => send(one("PATCH"), () => client.patch(id, operations)),
    delete: (id) => send(one("DELETE"), () => client.delete(id)),
  };
}

/** The same resources, with each request reported before it is sent. */
export function countedResources(remote: RemoteResources, onRequest: () => void): RemoteResources {
  const counted = <A extends readonly unknown[], T>(
    method: (...args: A) => Promise<T>,
  ): ((...args: A) => Promise<T>) => {
    return (...args) => {
      onRequest();
      return method(...args);
    };
  };
  return {
    create: counted(remote.create),
    get: counted(remote.get),
    find: counted(remote.find),
    probe: counted(remote.probe),
    replace: counted(remote.replace),
    patch: counted(remote.patch),
    delete: counted(remote.delete),
  };
}

/** A remote resource's id, if it has a usable one. */
export function remoteIdOf(resource: RemoteResource | undefined): string | undefined {
  return typeof resource?.id === "string" && resource.id !== "" ? resource.id : undefined;
}

/** The version of a remote resource, in the form of `If-Match`. */
export function versionOf(resource: RemoteResource): string | undefined {
  const meta = resource.meta;
  return isObject(meta) && typeof meta.version === "string" && meta.version !== "" ? meta.version : undefined;
}
