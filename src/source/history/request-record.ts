import * as z from "zod/mini";
import { jsonCodec } from "../../storage/state/codec.ts";
import { dueEntries, type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";

/** One request of an identity provider, as the log of a source shows it. */
export interface LoggedRequest {
  /** The `X-Request-Id` of the response. */
  readonly requestId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly method: string;
  /** A template such as `/Users/{id}`. */
  readonly route: string;
  /** The path below the SCIM base URL and the query; compared values are masked. */
  readonly target: string;
  readonly userAgent?: string;
  /** Whether it had an `Authorization` header. */
  readonly hasCredentials: boolean;
  readonly status: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** Why it was rejected. It can contain the name of a user or group. */
  readonly detail?: string;
  readonly scimType?: string;
  /** The transforms of the dialect that the request needed. */
  readonly transforms?: readonly string[];
  /** Names that no schema has; their values were dropped. */
  readonly dropped?: readonly string[];
  /** The ids of the accounts that its new users took over. */
  readonly adopted?: readonly string[];
  /** The body: names, types and lengths; with `requestLog.values` the values too, but never a password. */
  readonly body?: unknown;
}

/** Some of the latest requests that one process handled for a source. */
export interface LogPage {
  readonly entries: readonly LoggedRequest[];
  /** The last response below 400 that the process knew of then, ISO 8601. */
  readonly lastSuccess?: string | undefined;
}

const text = z.string();
const names = z.optional(z.array(text));

const PAGES: RecordKind<LogPage> = {
  collection: "source-requests",
  codec: jsonCodec<LogPage>(
    z.strictObject({
      entries: z.array(
        z.strictObject({
          requestId: text,
          at: text,
          method: text,
          route: text,
          target: text,
          userAgent: z.optional(text),
          hasCredentials: z.boolean(),
          status: z.number(),
          ms: z.number(),
          detail: z.optional(text),
          scimType: z.optional(text),
          transforms: names,
          dropped: names,
          adopted: names,
          body: z.optional(z.unknown()),
        }),
      ),
      lastSuccess: z.optional(text),
    }),
  ),
};

/** The pages of a source's request log. */
export function logPages(state: StateStorage, sourceId: string): Repository<LogPage> {
  return repository(state, PAGES, sourceId);
}

/** Removes pages of all sources that were kept long enough, at most `take`. Returns how many. */
export async function removeExpiredPages(
  state: StateStorage,
  query: { readonly now: number; readonly take: number },
): Promise<number> {
  const { entries } = await dueEntries(state, PAGES, { before: query.now, take: query.take });
  for (const { owner, key } of entries) await logPages(state, owner).delete(key);
  return entries.length;
}
