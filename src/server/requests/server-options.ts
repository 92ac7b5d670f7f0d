import * as z from "zod/mini";
import type { SealingKey } from "../../crypto/key-ring.ts";
import type { DialectName } from "../../dialects/dialect.ts";
import type { Observer } from "../../observe/events.ts";
import { functionOption, objectOption, wholeNumberOption } from "../../options/resolve-options.ts";
import type { Dialect } from "../../patch/dialect.ts";
import type { PathOf } from "../../protocol/paths.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { InputOf } from "../../schema/attributes/typed.ts";
import { groupResourceType } from "../../schema/definitions/group.ts";
import { userResourceType } from "../../schema/definitions/user.ts";
import type { ServerHooks } from "./hooks.ts";
import type { ServerLimits } from "./limits.ts";

/** Replaces passwords by hashes. */
export interface PasswordHash {
  /** Returns the hash of a password, with its salt and parameters, such as `scryptHash()` of `scimkit/node` does. */
  hash(password: string): Promise<string> | string;
}

/** Options of everything that is a SCIM service provider: of `createScimHandler`, and of a source. */
export interface ServerOptions<T extends ResourceType = ResourceType> {
  /**
   * The path of the endpoints in the URLs that the handler is given, if a proxy in front changes it. @default the path
   * of the SCIM base URL
   */
  mountPath?: string;
  /** What is understood beyond the RFC. @default "compatible" */
  dialect?: DialectName | Dialect;
  /** The resource types served. @default User with the Enterprise extension, and Group */
  resourceTypes?: readonly T[];
  /**
   * `discard` drops passwords; `deliver` hands them once to what carries out the write (`commit` of a handler, the
   * directory of a source) and never stores them; `{ hash }` passes on the hash alone. @default "discard"
   */
  passwords?: "discard" | "deliver" | PasswordHash;
  /**
   * What to do with a member that does not exist: `reject` the request with 400, `accept` it, or `skip` it and name it in
   * the event `server.write`. @default "reject"
   */
  unknownMembers?: "reject" | "accept" | "skip";
  /**
   * Refuses PUT, PATCH and DELETE that do not say which version they mean, with 428. Identity providers do not say.
   * @default false
   */
  requireIfMatch?: boolean;
  /**
   * What seals the cursors of listings: the first key, and all open them. Give the same keys to every process, and keep
   * them, for cursors to outlive a restart. @default a random key of this handler alone
   */
  cursorKeys?: readonly SealingKey[];
  /** How long a client may wait before it asks for the next page by cursor, in seconds. @default 3600 */
  cursorTimeout?: number;
  /**
   * Attributes such as `emails` or `name.familyName` that a filter in a URI may not name, since logs and proxies keep
   * URIs: 403 `sensitive`, and clients search with POST. @default none
   */
  sensitiveFilters?: readonly PathOf<InputOf<T>>[];
  /**
   * Whether bulk requests are served; otherwise `/Bulk` is 501. Their limits are `maxBulkOperations` and
   * `maxBulkBytes`. @default true
   */
  bulk?: boolean;
  /** What a request may cost. Each limit has its own default. */
  limits?: Partial<ServerLimits>;
  /** Where people read about this service provider; published in ServiceProviderConfig. */
  documentationUri?: string;
  /** Where the application can step in. */
  hooks?: ServerHooks;
  /** Called with every event. */
  observe?: Observer;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Makes ids and versions; must never repeat one. @default crypto.randomUUID */
  newId?: () => string;
}

/** Options that stay undefined where they are left out. */
type WithoutDefault = "mountPath" | "cursorKeys" | "documentationUri" | "observe";

/** `ServerOptions` with defaults filled in. */
export type ResolvedServerOptions = Readonly<
  Required<Omit<ServerOptions, WithoutDefault>> & Pick<ServerOptions, WithoutDefault>
>;

/**
 * Reads `ServerOptions`, as a part of the schema of those who have them. An option is added here and to
 * `ServerOptions`, and then handlers and sources have it.
 */
export const serverOptionsShape: {
  readonly [Name in keyof ServerOptions]-?: z.ZodMiniType<ResolvedServerOptions[Name]>;
} = Object.freeze({
  mountPath: z.optional(z.string().check(z.startsWith("/", { error: "must begin with a slash" }))),
  dialect: z._default(
    z.union([z.enum(["compatible", "strict"]), objectOption<Dialect>("a dialect", ["name", "transforms"])], {
      error: 'must be "compatible", "strict" or a dialect made by withTransforms',
    }),
    "compatible",
  ),
  resourceTypes: z._default(
    z
      .array(objectOption<ResourceType>("a resource type", ["name", "endpoint", "schema", "extensions"]))
      .check(z.minLength(1)),
    [userResourceType, groupResourceType],
  ),
  passwords: z._default(
    z.union([z.enum(["discard", "deliver"]), z.strictObject({ hash: functionOption<PasswordHash["hash"]>() })], {
      error: 'must be "discard", "deliver" or { hash }',
    }),
    "discard",
  ),
  unknownMembers: z._default(z.enum(["reject", "accept", "skip"]), "reject"),
  requireIfMatch: z._default(z.boolean(), false),
  cursorKeys: z.optional(z.array(z.custom<SealingKey>())),
  cursorTimeout: wholeNumberOption(3600, z.positive()),
  sensitiveFilters: z._default(z.array(z.string()), []),
  bulk: z._default(z.boolean(), true),
  limits: z._default(
    z.custom<Partial<ServerLimits>>((value) => typeof value === "object" && value !== null, {
      error: "must be an object",
    }),
    {},
  ),
  documentationUri: z.optional(z.string()),
  hooks: z._default(
    z.strictObject({ beforeWrite: z.optional(functionOption<NonNullable<ServerHooks["beforeWrite"]>>()) }),
    {},
  ),
  observe: z.optional(functionOption<Observer>()),
  now: z._default(functionOption<() => number>(), () => Date.now),
  newId: z._default(functionOption<() => string>(), () => () => crypto.randomUUID()),
});

/** The server's part of the resolved options, to be passed on unchanged. */
export function serverOptionsOf(options: ResolvedServerOptions): ResolvedServerOptions {
  const names = Object.keys(serverOptionsShape) as (keyof ServerOptions)[];
  return Object.fromEntries(names.map((name) => [name, options[name]])) as unknown as ResolvedServerOptions;
}
