import type { ScimEvent } from "../../observe/events.ts";
import type { Dialect } from "../../patch/dialect.ts";
import type { AttributePath } from "../../path/tree.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { Registry } from "../../schema/attributes/registry.ts";
import type { AuthenticationScheme } from "../../schema/discovery/documents.ts";
import type { ProjectionParameters } from "../../schema/resources/project.ts";
import type { Partition, ResourceStorage } from "../../storage/storage.ts";
import type { KeyedLock } from "../../timing/keyed-lock.ts";
import type { Cursors } from "./cursors.ts";
import type { ServerLimits } from "./limits.ts";
import type { Me, Principal } from "./principal.ts";
import type { ResolvedServerOptions } from "./server-options.ts";
import type { Commit } from "./write.ts";

/** Options that requests need in another form. */
type Prepared = "mountPath" | "dialect" | "limits" | "sensitiveFilters" | "resourceTypes" | "cursorKeys" | "observe";

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
  readonly transaction: <T>(run: (resources: ResourceStorage) => Promise<T>) => Promise<T>;
  /** Keeps writers of one resource apart that would otherwise lose to each other; storage decides all the same. */
  readonly writers: KeyedLock;
  readonly cursors: Cursors;
  /** Attributes that a filter in a URI may not name. */
  readonly sensitiveFilters: readonly AttributePath[];
  /** Finds the resource of `/Me`; without it `/Me` is not served. */
  readonly me: Me | undefined;
  readonly authenticationSchemes: readonly AuthenticationScheme[];
  readonly commit: Commit | undefined;
  readonly tell: (event: () => ScimEvent) => void;
}

/** Conditions on the version of the resource that a request names (RFC 7644 section 3.14); of a bulk operation its `version`. */
export interface Conditions {
  /** As the `If-Match` header has it. */
  readonly ifMatch?: string | undefined;
  /** As the `If-None-Match` header has it. */
  readonly ifNoneMatch?: string | undefined;
}

/** One request, authenticated; or one operation of a bulk request, which is answered as if it had come alone. */
export interface Exchange {
  readonly context: ServerContext;
  readonly requestId: string;
  readonly principal: Principal;
  /** The route's template, for events. */
  readonly route: string;
  /** What the client asked to see: the query parameters, or the members of a search request. */
  readonly shown: ProjectionParameters;
  readonly conditions: Conditions;
  /** The JSON object that came with the request, read once at most. @throws {ScimError} as `readBody` */
  readonly body: () => Promise<Readonly<Record<string, unknown>>>;
  /** The id of what is to be created, where others know it already; made by the context where not. */
  readonly newId?: string | undefined;
}

/** Where an exchange's resources of a type live: the principal's tenant decides, nothing in the request does. */
export function partitionOf(exchange: Exchange, type: ResourceType): Partition {
  return { tenant: exchange.principal.tenant, type: type.name };
}

/** The clock as resources carry it: ISO 8601, UTC, milliseconds. */
export function timestamp(context: ServerContext): string {
  return new Date(context.now()).toISOString();
}

/** Passwords and the like: handed on only where the application asked for them. */
export function secretsToKeep(
  context: ServerContext,
  secrets: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return context.passwords === "deliver" ? secrets : {};
}
