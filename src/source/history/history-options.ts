import * as z from "zod/mini";
import { wholeNumberOption } from "../../options/resolve-options.ts";
import { LONGEST_MS } from "./change-record.ts";
import type { HistoryOptions } from "./history.ts";

const DAY_MS = 86_400_000;

/** How a source keeps its latest requests. */
export interface RequestLogSettings {
  /** How many of the latest requests each process keeps, rounded up to a multiple of 25. @default 200 */
  readonly entries?: number;
  /** Whether bodies keep their values, which are personal data. Never a password. @default false */
  readonly values?: boolean;
}

/** The identity providers whose rhythm is known. */
export type IdentityProviderName = "entra" | "okta" | "google" | "onelogin" | "jumpcloud" | "other";

/** Options of a source about what can be seen of it. */
export interface VisibilityOptions {
  /**
   * The changes that the source keeps, for `changes`: an audit record and a change feed in one. Stored in the
   * transaction of the write; with `resources`, right after it. False keeps none.
   */
  history?: HistoryOptions | false;
  /** The latest requests that the source keeps, for `requests`. False keeps none. */
  requestLog?: RequestLogSettings | false;
  /** Which product writes to the source, so that `health` knows how often to expect requests. @default "other" */
  identityProvider?: IdentityProviderName;
}

/** `VisibilityOptions` with all defaults. */
export interface ResolvedVisibilityOptions {
  readonly history: Required<HistoryOptions> | false;
  readonly requestLog: Required<RequestLogSettings> | false;
  readonly identityProvider: IdentityProviderName;
}

const historySchema = z.strictObject({
  keepMs: wholeNumberOption(30 * DAY_MS, z.positive(), z.maximum(LONGEST_MS)),
  settleMs: wholeNumberOption(10_000, z.nonnegative()),
  values: z._default(z.boolean(), false),
});

const requestLogSchema = z.strictObject({
  entries: wholeNumberOption(200, z.positive(), z.maximum(10_000)),
  values: z._default(z.boolean(), false),
});

/** Reads `VisibilityOptions`, as a part of the schema of a source's options. */
export const visibilityShape: {
  readonly [Name in keyof ResolvedVisibilityOptions]: z.ZodMiniType<ResolvedVisibilityOptions[Name]>;
} = Object.freeze({
  history: z._default(z.union([z.literal(false), historySchema]), historySchema.parse({})),
  requestLog: z._default(z.union([z.literal(false), requestLogSchema]), requestLogSchema.parse({})),
  identityProvider: z._default(z.enum(["entra", "okta", "google", "onelogin", "jumpcloud", "other"]), "other"),
});
