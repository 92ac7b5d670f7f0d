import type { ScimEvent } from "../../observe/events.ts";
import type { Dialect } from "../../patch/dialect.ts";
import type { AttributePath } from "../../path/tree.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { Registry } from "../../schema/attributes/registry.ts";
import type { AuthenticationScheme } from "../../schema/discovery/documents.ts";
import type { ProjectionParameters } from "../../schema/resources/project.ts";
import type { ResourceStorage, TransactionOptions } from "../../storage/resource-storage.ts";
import type { Partition } from "../../storage/stored-resource.ts";
import type { FairQueue } from "../../timing/fair-queue.ts";
import type { KeyedLock } from "../../timing/keyed-lock.ts";
import type { Work } from "../../work/work.ts";
import type { Cursors } from "./cursors.ts";
import type { ServerLimits } from "./limits.ts";
import type { Me, Principal } from "./principal.ts";
import type { ResolvedServerOptions } from "./server-options.ts";
import type { UnsentBytes, UnsentResponse } from "./unsent-bytes.ts";
import type { Commit } from "./write.ts";

/** Options that requests need in another form. */
type Prepared = "mountPath" | "dialect" | "limits" | "sensitiveFilters" | "resourceTypes" | "cursorKeys" | "observe";

/** Sees requests as they come in, beside their events. It must not change anything, and must not throw. */
export interface RequestWatch {
  /** A request has arrived. */
  received(requestId: string, request: Request): void;
  /** Its body was read and is a JSON object. */
  read(requestId: string, body: Readonly<Record<string, unknown>>): void;
}

/** What a source adds to its handler. */
export interface HandlerSeams {
  readonly watch?: RequestWatch | undefined;
  /** The id of a new resource that was deleted before and comes back; undefined for a new id. */
  readonly restoredId?:
    | ((type: string, attributes: Readonly<Record<string, unknown>>) => Promise<string | undefined>)
    | undefined;
}

/** What all requests of one handler share: its options, and what was made of them. */
export interface ServerContext extends Omit<ResolvedServerOptions, Prepared> {
  readonly registry: Registry;
  readonly dialect: Dialect;
  readonly limits: ServerLimits;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** The path of the endpoints in a request's URL, without a trailing slash. */
  readonly mountPath: string;
  readonly resources: ResourceStorage;
  /** Runs two writes as one. @throws {NotImplementedError} where the storage has no transactions */
  readonly transaction: <T>(run: (resources: ResourceStorage) => Promise<T>, options: TransactionOptions) => Promise<T>;
  /** Makes writers of one resource take turns in this process; the storage still decides who wins. */
  readonly writers: KeyedLock;
  /** Limits the requests of each tenant that are worked on at the same time. */
  readonly requests: FairQueue;
  /** Limits the bytes of long responses of each tenant that are not sent yet. */
  readonly unsent: UnsentBytes;
  readonly cursors: Cursors;
  /** Attributes that a filter in a URI may not name. */
  readonly sensitiveFilters: readonly AttributePath[];
  /** Finds the resource of `/Me`; without it `/Me` is not served. */
  readonly me: Me | undefined;
  readonly authenticationSchemes: readonly AuthenticationScheme[];
  readonly commit: Commit | undefined;
  readonly tell: (event: () => ScimEvent) => void;
  readonly seams: HandlerSeams;
}

/** Conditions on the version of the resource that a request names (RFC 7644 section 3.14); of a bulk operation its `version`. */
export interface Conditions {
  /** As the `If-Match` header has it. */
  readonly ifMatch?: string | undefined;
  /** As the `If-None-Match` header has it. */
  readonly ifNoneMatch?: string | undefined;
}

/** One authenticated request, or one operation of a bulk request, which is handled like a request of its own. */
export interface RequestContext {
  readonly context: ServerContext;
  readonly requestId: string;
  readonly principal: Principal;
  /** What the request may still cost; the operations of a bulk request share it. */
  readonly work: Work;
  /** The bytes of its response. */
  readonly unsent: UnsentResponse;
  /** The route's template, for events. */
  readonly route: string;
  /** The attributes that the client asked for: from the query, or from a search request. */
  readonly shown: ProjectionParameters;
  readonly conditions: Conditions;
  /** The JSON object in the request's body, read at most once. @throws {ScimError} as `readBody` */
  readonly body: () => Promise<Readonly<Record<string, unknown>>>;
  /** The id of the resource to create, if it was generated before; otherwise one is generated. */
  readonly newId?: string | undefined;
}

/** The partition of a request's resources of a type: the principal's tenant decides, nothing in the request does. */
export function partitionOf(requestContext: RequestContext, type: ResourceType): Partition {
  return { tenant: requestContext.principal.tenant, type: type.name };
}

/** The current time in the form that resources have: ISO 8601, UTC, milliseconds. */
export function timestamp(context: ServerContext): string {
  return new Date(context.now()).toISOString();
}

/** Secrets such as passwords if the application asked for them, otherwise none. */
export function secretsToKeep(
  context: ServerContext,
  secrets: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return context.passwords === "discard" ? {} : secrets;
}
