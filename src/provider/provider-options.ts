import * as z from "zod/mini";
import type { ScimClient } from "../client/create-client.ts";
import type { Directory } from "../directory/directory.ts";
import type { SubjectIdOptions, SubjectMode } from "../directory/subject-id.ts";
import { providerGroupMappings, providerUserMappings } from "../mapping/defaults/outbound.ts";
import { orderMappings } from "../mapping/evaluation/order-mappings.ts";
import type { Mapping } from "../mapping/expressions/define-mapping.ts";
import { mappingsOption } from "../mapping/expressions/mappings-option.ts";
import type { Observer } from "../observe/events.ts";
import { functionOption, objectOption, resolveOptions, wholeNumberOption } from "../options/resolve-options.ts";
import { isText } from "../schema/attributes/scalar.ts";
import type { Storage } from "../storage/storage.ts";
import type { GuardOptions } from "./context/guard-options.ts";
import type { DeprovisionPolicy } from "./objects/deprovisioning.ts";
import type { ScopeOptions } from "./objects/scope.ts";

/** Options of `createProvider`. */
export interface ProviderOptions {
  /**
   * The tenant of the provider; two tenants can use the same name. If you change it, the links are lost.
   * @default "default"
   */
  tenant?: string;
  /**
   * Names the provider in storage and in reports; lower-case letters, digits and hyphens. If you change it, the links
   * are lost.
   */
  name: string;
  /** Sends requests to the application. */
  client: ScimClient;
  /** Where your users and groups are. */
  directory: Directory;
  /** Where links, memberships and runs are kept. */
  storage: Storage;
  /** Turn a user or group into what is sent. @default providerUserMappings and providerGroupMappings */
  mappings?: readonly Mapping<"provider">[];
  /** Who and what is pushed. @default everyone but service accounts, and all groups */
  scope?: ScopeOptions;
  /**
   * What happens to a remote resource whose object left, by cause.
   *
   * @default deleted: delete, leftScope: deactivate, scopeChanged and skipped: keep. Adopted accounts are deactivated
   * where others are deleted. If the client's profile says that DELETE is irreversible, every account is deactivated
   * unless `deleted` is given
   */
  deprovision?: Partial<DeprovisionPolicy>;
  /**
   * What `externalId` is computed from.
   * @default the hashed id, with a secret that is generated at the first use and stored
   */
  subject?: SubjectIdOptions;
  /**
   * Whether users are updated by PUT (read, merge, replace) or by PATCH.
   * @default "put", or what the application supports
   */
  userUpdates?: "put" | "patch";
  /** What to do with an invalid result of a mapping. @default "stop" */
  invalid?: "stop" | "skip";
  /**
   * How many objects a full sync may delete or deactivate. A sync with more removals removes nothing, and its state is
   * `held` until a sync with `approveRemovals`. False for no limit.
   * @default 20 percent of the linked objects; 10 are always allowed
   */
  guard?: GuardOptions | false;
  /** Objects in a page of the directory, which is a range of a run. @default 100 */
  pageSize?: number;
  /** Objects processed at a time. @default 4 */
  concurrency?: number;
  /**
   * How long to wait before a create with unknown outcome is looked up again, in milliseconds. @default 1000
   */
  settleMs?: number;
  /**
   * How long the application may take to return a resource that it created, in milliseconds; a 404 before that proves
   * nothing.
   * @default 60000
   */
  visibleMs?: number;
  /**
   * What to do if the application rejects a deletion: deactivate the account, or only report the rejection.
   * @default "deactivate"
   */
  deleteRefused?: "deactivate" | "report";
  /** Called with every event: runs, objects, memberships, errors. */
  observe?: Observer;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Makes ids; must never return the same one twice. @default crypto.randomUUID */
  newId?: () => string;
  /** Waits so many milliseconds. Replace it in tests. */
  sleep?: (ms: number) => Promise<void>;
}

/** `ProviderOptions` with all defaults. */
export interface ResolvedProviderOptions {
  readonly tenant: string;
  readonly name: string;
  readonly client: ScimClient;
  readonly directory: Directory;
  readonly storage: Storage;
  readonly mappings: readonly Mapping<"provider">[];
  readonly scope: ScopeOptions;
  readonly deprovision: DeprovisionPolicy;
  readonly subject: { readonly mode: SubjectMode; readonly secret?: string | undefined };
  readonly userUpdates: "put" | "patch";
  readonly invalid: "stop" | "skip";
  readonly guard: Required<GuardOptions> | false;
  readonly pageSize: number;
  readonly concurrency: number;
  readonly settleMs: number;
  readonly visibleMs: number;
  readonly deleteRefused: "deactivate" | "report";
  readonly observe?: Observer | undefined;
  readonly now: () => number;
  readonly newId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
}

const action = z.enum(["delete", "deactivate", "keep", "unlink"]);

const DIRECTORY: readonly string[] = [
  "users",
  "usersById",
  "groups",
  "groupsById",
  "members",
  "hasMembers",
  "groupsOf",
];
const ids = z.array(z.string().check(z.minLength(1)));

const schema = z.strictObject({
  tenant: z._default(
    // In a key, tenants that differ only in lone surrogates would be one.
    z.string().check(z.minLength(1), z.refine(isText, { error: "must be well-formed Unicode without U+0000" })),
    "default",
  ),
  name: z.string().check(
    z.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
      error: "must be 1 to 63 lower-case letters, digits and hyphens",
    }),
  ),
  client: objectOption<ScimClient>("a client made by createScimClient", ["users", "groups", "serviceProviderConfig"]),
  directory: objectOption<Directory>(`a directory with ${DIRECTORY.join(", ")}`, DIRECTORY),
  storage: objectOption<Storage>("a storage", ["resources", "state", "transaction"]),
  mappings: mappingsOption("provider", [...providerUserMappings, ...providerGroupMappings]),
  scope: z._default(
    z.strictObject({
      memberOf: z.optional(ids.check(z.minLength(1, { error: "must name a group; leave it out for everyone" }))),
      groups: z.optional(
        z.union([ids, functionOption<Exclude<ScopeOptions["groups"], readonly string[] | undefined>>()]),
      ),
      serviceAccounts: z.optional(z.boolean()),
      access: z.optional(functionOption<NonNullable<ScopeOptions["access"]>>()),
    }),
    {},
  ),
  deprovision: z.prefault(
    z.strictObject({
      deleted: z._default(action, "delete"),
      leftScope: z._default(action, "deactivate"),
      scopeChanged: z._default(action, "keep"),
      skipped: z._default(action, "keep"),
    }),
    {},
  ),
  subject: z.prefault(
    z.strictObject({
      mode: z._default(z.enum(["hashed", "id", "uuid", "username", "email", "upn"]), "hashed"),
      secret: z.optional(z.string().check(z.minLength(1))),
    }),
    {},
  ),
  userUpdates: z._default(z.enum(["put", "patch"]), "put"),
  invalid: z._default(z.enum(["stop", "skip"]), "stop"),
  guard: z.prefault(
    z.union([
      z.literal(false),
      z.strictObject({
        percent: z._default(z.number().check(z.gte(0), z.lte(100)), 20),
        minimum: wholeNumberOption(10, z.nonnegative()),
      }),
    ]),
    {},
  ),
  pageSize: wholeNumberOption(100, z.gte(1), z.lte(1000)),
  concurrency: wholeNumberOption(4, z.gte(1), z.lte(100)),
  settleMs: wholeNumberOption(1000, z.nonnegative()),
  visibleMs: wholeNumberOption(60_000, z.nonnegative()),
  deleteRefused: z._default(z.enum(["deactivate", "report"]), "deactivate"),
  observe: z.optional(functionOption<Observer>()),
  now: z._default(functionOption<() => number>(), () => Date.now),
  newId: z._default(functionOption<() => string>(), () => () => crypto.randomUUID()),
  sleep: z._default(
    functionOption<(ms: number) => Promise<void>>(),
    () => (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms)),
  ),
});

/** Reads a provider's options once. @throws {TypeError} naming the option that is missing or wrong */
export function resolveProviderOptions(input: ProviderOptions): ResolvedProviderOptions {
  const options = resolveOptions("createProvider", schema, input);
  // If DELETE is irreversible, only the option `deleted` allows it.
  const isForEver = options.client.profile?.deleteMeans === "irreversible" && input.deprovision?.deleted === undefined;
  const deprovision: DeprovisionPolicy = isForEver
    ? { ...options.deprovision, deleted: "deactivate" }
    : options.deprovision;
  return Object.freeze({ ...options, deprovision, mappings: orderMappings(options.mappings) });
}
