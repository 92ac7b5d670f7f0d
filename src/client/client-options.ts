import { z } from "zod";
import { createTeller, type Observer } from "../observe/events.ts";
import { functionOption, objectOption, resolveOptions } from "../options/resolve-options.ts";
import { waitFor } from "../timing/wait-for.ts";
import type { ClientAuth } from "./auth/client-auth.ts";
import { createCredentials } from "./auth/credentials.ts";
import { readBaseUrl } from "./http/request-url.ts";
import type { ExchangeOptions } from "./http/send.ts";
import { type Capabilities, defaultCapabilities } from "./profiles/capabilities.ts";
import { type ClientProfile, type ProfileName, profiles } from "./profiles/profile.ts";

/** How often and how long a client tries. */
export interface RetryOptions {
  /** Tries for one request, the first one included. @default 4 */
  readonly attempts?: number;
  /** Longest wait between two tries, in milliseconds. A `Retry-After` beyond it ends the tries. @default 30000 */
  readonly maxWaitMs?: number;
}

/** How long a client keeps what it discovered. */
export interface DiscoveryTtlOptions {
  /** How long a configuration is taken for true, in milliseconds; also what a 405 or 501 taught. @default 3600000 */
  readonly ttlMs?: number;
  /** How long after a failure it is asked again, in milliseconds. @default 60000 */
  readonly failureTtlMs?: number;
}

/** Options of `createScimClient`. */
export interface ScimClientOptions {
  /** Where the service provider's endpoints are, such as `https://api.slack.com/scim/v2`. Https, or this machine. */
  baseUrl: string;
  /** Who the client is. */
  auth: ClientAuth;
  /** What the service provider's product needs. @default "generic" */
  profile?: ProfileName | ClientProfile;
  /** What the operator knows better than profile and discovery. */
  capabilities?: Partial<Capabilities>;
  /** Sends a request; it must not follow redirects on its own when the request says `manual`. @default the platform's fetch */
  fetch?: (request: Request) => Promise<Response>;
  /** Limit for each try, from sending to the last byte of the answer, in milliseconds. @default 30000 */
  timeoutMs?: number;
  retry?: RetryOptions;
  discovery?: DiscoveryTtlOptions;
  /** Largest answer that is read, in bytes. @default 67108864 */
  maxAnswerBytes?: number;
  /** Sent with every request; some service providers refuse requests without it. @default "scimkit" */
  userAgent?: string;
  /** Allows plain http to other hosts, which shows credentials and people's data to the network. @default false */
  allowHttp?: boolean;
  /** Told of every event. */
  observe?: Observer;
  /** The clock, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Waits between tries; rejects or resolves early when the signal aborts. @default a timer */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Spreads the waits, from 0 to below 1. @default Math.random */
  random?: () => number;
}

/** What a client is made of. */
export interface ResolvedClientOptions {
  readonly exchange: ExchangeOptions;
  readonly profile: ClientProfile;
  readonly override: Partial<Capabilities> | undefined;
  readonly ttlMs: number;
  readonly failureTtlMs: number;
}

const milliseconds = (value: number): z.ZodDefault<z.ZodNumber> => z.number().int().nonnegative().default(value);
const positive = (value: number): z.ZodDefault<z.ZodNumber> => z.number().int().positive().default(value);

const capabilityNames: readonly string[] = Object.keys(defaultCapabilities);

const schema = z.strictObject({
  baseUrl: z.string(),
  auth: objectOption<ClientAuth>("credentials such as bearerToken(…)", ["authorize"]),
  profile: z
    .union([
      z.enum(Object.keys(profiles) as [ProfileName, ...ProfileName[]]),
      objectOption<ClientProfile>("a profile", ["name"]),
    ])
    .default("generic"),
  capabilities: z
    .custom<Partial<Capabilities>>(
      (value) =>
        typeof value === "object" &&
        value !== null &&
        Object.keys(value).every((name) => capabilityNames.includes(name)),
      { error: `must be some of ${capabilityNames.join(", ")}` },
    )
    .optional(),
  fetch: functionOption<NonNullable<ScimClientOptions["fetch"]>>().default(
    () => (request: Request) => globalThis.fetch(request),
  ),
  timeoutMs: z.number().int().positive().max(2_147_483_647).default(30_000),
  retry: z.strictObject({ attempts: positive(4), maxWaitMs: milliseconds(30_000) }).prefault({}),
  discovery: z.strictObject({ ttlMs: milliseconds(3_600_000), failureTtlMs: milliseconds(60_000) }).prefault({}),
  maxAnswerBytes: positive(67_108_864),
  userAgent: z
    .string()
    .regex(/^[\x20-\x7e]+$/, { error: "must be printable ASCII" })
    .default("scimkit"),
  allowHttp: z.boolean().default(false),
  observe: functionOption<Observer>().optional(),
  now: functionOption<() => number>().default(() => Date.now),
  sleep: functionOption<NonNullable<ScimClientOptions["sleep"]>>().default(() => waitFor),
  random: functionOption<() => number>().default(() => Math.random),
});

/** Reads a client's options once. @throws {TypeError} naming the option that is missing or wrong */
export function resolveClientOptions(input: ScimClientOptions): ResolvedClientOptions {
  const options = resolveOptions("createScimClient", schema, input);
  const profile = typeof options.profile === "string" ? profiles[options.profile] : options.profile;
  const base = readBaseUrl(options.baseUrl, options.allowHttp);
  const { auth, fetch, timeoutMs, maxAnswerBytes, userAgent, now, sleep, random, retry, discovery } = options;
  return Object.freeze({
    exchange: Object.freeze({
      base: profile.keepBaseQuery === true ? base : { ...base, query: "" },
      contentType: profile.contentType ?? "application/scim+json",
      tell: createTeller(options.observe),
      credentials: createCredentials(auth),
      ...{ fetch, timeoutMs, maxAnswerBytes, userAgent, now, sleep, random, ...retry },
    }),
    profile,
    override: options.capabilities,
    ...discovery,
  });
}
