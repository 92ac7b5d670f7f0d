import * as z from "zod/mini";
import { sourceGroupMappings, sourceUserMappings } from "../mapping/defaults/inbound.ts";
import { orderMappings } from "../mapping/evaluation/order-mappings.ts";
import type { Mapping } from "../mapping/expressions/define-mapping.ts";
import type { DefaultSourceMappings, MappedGroupOf, MappedUserOf } from "../mapping/expressions/mapped-objects.ts";
import { mappingsOption } from "../mapping/expressions/mappings-option.ts";
import { baseUrlOption, functionOption, objectOption, resolveOptions } from "../options/resolve-options.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import {
  type ResolvedServerOptions,
  type ServerOptions,
  serverOptionsShape,
} from "../server/requests/server-options.ts";
import type { ResourceStorage } from "../storage/resource-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { type StartTimer, startInterval } from "../timing/interval.ts";
import {
  type CredentialOptions,
  credentialOptionsShape,
  type ResolvedCredentialOptions,
} from "./credentials/credential-options.ts";
import {
  type DeliveryOptions,
  deliveryOptionsShape,
  type ResolvedDeliveryOptions,
} from "./delivery/delivery-options.ts";
import type { SourceDirectory } from "./delivery/source-directory.ts";
import {
  domainsOf,
  guardOptionsShape,
  type ResolvedGuardOptions,
  type SourceGuardOptions,
} from "./guard/guard-options.ts";
import { type ResolvedVisibilityOptions, type VisibilityOptions, visibilityShape } from "./history/history-options.ts";
import { DEFAULT_PATH, pathOption } from "./source-path.ts";

/** Options of `createSource`: the server's options, and its own. */
export interface SourceOptions<
  M extends readonly Mapping<"source">[] = DefaultSourceMappings,
  T extends ResourceType = ResourceType,
> extends ServerOptions<T>,
    VisibilityOptions,
    CredentialOptions,
    DeliveryOptions,
    SourceGuardOptions {
  /** Names the source in its URL: lower-case letters, digits and hyphens. */
  slug: string;
  /** The application's public address, such as `https://app.example`; the endpoints follow at `path`. */
  baseUrl: string;
  /**
   * The path of the SCIM endpoints below the base URL; `{slug}` is replaced by the slug. Choose it to keep the URL of
   * another server. @default "/source/scim/{slug}/v2"
   */
  path?: string;
  /** Where the source stores its tokens and, unless `resources` is given, what the identity provider sends. */
  storage: Storage;
  /** The application's own tables instead of a copy. Not together with `directory`. */
  resources?: ResourceStorage;
  /**
   * The application's own users and groups. It is called for every change, inside the request that makes the change.
   * `saveUser` and `saveGroup` take what the mappings return.
   */
  directory?: SourceDirectory<MappedUserOf<M>, MappedGroupOf<M>>;
  /**
   * Turn a resource into what the directory saves, instead of the default ones.
   * @default sourceUserMappings and sourceGroupMappings
   */
  mappings?: M;
  /** The source's immutable id. Pass it to change the slug. @default created at the first use of the slug */
  id?: string;
  /** A disabled source responds with 403 to every valid token. @default true */
  enabled?: boolean | (() => boolean | Promise<boolean>);
  /**
   * Starts the timer with which a source does its background work if provisioning does not: it finishes changes that a
   * crash or an unknown outcome left behind, and looks after credentials that expire. False for no timer.
   * @default an interval that does not keep the process running
   */
  timer?: StartTimer | false;
}

/** `SourceOptions` with all defaults. */
export interface ResolvedSourceOptions
  extends ResolvedServerOptions,
    ResolvedVisibilityOptions,
    ResolvedCredentialOptions,
    ResolvedDeliveryOptions,
    ResolvedGuardOptions {
  readonly slug: string;
  readonly baseUrl: string;
  readonly path: string;
  readonly storage: Storage;
  readonly resources: ResourceStorage | undefined;
  readonly directory: SourceDirectory | undefined;
  readonly mappings: readonly Mapping<"source">[];
  readonly id: string | undefined;
  readonly enabled: () => boolean | Promise<boolean>;
  readonly timer: StartTimer | false;
}

const DIRECTORY_METHODS: readonly string[] = ["saveUser", "removeUser", "saveGroup", "removeGroup", "changeMembers"];

const schema = z.strictObject({
  slug: slugOption(),
  baseUrl: baseUrlOption(),
  path: z._default(pathOption({ needsSlug: false }), DEFAULT_PATH),
  storage: objectOption<Storage>("a storage such as memoryStorage(); tables of your own go into resources", [
    "resources",
    "state",
    "transaction",
  ]),
  resources: z.optional(
    objectOption<ResourceStorage>("a resource storage", ["capabilities", "insert", "find", "list"]),
  ),
  directory: z.optional(
    objectOption<SourceDirectory>(`an object with ${DIRECTORY_METHODS.join(", ")}`, DIRECTORY_METHODS),
  ),
  mappings: mappingsOption("source", [...sourceUserMappings, ...sourceGroupMappings]),
  id: z.optional(z.string().check(z.minLength(1))),
  enabled: z._default(
    z.union([z.boolean(), functionOption<() => boolean | Promise<boolean>>()], {
      error: "must be true, false or a function that returns one of them",
    }),
    true,
  ),
  ...serverOptionsShape,
  ...visibilityShape,
  ...credentialOptionsShape,
  ...deliveryOptionsShape,
  ...guardOptionsShape,
  timer: z._default(
    z.union([z.literal(false), functionOption<StartTimer>()], {
      error: "must be false or a function that starts a timer",
    }),
    () => startInterval,
  ),
});

/** @throws {TypeError} naming the option that lacks a method of the directory */
function checkDirectory({
  directory,
  adopt,
  roles,
}: Pick<ResolvedGuardOptions, "adopt"> &
  Pick<ResolvedDeliveryOptions, "roles"> & { readonly directory?: SourceDirectory | undefined }): void {
  if (adopt !== undefined && directory === undefined) {
    throw new TypeError("createSource: adopt: needs a directory, which has the accounts");
  }
  if (Object.keys(roles).length > 0 && directory?.changeRoles === undefined) {
    throw new TypeError("createSource: roles: needs a directory with changeRoles");
  }
}

/** @throws {TypeError} naming the option of the delivery that lacks another one */
function checkDelivery(
  options: {
    readonly directory?: unknown;
    readonly storage: Storage;
    readonly passwords: ResolvedServerOptions["passwords"];
  } & ResolvedDeliveryOptions,
): void {
  const { delivery, transaction, storage, passwords, passwordKeys, directory } = options;
  if (passwords !== "discard" && directory === undefined) {
    throw new TypeError("createSource: passwords: can only be delivered to a directory");
  }
  if (delivery !== "sync" && directory === undefined) {
    throw new TypeError(`createSource: delivery: "${delivery}" needs a directory`);
  }
  if (transaction !== undefined && (delivery !== "joined" || !("within" in storage))) {
    throw new TypeError('createSource: transaction: needs delivery: "joined", and a storage with within');
  }
  if (delivery === "joined" && transaction === undefined && storage.connectionOf === undefined) {
    throw new TypeError(
      'createSource: delivery: "joined" needs a storage with connectionOf, such as sqliteStorage, or one with within and the option transaction',
    );
  }
  if (delivery === "outbox" && passwords === "deliver" && passwordKeys === undefined) {
    throw new TypeError(
      "createSource: passwordKeys: needed to deliver passwords from the outbox; consider passwords: { hash }",
    );
  }
}

/** A zod type for a slug. */
export function slugOption(): z.ZodMiniType<string> {
  return z.string().check(
    z.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
      error: "must be 1 to 63 lower-case letters, digits and hyphens",
    }),
  );
}

/** Reads a source's options once. @throws {TypeError} naming the option that is missing, wrong or in conflict */
export function resolveSourceOptions<M extends readonly Mapping<"source">[], T extends ResourceType>(
  input: Omit<SourceOptions<M, T>, "directory"> & { directory?: SourceDirectory<never, never> },
): ResolvedSourceOptions {
  const options = resolveOptions("createSource", schema, input);
  if (options.directory !== undefined && options.resources !== undefined) {
    throw new TypeError("createSource: directory: cannot be given with resources: own tables need no second write");
  }
  if (options.directory !== undefined && options.storage.resources.checkUnique === undefined) {
    throw new TypeError("createSource: storage: must have resources.checkUnique for a source with a directory");
  }
  checkDelivery(options);
  checkDirectory({ ...options, adopt: options.adopt });
  const { enabled } = options;
  return Object.freeze({
    ...options,
    baseUrl: options.baseUrl.replace(/\/+$/, ""),
    resources: options.resources,
    directory: options.directory,
    id: options.id,
    federation: options.federation,
    jwt: options.jwt,
    authenticate: options.authenticate,
    requestsPerSecond: options.requestsPerSecond,
    domains: domainsOf(options.domains),
    protect: options.protect,
    adopt: options.adopt,
    mappings: orderMappings(options.mappings),
    enabled: typeof enabled === "function" ? enabled : () => enabled,
  });
}
