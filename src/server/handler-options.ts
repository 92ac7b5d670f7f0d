import * as z from "zod/mini";
import type { SealingKey } from "../crypto/key-ring.ts";
import { dialectNamed } from "../dialects/dialect.ts";
import { NotImplementedError } from "../errors/request-errors.ts";
import { createTeller } from "../observe/events.ts";
import { baseUrlOption, functionOption, objectOption, resolveOptions } from "../options/resolve-options.ts";
import type { AttributePath } from "../path/tree.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { createRegistry, type Registry } from "../schema/attributes/registry.ts";
import { resolvePath } from "../schema/attributes/resolve-path.ts";
import { splitPath } from "../schema/attributes/split-path.ts";
import type { AuthenticationScheme } from "../schema/discovery/documents.ts";
import type { ResourceStorage } from "../storage/resource-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { FairQueue } from "../timing/fair-queue.ts";
import type { ServerContext } from "./requests/context.ts";
import { type Cursors, createCursors } from "./requests/cursors.ts";
import { resolveLimits } from "./requests/limits.ts";
import type { Authenticate, Me } from "./requests/principal.ts";
import { type ServerOptions, serverOptionsShape } from "./requests/server-options.ts";
import { UnsentBytes } from "./requests/unsent-bytes.ts";
import type { Commit } from "./requests/write.ts";
import { createWriters } from "./writes/contention.ts";

/** Options of `createScimHandler`. */
export interface ScimHandlerOptions<T extends ResourceType = ResourceType> extends ServerOptions<T> {
  /** Where resources live: everything the library keeps, or only resources, over tables of the application's own. */
  storage: Storage | ResourceStorage;
  /** Turns a request's credentials into a principal, or throws. */
  authenticate: Authenticate;
  /** What clients call the endpoints' root, such as `https://app.example/scim/v2`. Never taken from the Host header. */
  baseUrl: string;
  /** Returns the resource of the caller for `/Me`. @default none: `/Me` is 501 */
  me?: Me;
  /** Published in ServiceProviderConfig. @default a bearer token */
  authenticationSchemes?: readonly AuthenticationScheme[];
  /** Decides when and around what a write happens. For experts: sources are made of it. */
  commit?: Commit;
}

const BEARER: AuthenticationScheme = {
  type: "oauthbearertoken",
  name: "OAuth Bearer Token",
  description: "A bearer token in the Authorization header (RFC 6750)",
  primary: true,
};

const schema = z.strictObject({
  storage: z.union(
    [
      objectOption<Storage>("a storage", ["resources", "state", "transaction"]),
      objectOption<ResourceStorage>("a storage", ["capabilities", "insert", "find", "replace", "remove", "list"]),
    ],
    { error: "must be a storage such as memoryStorage(), or a ResourceStorage over tables of your own" },
  ),
  authenticate: functionOption<Authenticate>(),
  baseUrl: baseUrlOption(),
  ...serverOptionsShape,
  me: z.optional(functionOption<Me>()),
  authenticationSchemes: z._default(z.array(z.custom<AuthenticationScheme>()), [BEARER]),
  commit: z.optional(functionOption<Commit>()),
});

/**
 * Reads a handler's options once; `owner` names them in errors: a source hands its own on.
 *
 * @throws {TypeError} naming the option that is missing or wrong
 */
export function resolveHandlerOptions(
  input: ScimHandlerOptions,
  owner: string,
): Omit<ServerContext, "seams"> & { authenticate: Authenticate } {
  const { storage, dialect, observe, cursorKeys, resourceTypes, ...options } = resolveOptions(owner, schema, input);
  const resources = "resources" in storage ? storage.resources : storage;
  requireUniqueness(resources, owner);
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  const registry = createRegistry(resourceTypes);
  const limits = resolveLimits(options.limits, `${owner}.limits`);
  return Object.freeze({
    ...options,
    me: options.me,
    commit: options.commit,
    registry,
    dialect: typeof dialect === "string" ? dialectNamed(dialect) : dialect,
    limits,
    baseUrl,
    mountPath: (options.mountPath ?? new URL(baseUrl).pathname).replace(/\/+$/, ""),
    resources,
    transaction: transactionOf(storage),
    writers: createWriters(),
    unsent: new UnsentBytes(limits.maxUnsentBytes),
    requests: new FairQueue({
      concurrency: Number.POSITIVE_INFINITY,
      share: limits.maxConcurrentRequests,
      maxWaiting: limits.maxWaitingRequests,
    }),
    cursors: cursorsOf(cursorKeys, owner),
    sensitiveFilters: options.sensitiveFilters.map((name) => attributeOf(name, registry, owner)),
    tell: createTeller(observe),
  });
}

/** Nothing above a driver can replace this, so that it is checked at the start and not in the first race. */
function requireUniqueness(resources: ResourceStorage, owner: string): void {
  if (!resources.capabilities.uniqueness) {
    throw new TypeError(`${owner}: storage: must enforce unique values itself (capabilities.uniqueness)`);
  }
}

function cursorsOf(keys: readonly SealingKey[] | undefined, owner: string): Cursors {
  try {
    return createCursors(keys);
  } catch (cause) {
    throw new TypeError(`${owner}: cursorKeys: ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
}

function attributeOf(name: string, registry: Registry, owner: string): AttributePath {
  const path = splitPath(name.trim());
  if (registry.types.some((type) => resolvePath(type, path) !== undefined)) return path;
  throw new TypeError(`${owner}: sensitiveFilters: no resource type has the attribute ${name}`);
}

function transactionOf(storage: Storage | ResourceStorage): ServerContext["transaction"] {
  if ("resources" in storage) return (run, options) => storage.transaction((tx) => run(tx.resources), options);
  return (run, options) => {
    if (storage.transaction === undefined) {
      throw new NotImplementedError("This request needs two writes at once, and the storage has no transactions");
    }
    return storage.transaction(run, options);
  };
}
