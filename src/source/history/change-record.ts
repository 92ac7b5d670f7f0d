import * as z from "zod/mini";
import { randomText } from "../../crypto/secret.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { dueEntries, type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";

/** What an identity provider wrote through a source: one record for each write that changed something. */
export interface SourceChange {
  /** Different for each change of the source, and greater than the ids of earlier ones, within the clocks of the processes. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly action: "create" | "replace" | "patch" | "delete";
  readonly resourceType: string;
  /** The SCIM id. */
  readonly resourceId: string;
  /** The resource's version after the change; for a delete the last one. */
  readonly version: string;
  /** The names of the attributes that changed. */
  readonly attributes: readonly string[];
  /** How many members of a group were added and removed. */
  readonly members?: { readonly added: number; readonly removed: number };
  /** The account of the application that a new user took over, and by which evidence. */
  readonly adopted?: { readonly applicationId: string; readonly by: string };
  /** The id of the principal that wrote: the source's service account, or what `authenticate` returned. */
  readonly principal: string;
  /** The `X-Request-Id` of the response. Of an operation of a bulk request, a colon and its index follow. */
  readonly requestId: string;
  /** The changed attributes before and after, if `history.values` is set. Never a password. */
  readonly values?: {
    readonly before: Readonly<Record<string, unknown>>;
    readonly after: Readonly<Record<string, unknown>>;
  };
}

type Stored = Omit<SourceChange, "id">;

const attributes = z.record(z.string(), z.unknown());

const CHANGES: RecordKind<Stored> = {
  collection: "source-changes",
  codec: jsonCodec<Stored>(
    z.strictObject({
      at: z.string(),
      action: z.enum(["create", "replace", "patch", "delete"]),
      resourceType: z.string(),
      resourceId: z.string(),
      version: z.string(),
      attributes: z.array(z.string()),
      members: z.optional(z.strictObject({ added: z.number(), removed: z.number() })),
      adopted: z.optional(z.strictObject({ applicationId: z.string(), by: z.string() })),
      principal: z.string(),
      requestId: z.string(),
      values: z.optional(z.strictObject({ before: attributes, after: attributes })),
    }),
  ),
};

/** The longest time that a change is kept, in milliseconds: ten years. */
export const LONGEST_MS: number = 3650 * 86_400_000;

/** When a change was made. */
export interface ChangeMoment {
  readonly now: number;
  readonly order: number;
  readonly keepMs: number;
}

/** The changes of one source. Made over `tx.state`, it writes in that transaction. */
export class ChangeRepository {
  private readonly records: Repository<Stored>;

  constructor(state: StateStorage, sourceId: string) {
    this.records = repository(state, CHANGES, sourceId);
  }

  /**
   * Adds a change of the time `now`, to be removed after `keepMs`. `order` puts changes of the same millisecond in order.
   */
  async add(change: Omit<SourceChange, "id" | "at">, moment: ChangeMoment): Promise<void> {
    const { now, order, keepMs } = moment;
    const key = `${keyOfTime(now)}-${order.toString(36).padStart(4, "0")}${randomText(8, "hex")}`;
    const value = { ...change, at: new Date(now).toISOString() };
    await this.records.put(key, value, { expected: undefined, dueAt: now + keepMs });
  }

  /** Changes in the order of their ids: those after an id, and from before a time, in milliseconds since 1970. */
  async list(query: {
    readonly after: string | undefined;
    readonly before: number;
    readonly take: number;
  }): Promise<SourceChange[]> {
    const { after, before, take } = query;
    const entries = await this.records.scan({ after, upTo: keyOfTime(before), take });
    return entries.map(({ key, value }) => ({ ...value, id: key }));
  }

  remove(id: string): Promise<boolean> {
    return this.records.delete(id);
  }
}

/** Removes changes of all sources that were kept long enough, at most `take`. Returns how many. */
export async function removeExpiredChanges(
  state: StateStorage,
  query: { readonly now: number; readonly take: number },
): Promise<number> {
  const { entries } = await dueEntries(state, CHANGES, { before: query.now, take: query.take });
  for (const { owner, key } of entries) await new ChangeRepository(state, owner).remove(key);
  return entries.length;
}

/** Twelve digits of base 36 hold every time; texts of the same length have the order of the numbers. */
function keyOfTime(ms: number): string {
  return Math.max(0, Math.floor(ms)).toString(36).padStart(12, "0");
}
