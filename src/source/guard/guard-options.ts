import * as z from "zod/mini";
import { functionOption, wholeNumberOption } from "../../options/resolve-options.ts";
import { type AdoptionOptions, adoptionOption, type ResolvedAdoptionOptions } from "./adoption-options.ts";
import { normalDomain } from "./domains.ts";

/** A user or group, as the options of the guard get it. */
export interface GuardedResource {
  /** The name of its resource type. */
  readonly type: string;
  /** The SCIM id. */
  readonly id: string;
  /** The application's own id, of an account that is about to be adopted. */
  readonly applicationId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Values that an identity provider may assign to users. Every other one is rejected with 400. */
export interface AllowedValues {
  /** @default all */
  readonly roles?: readonly string[];
  /** @default all */
  readonly entitlements?: readonly string[];
}

/** How many destructive changes a source may make in a time. */
export interface GuardLimits {
  /** The time in which changes are counted, in milliseconds. @default 3600000, an hour */
  readonly windowMs?: number;
  /** Users that are deactivated. @default 100 */
  readonly deactivations?: number;
  /** Users and groups that are deleted. @default 100 */
  readonly removals?: number;
  /** Memberships that are removed, also those of deleted groups. @default 1000 */
  readonly members?: number;
}

/** The fewest active members that a group must keep. */
export interface GroupFloor {
  /** The SCIM id of the group. */
  readonly group: string;
  readonly atLeast: number;
}

/** What `protect` returns. */
export type Protection = boolean | "changes";

/** Options of a source that protect the application from its identity provider. */
export interface SourceGuardOptions {
  /**
   * The e-mail domains of the customer. User names that are addresses, and primary and work e-mails, must be within them.
   * A subdomain counts only if it is named. @default none: addresses are not checked
   */
  domains?: readonly string[] | (() => readonly string[] | Promise<readonly string[]>);
  /**
   * What happens to an address outside of `domains`: `refuse` rejects the write with 400, `flag` accepts it and reports it
   * (event `source.flagged`, and `context.unverified` of the directory). @default "refuse"
   */
  foreignDomains?: "refuse" | "flag";
  /**
   * What must not happen to a user or group through this source: 403. True: it is not deleted or deactivated, and an
   * account is not adopted. `changes`: nothing of it is changed, members neither. @default none
   */
  protect?: (resource: GuardedResource) => Protection | Promise<Protection>;
  /** The values of `roles` and `entitlements` that users may have. Values that were there before may stay. @default all */
  allowed?: AllowedValues;
  /** Groups that must keep members, so that the last owner stays: 403 otherwise. @default none */
  floors?: readonly GroupFloor[];
  /**
   * What a DELETE of a user means for the directory: `remove` calls `removeUser`, `deactivate` saves the user as inactive,
   * `unlink` leaves the account as it is. The SCIM resource is gone in each case. @default "remove"
   */
  removal?: "remove" | "deactivate" | "unlink";
  /**
   * What a new user with the `externalId` and `userName` of a deleted one becomes: `new`, a new resource; `restore`, the
   * old one with its id, without its groups; `conflict`, a 409. @default "new"
   */
  recreate?: "new" | "restore" | "conflict";
  /**
   * Takes over accounts that the application has already, by a rule of the application. Only with `directory`.
   * @default none are taken over
   */
  adopt?: AdoptionOptions;
  /**
   * How many destructive changes are accepted in a time. Beyond it nothing is written: 503 with `Retry-After`, and the
   * event `source.held`. False for no limit.
   */
  guard?: GuardLimits | false;
}

/** `SourceGuardOptions` with all defaults. */
export interface ResolvedGuardOptions {
  readonly domains: (() => Promise<ReadonlySet<string>>) | undefined;
  readonly foreignDomains: "refuse" | "flag";
  readonly protect: SourceGuardOptions["protect"] | undefined;
  readonly allowed: AllowedValues;
  readonly floors: readonly GroupFloor[];
  readonly removal: "remove" | "deactivate" | "unlink";
  readonly recreate: "new" | "restore" | "conflict";
  readonly adopt: ResolvedAdoptionOptions | undefined;
  readonly guard: Required<GuardLimits> | false;
}

const limits = z.strictObject({
  windowMs: wholeNumberOption(3_600_000, z.positive()),
  deactivations: wholeNumberOption(100, z.nonnegative()),
  removals: wholeNumberOption(100, z.nonnegative()),
  members: wholeNumberOption(1000, z.nonnegative(), z.maximum(5000)),
});

const domain = z
  .string()
  .check(z.refine((text) => normalDomain(text) !== undefined, { error: "must be a domain such as example.com" }));

/** The options as they are given, with defaults. */
interface ReadGuardOptions extends Omit<ResolvedGuardOptions, "domains" | "protect" | "adopt"> {
  readonly domains?: SourceGuardOptions["domains"];
  readonly protect?: SourceGuardOptions["protect"];
  readonly adopt?: ResolvedAdoptionOptions;
}

/** Reads `SourceGuardOptions`, as a part of the schema of a source's options. */
export const guardOptionsShape: {
  readonly [Name in keyof ReadGuardOptions]-?: z.ZodMiniType<ReadGuardOptions[Name]>;
} = Object.freeze({
  domains: z.optional(
    z.union(
      [z.array(domain).check(z.minLength(1)), functionOption<Extract<SourceGuardOptions["domains"], () => unknown>>()],
      {
        error: "must be a list of domains such as example.com, or a function that returns one",
      },
    ),
  ),
  foreignDomains: z._default(z.enum(["refuse", "flag"], { error: 'must be "refuse" or "flag"' }), "refuse"),
  protect: z.optional(functionOption<NonNullable<SourceGuardOptions["protect"]>>()),
  allowed: z._default(
    z.strictObject({ roles: z.optional(z.array(z.string())), entitlements: z.optional(z.array(z.string())) }),
    {},
  ),
  floors: z._default(
    z.array(z.strictObject({ group: z.string(), atLeast: z.int().check(z.positive(), z.maximum(100)) })),
    [],
  ),
  removal: z._default(
    z.enum(["remove", "deactivate", "unlink"], { error: 'must be "remove", "deactivate" or "unlink"' }),
    "remove",
  ),
  recreate: z._default(
    z.enum(["new", "restore", "conflict"], { error: 'must be "new", "restore" or "conflict"' }),
    "new",
  ),
  adopt: z.optional(adoptionOption),
  guard: z._default(z.union([z.literal(false), limits]), limits.parse({})),
});

/** The domains in the form in which they are compared, read for each write. */
export function domainsOf(option: SourceGuardOptions["domains"]): ResolvedGuardOptions["domains"] {
  if (option === undefined) return undefined;
  const read = typeof option === "function" ? option : () => option;
  return async () => new Set((await read()).flatMap((text) => normalDomain(text) ?? []));
}
