import { z } from "zod";
import type { SealingKey } from "../crypto/key-ring.ts";
import { compatible } from "../dialects/compatible.ts";
import { type DialectName, dialectNamed } from "../dialects/dialect.ts";
import { NotImplementedError } from "../errors/request-errors.ts";
import { createTeller, type Observer } from "../observe/events.ts";
import { baseUrlOption, functionOption, objectOption, resolveOptions } from "../options/resolve-options.ts";
import type { Dialect } from "../patch/dialect.ts";
import type { AttributePath } from "../path/tree.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { createRegistry, type Registry } from "../schema/attributes/registry.ts";
import { resolvePath } from "../schema/attributes/resolve-path.ts";
import { splitPath } from "../schema/attributes/split-path.ts";
import { groupResourceType } from "../schema/definitions/group.ts";
import { userResourceType } from "../schema/definitions/user.ts";
import type { AuthenticationScheme } from "../schema/discovery/documents.ts";
import type { ResourceStorage, Storage } from "../storage/storage.ts";
import { KeyedLock } from "../timing/keyed-lock.ts";
import type { ServerContext } from "./requests/context.ts";
import { type Cursors, createCursors } from "./requests/cursors.ts";
import type { ServerHooks } from "./requests/hooks.ts";
import { type ServerLimits, serverLimitsSchema } from "./requests/limits.ts";
import type { Authenticate, Me } from "./requests/principal.ts";
import type { Commit } from "./requests/write.ts";

/** Options of `createScimHandler`. */
export interface ScimHandlerOptions {
  /** Where resources live: everything the library keeps, or only resources, over tables of the application's own. */
  storage: Storage | ResourceStorage;
  /** Turns a request's credentials into a principal, or throws. */
  authenticate: Authenticate;
  /** What clients call the endpoints' root, such as `https://app.example/scim/v2`. Never taken from the Host header. */
  baseUrl: string;
  /** The path of the root in the URLs that the handler is given, if a proxy in front changes it. @default the path of `baseUrl` */
  mountPath?: string;
  /** What is understood beyond the RFC. @default "compatible" */
  dialect?: DialectName | Dialect;
  /** The resource types served. @default User with the Enterprise extension, and Group */
  resourceTypes?: readonly ResourceType[];
  /** `discard` drops passwords; `deliver` hands them to `commit` and never stores them. @default "discard" */
  passwords?: "discard" | "deliver";
  /** What becomes of a member that does not exist. @default "reject" */
  unknownMembers?: "reject" | "accept";
  /** Refuses PUT, PATCH and DELETE that do not say which version they mean, with 428. Identity providers do not say. @default false */
  requireIfMatch?: boolean;
  /**
   * What seals the cursors of listings: the first key, and all open them. Give the same keys to every process, and keep
   * them, for cursors to outlive a restart. @default a random key of this handler alone
   */
  cursorKeys?: readonly SealingKey[];
  /** How long a client may wait before it asks for the next page by cursor, in seconds. @default 3600 */
  cursorTimeout?: number;
  /**
   * Attributes such as `emails` or `name.familyName` that a filter in a URI may not name, since logs and proxies keep URIs:
   * 403 `sensitive`, and clients search with POST. @default none
   */
  sensitiveFilters?: readonly string[];
  /** Whether bulk requests are served; without, `/Bulk` answers 501. Their limits are `maxBulkOperations` and `maxBulkBytes`. @default true */
  bulk?: boolean;
  /** Finds the resource that `/Me` stands for. @default none: `/Me` answers 501 */
  me?: Me;
  /** What a request may cost. Each limit has its own default. */
  limits?: Partial<ServerLimits>;
  /** Published in ServiceProviderConfig. @default a bearer token */
  authenticationSchemes?: readonly AuthenticationScheme[];
  /** Where people read about this service provider; published in ServiceProviderConfig. */
  documentationUri?: string;
  /** Where the application can step in. */
  hooks?: ServerHooks;
  /** Decides when and around what a write happens. For experts: sources are made of it. */
  commit?: Commit;
  /** Told of every event. */
  observe?: Observer;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Makes ids and versions; must never repeat one. @default crypto.randomUUID */
  newId?: () => string;
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
  mountPath: z.string().startsWith("/", { error: "must begin with a slash" }).optional(),
  dialect: z
    .union([z.enum(["compatible", "strict"]), objectOption<Dialect>("a dialect", ["name", "transforms"])], {
      error: 'must be "compatible", "strict" or a dialect made by withTransforms',
    })
    .default(compatible),
  resourceTypes: z
    .array(objectOption<ResourceType>("a resource type", ["name", "endpoint", "schema", "extensions"]))
    .nonempty()
    .default([userResourceType, groupResourceType]),
  passwords: z.enum(["discard", "deliver"]).default("discard"),
  unknownMembers: z.enum(["reject", "accept"]).default("reject"),
  requireIfMatch: z.boolean().default(false),
  cursorKeys: z.array(z.custom<SealingKey>()).optional(),
  cursorTimeout: z.number().int().positive().default(3600),
  sensitiveFilters: z.array(z.string()).default([]),
  bulk: z.boolean().default(true),
  me: functionOption<Me>().optional(),
  limits: z.custom<Partial<ServerLimits>>((value) => typeof value === "object" && value !== null).default({}),
  authenticationSchemes: z.array(z.custom<AuthenticationScheme>()).default([BEARER]),
  documentationUri: z.string().optional(),
  hooks: z
    .strictObject({ beforeWrite: functionOption<NonNullable<ServerHooks["beforeWrite"]>>().optional() })
    .default({}),
  commit: functionOption<Commit>().optional(),
  observe: functionOption<Observer>().optional(),
  now: functionOption<() => number>().default(() => Date.now),
  newId: functionOption<() => string>().default(() => () => crypto.randomUUID()),
});

/**
 * Reads a handler's options once; `owner` names them in errors: a source hands its own on.
 *
 * @throws {TypeError} naming the option that is missing or wrong
 */
export function resolveHandlerOptions(
  input: ScimHandlerOptions,
  owner: string,
): ServerContext & { authenticate: Authenticate } {
  const options = resolveOptions(owner, schema, input);
  const resources = "resources" in options.storage ? options.storage.resources : options.storage;
  requireUniqueness(resources, owner);
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  const registry = createRegistry(options.resourceTypes);
  return Object.freeze({
    authenticate: options.authenticate,
    registry,
    dialect: typeof options.dialect === "string" ? dialectNamed(options.dialect) : options.dialect,
    limits: resolveOptions(`${owner}.limits`, serverLimitsSchema, options.limits),
    baseUrl,
    mountPath: (options.mountPath ?? new URL(baseUrl).pathname).replace(/\/+$/, ""),
    resources,
    hasTransactions: "resources" in options.storage || resources.transaction !== undefined,
    transaction: transactionOf(options.storage),
    writers: new KeyedLock(),
    passwords: options.passwords,
    unknownMembers: options.unknownMembers,
    requireIfMatch: options.requireIfMatch,
    cursors: cursorsOf(options.cursorKeys, owner),
    cursorTimeout: options.cursorTimeout,
    sensitiveFilters: options.sensitiveFilters.map((name) => attributeOf(name, registry, owner)),
    bulk: options.bulk,
    me: options.me,
    authenticationSchemes: options.authenticationSchemes,
    documentationUri: options.documentationUri,
    hooks: options.hooks,
    commit: options.commit,
    now: options.now,
    newId: options.newId,
    tell: createTeller(options.observe),
  });
}

/** Nothing above a driver can make up for this, so it is asked for at the start and not on the first race. */
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
  if ("resources" in storage) return (run) => storage.transaction((tx) => run(tx.resources));
  return (run) => {
    if (storage.transaction === undefined) {
      throw new NotImplementedError("This request needs two writes at once, and the storage has no transactions");
    }
    return storage.transaction(run);
  };
}
