import { z } from "zod";
import type { SealingKey } from "../crypto/key-ring.ts";
import type { DialectName } from "../dialects/dialect.ts";
import { sourceGroupMappings, sourceUserMappings } from "../mapping/defaults/inbound.ts";
import { orderMappings } from "../mapping/evaluation/order-mappings.ts";
import type { Mapping } from "../mapping/expressions/define-mapping.ts";
import type { Observer } from "../observe/events.ts";
import { baseUrlOption, functionOption, objectOption, resolveOptions } from "../options/resolve-options.ts";
import type { Dialect } from "../patch/dialect.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import type { ServerLimits } from "../server/requests/limits.ts";
import type { ResourceStorage, Storage } from "../storage/storage.ts";
import type { SourceDirectory } from "./delivery/source-directory.ts";

/** Options of `createSource`. */
export interface SourceOptions {
  /** Names the source in its URL: lower-case letters, digits and hyphens. */
  slug: string;
  /** The application's public address, such as `https://app.example`; endpoints follow at `/source/scim/<slug>/v2`. */
  baseUrl: string;
  /**
   * The path that stands before the source's endpoints in the URLs that `fetch` is given, if a proxy in front changes it.
   * @default the path of the source's base URL, `/source/scim/<slug>/v2` behind that of `baseUrl`
   */
  mountPath?: string;
  /** Where the source keeps its tokens and, unless `resources` is given, what the identity provider sends. */
  storage: Storage;
  /** The application's own tables in place of a copy. Not together with `directory`. */
  resources?: ResourceStorage;
  /** The application's own users and groups, told of every change inside the request that makes it. */
  directory?: SourceDirectory;
  /** Turn a resource into what the directory saves, in the place of the default ones. @default sourceUserMappings and sourceGroupMappings */
  mappings?: readonly Mapping[];
  /** The source's immutable id. Give it to keep a source under a new slug. @default made and kept at the first use of the slug */
  id?: string;
  /** A disabled source answers 403 to everyone it knows. @default true */
  enabled?: boolean | (() => boolean | Promise<boolean>);
  /** What is understood beyond the RFC. @default "compatible" */
  dialect?: DialectName | Dialect;
  /** The resource types served. @default User with the Enterprise extension, and Group */
  resourceTypes?: readonly ResourceType[];
  /** `discard` drops passwords; `deliver` hands them to the directory once and never stores them. @default "discard" */
  passwords?: "discard" | "deliver";
  /** What becomes of a member that does not exist. @default "reject" */
  unknownMembers?: "reject" | "accept";
  /** What seals the cursors of listings, as `cursorKeys` of `createScimHandler`. @default a random key of this source alone */
  cursorKeys?: readonly SealingKey[];
  /** How long a client may wait before it asks for the next page by cursor, in seconds. @default 3600 */
  cursorTimeout?: number;
  /** Attributes that a filter in a URI may not name, as `sensitiveFilters` of `createScimHandler`. @default none */
  sensitiveFilters?: readonly string[];
  /** Whether bulk requests are served; without, `/Bulk` answers 501. @default true */
  bulk?: boolean;
  /** What a request may cost. Each limit has its own default. */
  limits?: Partial<ServerLimits>;
  /** How long the directory may take for a change, in milliseconds, before another process may finish it. @default 60000 */
  deliveryLeaseMs?: number;
  /** How long to wait before a change whose outcome is unknown is delivered again, in milliseconds. @default 1000 */
  deliveryRetryMs?: number;
  /** Told of every event. */
  observe?: Observer;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Makes ids and versions; must never repeat one. @default crypto.randomUUID */
  newId?: () => string;
}

/** `SourceOptions` with what was left out filled in. */
export interface ResolvedSourceOptions {
  readonly slug: string;
  readonly baseUrl: string;
  readonly mountPath: string | undefined;
  readonly storage: Storage;
  readonly resources: ResourceStorage | undefined;
  readonly directory: SourceDirectory | undefined;
  readonly mappings: readonly Mapping[];
  readonly id: string | undefined;
  readonly enabled: () => boolean | Promise<boolean>;
  readonly dialect: DialectName | Dialect;
  readonly resourceTypes: readonly ResourceType[] | undefined;
  readonly passwords: "discard" | "deliver";
  readonly unknownMembers: "reject" | "accept";
  readonly cursorKeys: readonly SealingKey[] | undefined;
  readonly cursorTimeout: number;
  readonly sensitiveFilters: readonly string[];
  readonly bulk: boolean;
  readonly limits: Partial<ServerLimits>;
  readonly deliveryLeaseMs: number;
  readonly deliveryRetryMs: number;
  readonly observe: Observer | undefined;
  readonly now: () => number;
  readonly newId: () => string;
}

const DIRECTORY_METHODS: readonly string[] = ["saveUser", "removeUser", "saveGroup", "removeGroup", "changeMembers"];

const schema = z.strictObject({
  slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: "must be 1 to 63 lower-case letters, digits and hyphens",
  }),
  baseUrl: baseUrlOption(),
  mountPath: z.string().startsWith("/", { error: "must begin with a slash" }).optional(),
  storage: objectOption<Storage>("a storage such as memoryStorage(); tables of your own go into resources", [
    "resources",
    "state",
    "transaction",
  ]),
  resources: objectOption<ResourceStorage>("a resource storage", ["capabilities", "insert", "find", "list"]).optional(),
  directory: objectOption<SourceDirectory>(
    `an object with ${DIRECTORY_METHODS.join(", ")}`,
    DIRECTORY_METHODS,
  ).optional(),
  mappings: z
    .array(objectOption<Mapping>("a mapping made by defineMapping", ["name", "expression", "apply"]))
    .default([...sourceUserMappings, ...sourceGroupMappings]),
  id: z.string().min(1).optional(),
  enabled: z
    .union([z.boolean(), functionOption<() => boolean | Promise<boolean>>()], {
      error: "must be true, false or a function that says so",
    })
    .default(true),
  dialect: z
    .union([z.enum(["compatible", "strict"]), objectOption<Dialect>("a dialect", ["name", "transforms"])], {
      error: 'must be "compatible", "strict" or a dialect made by withTransforms',
    })
    .default("compatible"),
  resourceTypes: z.array(z.custom<ResourceType>()).optional(),
  passwords: z.enum(["discard", "deliver"]).default("discard"),
  unknownMembers: z.enum(["reject", "accept"]).default("reject"),
  cursorKeys: z.array(z.custom<SealingKey>()).optional(),
  cursorTimeout: z.number().int().positive().default(3600),
  sensitiveFilters: z.array(z.string()).default([]),
  bulk: z.boolean().default(true),
  limits: z.custom<Partial<ServerLimits>>((value) => typeof value === "object" && value !== null).default({}),
  deliveryLeaseMs: z.number().int().positive().default(60_000),
  deliveryRetryMs: z.number().int().nonnegative().default(1000),
  observe: functionOption<Observer>().optional(),
  now: functionOption<() => number>().default(() => Date.now),
  newId: functionOption<() => string>().default(() => () => crypto.randomUUID()),
});

/** Reads a source's options once. @throws {TypeError} naming the option that is missing, wrong or in conflict */
export function resolveSourceOptions(input: SourceOptions): ResolvedSourceOptions {
  const options = resolveOptions("createSource", schema, input);
  if (options.directory !== undefined && options.resources !== undefined) {
    throw new TypeError("createSource: directory: cannot be given with resources: own tables need no second write");
  }
  if (options.passwords === "deliver" && options.directory === undefined) {
    throw new TypeError("createSource: passwords: can only be delivered to a directory");
  }
  const { enabled } = options;
  return Object.freeze({
    ...options,
    baseUrl: options.baseUrl.replace(/\/+$/, ""),
    resources: options.resources,
    directory: options.directory,
    mountPath: options.mountPath,
    id: options.id,
    resourceTypes: options.resourceTypes,
    cursorKeys: options.cursorKeys,
    observe: options.observe,
    mappings: orderMappings(options.mappings),
    enabled: typeof enabled === "function" ? enabled : () => enabled,
  });
}
