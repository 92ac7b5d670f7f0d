import * as z from "zod/mini";
import type { Mapping } from "../mapping/expressions/define-mapping.ts";
import type { MappedGroup, MappedUser } from "../mapping/expressions/mapped-objects.ts";
import type { Observer } from "../observe/events.ts";
import {
  baseUrlOption,
  functionOption,
  objectOption,
  resolveOptions,
  wholeNumberOption,
} from "../options/resolve-options.ts";
import type { Storage } from "../storage/storage.ts";
import { type StartTimer, startInterval } from "../timing/interval.ts";
import type { DeliveryContext, SavedObject, SourceDirectory } from "./delivery/source-directory.ts";
import type { SourceOptions } from "./source-options.ts";
import { DEFAULT_PATH, pathOption } from "./source-path.ts";

/** Options of `createSource` that are the same for all sources of `createSources`. */
type Shared = "slug" | "storage" | "baseUrl" | "path" | "mountPath" | "timer" | "now" | "newId";

/** What `resolve` returns: the options of one source. `observe` and the rest are as for `createSource`. */
export type TenantSourceOptions = Omit<SourceOptions<readonly Mapping<"source">[]>, Shared | "directory"> & {
  directory?: TenantDirectory;
};

/**
 * The directory of one of many sources. Its users and groups have the type of what the default mappings return. With
 * `mappings`, declare what they return as the type of the parameters.
 */
export interface TenantDirectory extends Omit<SourceDirectory, "saveUser" | "saveGroup"> {
  // Methods, and not properties as in `SourceDirectory`: so the parameters can have the type of other mappings.
  /** Creates or updates a user. */
  saveUser(user: MappedUser, context: DeliveryContext): Promise<SavedObject | undefined> | Promise<void>;
  /** Creates or updates a group, without its members. */
  saveGroup(group: MappedGroup, context: DeliveryContext): Promise<SavedObject | undefined> | Promise<void>;
}

/** Options of `createSources`. */
export interface SourcesOptions {
  /** Where all sources store what they know. */
  storage: Storage;
  /** The application's public address, such as `https://app.example`. */
  baseUrl: string;
  /**
   * Returns the options of the source with a slug, or undefined if there is none. It is called when a source is needed
   * that is not loaded. The first use of a slug registers it. If it rejects, requests get 503.
   */
  resolve: (slug: string) => Promise<TenantSourceOptions | undefined> | TenantSourceOptions | undefined;
  /** The path of the SCIM endpoints below the base URL, with `{slug}` as a segment. @default "/source/scim/{slug}/v2" */
  path?: string;
  /** The same path in the requests that arrive, if a proxy in front changes it. @default that of `path` and the base URL */
  mountPath?: string;
  /** How many sources are kept in memory. The one that was not used for the longest time goes first. @default 1000 */
  maxLoaded?: number;
  /**
   * How long a loaded source is used before its slug is read again, in milliseconds. So late does a process notice that
   * another one renamed or removed it. @default 5000
   */
  checkMs?: number;
  /** Called with events of no source in particular, such as that `resolve` failed. */
  observe?: Observer;
  /** Starts the timer of the background work if provisioning does not do it; false for no timer. @default an interval */
  timer?: StartTimer | false;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Makes ids and versions; must never repeat one. @default crypto.randomUUID */
  newId?: () => string;
}

/** `SourcesOptions` with all defaults. */
export interface ResolvedSourcesOptions extends Readonly<Required<Omit<SourcesOptions, "observe" | "mountPath">>> {
  readonly observe: Observer | undefined;
  readonly mountPath: string | undefined;
}

const schema = z.strictObject({
  storage: objectOption<Storage>("a storage such as memoryStorage()", ["resources", "state", "transaction"]),
  baseUrl: baseUrlOption(),
  resolve: functionOption<SourcesOptions["resolve"]>(),
  path: z._default(pathOption({ needsSlug: true }), DEFAULT_PATH),
  mountPath: z.optional(pathOption({ needsSlug: true })),
  maxLoaded: wholeNumberOption(1000, z.positive()),
  checkMs: wholeNumberOption(5000, z.nonnegative()),
  observe: z.optional(functionOption<Observer>()),
  timer: z._default(
    z.union([z.literal(false), functionOption<StartTimer>()], {
      error: "must be false or a function that starts a timer",
    }),
    () => startInterval,
  ),
  now: z._default(functionOption<() => number>(), () => Date.now),
  newId: z._default(functionOption<() => string>(), () => () => crypto.randomUUID()),
});

/** Reads the options once. @throws {TypeError} naming the option that is missing or wrong */
export function resolveSourcesOptions(input: SourcesOptions): ResolvedSourcesOptions {
  const { observe, mountPath, ...options } = resolveOptions("createSources", schema, input);
  return Object.freeze({ ...options, observe, mountPath, baseUrl: options.baseUrl.replace(/\/+$/, "") });
}
