import * as z from "zod/mini";
import type { SealingKey } from "../../crypto/key-ring.ts";
import { functionOption, wholeNumberOption } from "../../options/resolve-options.ts";
import type { DeliveryMode } from "./directory-delivery.ts";
import type { RunTransaction } from "./joined-delivery.ts";

/** Options of a source about how its directory gets changes. */
export interface DeliveryOptions {
  /**
   * When the directory gets a change. `sync`: within the request, for a directory in another system. `joined`: within
   * the request, in one transaction with the source's own storage. `outbox`: after the response, so that 2xx means
   * accepted and not yet applied. @default "sync"
   */
  delivery?: DeliveryMode;
  /**
   * For `joined`: runs `run` in a transaction of the application's database, and gives it what `storage.within` takes,
   * such as a client of pg. The directory gets the same as `context.tx`. @default a transaction of the storage; the
   * directory gets its connection
   */
  transaction?: RunTransaction;
  /**
   * Encrypts passwords that wait: the first key, and all decrypt. Needed for `deliver` with `outbox`. With `sync` and
   * without keys a password is not stored, and a delivery that is repeated after a crash lacks it.
   */
  passwordKeys?: readonly SealingKey[];
  /**
   * The roles that groups give to their direct members, by the SCIM id of the group. `changeRoles` of the directory is
   * called when a membership begins or ends. Each role belongs to one group. @default none
   */
  roles?: Readonly<Record<string, string>>;
  /** How long the directory may take for a change, in milliseconds, before another process may finish it. @default 60000 */
  deliveryLeaseMs?: number;
  /**
   * How long to wait before a change that failed is delivered again, in milliseconds. An outbox doubles it with each
   * failure, up to an hour. @default 1000
   */
  deliveryRetryMs?: number;
}

/** `DeliveryOptions` with all defaults. */
export interface ResolvedDeliveryOptions {
  readonly delivery: DeliveryMode;
  readonly transaction?: RunTransaction | undefined;
  readonly passwordKeys?: readonly SealingKey[] | undefined;
  readonly roles: Readonly<Record<string, string>>;
  readonly deliveryLeaseMs: number;
  readonly deliveryRetryMs: number;
}

/** Reads `DeliveryOptions`, as a part of the schema of a source's options. */
export const deliveryOptionsShape: {
  readonly [Name in keyof ResolvedDeliveryOptions]-?: z.ZodMiniType<ResolvedDeliveryOptions[Name]>;
} = Object.freeze({
  delivery: z._default(z.enum(["sync", "joined", "outbox"], { error: 'must be "sync", "joined" or "outbox"' }), "sync"),
  transaction: z.optional(functionOption<RunTransaction>()),
  passwordKeys: z.optional(z.array(z.custom<SealingKey>())),
  roles: z._default(
    z.record(z.string(), z.string().check(z.minLength(1))).check(
      z.refine((roles) => new Set(Object.values(roles)).size === Object.keys(roles).length, {
        error: "must give each role to one group: who leaves one of two groups would lose the role of the other",
      }),
    ),
    {},
  ),
  deliveryLeaseMs: wholeNumberOption(60_000, z.positive()),
  deliveryRetryMs: wholeNumberOption(1000, z.nonnegative()),
});
