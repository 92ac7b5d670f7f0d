import * as z from "zod/mini";
import { createTeller, type Observer } from "../observe/events.ts";
import { functionOption, objectOption, resolveOptions, wholeNumberOption } from "../options/resolve-options.ts";
import { waitFor } from "../timing/wait-for.ts";
import type { ClientAuth } from "./auth/client-auth.ts";
import { createCredentials } from "./auth/credentials.ts";
import { readBaseUrl } from "./http/request-url.ts";
import type { SendOptions } from "./http/send.ts";
import { TargetClock } from "./http/target-clock.ts";
import { type Capabilities, defaultCapabilities } from "./profiles/capabilities.ts";
import { type ClientProfile, type ProfileName, profiles } from "./profiles/profile.ts";

/** How often a client sends a request, and how long it waits in between. */
export interface RetryOptions {
  /** Attempts for each request, including the first. @default 4 */
  readonly attempts?: number;
  /** Longest wait between two attempts, in milliseconds. A longer `Retry-After` ends the attempts. @default 30000 */
  readonly maxWaitMs?: number;
}

/** How long a client keeps the configuration that it has read. */
export interface DiscoveryTtlOptions {
  /** How long a configuration is kept, in milliseconds; also what is learned from a 405 or 501. @default 3600000 */
  readonly ttlMs?: number;
  /** How long after a failure it is requested again, in milliseconds. @default 60000 */
  readonly failureTtlMs?: number;
}

/** Options of `createScimClient`. */
export interface ScimClientOptions {
  /** The URL that the endpoints begin with, such as `https://api.slack.com/scim/v2`. Must be https, or on this machine. */
  baseUrl: string;
  /** The credentials, such as `bearerToken(…)`. */
  auth: ClientAuth;
  /** The product of the service provider: the name of a profile, or a profile. @default "generic" */
  profile?: ProfileName | ClientProfile;
  /** Capabilities set by the operator. They override the profile and what is discovered. */
  capabilities?: Partial<Capabilities>;
  /** Sends a request; it must not follow redirects on its own when the request says `manual`. @default the platform's fetch */
  fetch?: (request: Request) => Promise<Response>;
  /** Time limit of each attempt, from sending to the last byte of the response, in milliseconds. @default 30000 */
  timeoutMs?: number;
  retry?: RetryOptions;
  discovery?: DiscoveryTtlOptions;
  /** The most requests in a second, over all callers. It is lowered after a 429, and recovers. @default no limit */
  requestsPerSecond?: number;
  /** Largest response that is read, in bytes. @default 67108864 */
  maxResponseBytes?: number;
  /** Sent with every request; some service providers refuse requests without it. @default "scimkit" */
  userAgent?: string;
  /** Allows plain http to other machines, which sends credentials and personal data unencrypted. @default false */
  allowHttp?: boolean;
  /** Called with every event. */
  observe?: Observer;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Waits between attempts; rejects or resolves early when the signal aborts. @default a timer */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Randomises the waits; returns a number from 0 to below 1. @default Math.random */
  random?: () => number;
}

/** The options of a client, checked and with their defaults. */
export interface ResolvedClientOptions {
  readonly http: SendOptions;
  readonly profile: ClientProfile;
  readonly override: Partial<Capabilities> | undefined;
  readonly ttlMs: number;
  readonly failureTtlMs: number;
}

const capabilityNames: readonly string[] = Object.keys(defaultCapabilities);

const schema = z.strictObject({
  baseUrl: z.string(),
  auth: objectOption<ClientAuth>("credentials such as bearerToken(…)", ["authorize"]),
  profile: z._default(
    z.union(
      [
        z.enum(Object.keys(profiles) as [ProfileName, ...ProfileName[]]),
        objectOption<ClientProfile>("a profile", ["name"]),
      ],
      { error: `must be one of ${Object.keys(profiles).join(", ")}, or a profile with a name` },
    ),
    "generic",
  ),
  capabilities: z.optional(
    z.custom<Partial<Capabilities>>(
      (value) =>
        typeof value === "object" &&
        value !== null &&
        Object.keys(value).every((name) => capabilityNames.includes(name)),
      { error: `must be some of ${capabilityNames.join(", ")}` },
    ),
  ),
  fetch: z._default(
    functionOption<NonNullable<ScimClientOptions["fetch"]>>(),
    () => (request: Request) => globalThis.fetch(request),
  ),
  timeoutMs: wholeNumberOption(30_000, z.positive(), z.lte(2_147_483_647)),
  retry: z.prefault(
    z.strictObject({
      attempts: wholeNumberOption(4, z.positive()),
      maxWaitMs: wholeNumberOption(30_000, z.nonnegative()),
    }),
    {},
  ),
  discovery: z.prefault(
    z.strictObject({
      ttlMs: wholeNumberOption(3_600_000, z.nonnegative()),
      failureTtlMs: wholeNumberOption(60_000, z.nonnegative()),
    }),
    {},
  ),
  requestsPerSecond: z.optional(z.number().check(z.positive())),
  maxResponseBytes: wholeNumberOption(67_108_864, z.positive()),
  userAgent: z._default(z.string().check(z.regex(/^[\x20-\x7e]+$/, { error: "must be printable ASCII" })), "scimkit"),
  allowHttp: z._default(z.boolean(), false),
  observe: z.optional(functionOption<Observer>()),
  now: z._default(functionOption<() => number>(), () => Date.now),
  sleep: z._default(functionOption<NonNullable<ScimClientOptions["sleep"]>>(), () => waitFor),
  random: z._default(functionOption<() => number>(), () => Math.random),
});

/** Reads a client's options once. @throws {TypeError} naming the option that is missing or wrong */
export function resolveClientOptions(input: ScimClientOptions): ResolvedClientOptions {
  const options = resolveOptions("createScimClient", schema, input);
  const profile = typeof options.profile === "string" ? profiles[options.profile] : options.profile;
  const base = readBaseUrl(options.baseUrl, options.allowHttp);
  const tell = createTeller(options.observe);
  const {
    auth,
    fetch,
    timeoutMs,
    maxResponseBytes,
    userAgent,
    now,
    sleep,
    random,
    retry,
    discovery,
    requestsPerSecond,
  } = options;
  return Object.freeze({
    http: Object.freeze({
      base: profile.keepBaseQuery === true ? base : { ...base, query: "" },
      contentType: profile.contentType ?? "application/scim+json",
      tell,
      clock: new TargetClock({ now, sleep, maxWaitMs: retry.maxWaitMs, requestsPerSecond }),
      credentials: createCredentials(auth, { now, tell }),
      ...{ fetch, timeoutMs, maxResponseBytes, userAgent, now, sleep, random, ...retry },
    }),
    profile,
    override: options.capabilities,
    ...discovery,
  });
}
