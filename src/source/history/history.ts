import type { Write, WriteOutcome } from "../../server/requests/write.ts";
import { changedAttributes } from "../../server/writes/tell-write.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import { ChangeRepository, type SourceChange } from "./change-record.ts";

/** A change before it is stored. */
export type ChangeToRecord = Omit<SourceChange, "id" | "at">;

/** Stores what is known of a write, in the transaction of the write. */
export interface ChangeRecorder {
  add(tx: Storage, change: ChangeToRecord): Promise<void>;
}

/** Options of the changes that a source keeps. */
export interface HistoryOptions {
  /** How long changes are kept, in milliseconds. @default 2592000000, 30 days */
  readonly keepMs?: number;
  /**
   * How old a change must be before `changes` returns it, in milliseconds. Transactions end in another order than they
   * begin; a reader that continues after the last id would miss one that ended late. @default 10000
   */
  readonly settleMs?: number;
  /** Whether changes hold the changed values, which are personal data. Never a password. @default false */
  readonly values?: boolean;
}

/** One page of changes. */
export interface ChangePage {
  readonly changes: readonly SourceChange[];
  /** For `after` of the next call: the last id, or what was given if there is nothing new. */
  readonly next: string | undefined;
}

/** What a `History` needs. */
export interface HistoryContext {
  readonly state: StateStorage;
  readonly sourceId: () => Promise<string>;
  readonly options: Required<HistoryOptions>;
  readonly now: () => number;
}

/** The changes that came through a source: an audit record and the entry of a change feed in one. */
export class History implements ChangeRecorder {
  private readonly context: HistoryContext;
  private last: { readonly now: number; readonly order: number } = { now: 0, order: 0 };

  constructor(context: HistoryContext) {
    this.context = context;
  }

  /** What is stored about a write. */
  recordOf(write: Write, outcome: WriteOutcome, adoption?: SourceChange["adopted"]): ChangeToRecord {
    const attributes = changedAttributes(write, outcome);
    const added = outcome.added.length;
    const removed = outcome.removed.length;
    return {
      action: write.action,
      resourceType: write.type.name,
      resourceId: write.id,
      version: outcome.version,
      attributes,
      members: added + removed === 0 ? undefined : { added, removed },
      adopted: adoption && { applicationId: adoption.applicationId, by: adoption.by },
      principal: write.principal.id,
      requestId: write.requestId,
      values: this.context.options.values ? valuesOf(write, attributes) : undefined,
    };
  }

  /** Stores a change in a transaction. */
  async add(tx: Storage, change: ChangeToRecord): Promise<void> {
    const { sourceId, options, now } = this.context;
    const source = await sourceId();
    const moment = now();
    this.last = { now: moment, order: this.last.now === moment ? this.last.order + 1 : 0 };
    await new ChangeRepository(tx.state, source).add(change, { ...this.last, keepMs: options.keepMs });
  }

  /** Changes after an id, oldest first. */
  async list(query: { readonly after: string | undefined; readonly take: number }): Promise<ChangePage> {
    const { state, sourceId, options, now } = this.context;
    const repository = new ChangeRepository(state, await sourceId());
    const changes = await repository.list({ ...query, before: now() - options.settleMs });
    return { changes, next: changes.at(-1)?.id ?? query.after };
  }
}

function valuesOf({ before, after }: Write, names: readonly string[]): NonNullable<SourceChange["values"]> {
  const pick = (attributes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> =>
    Object.fromEntries(names.filter((name) => Object.hasOwn(attributes, name)).map((name) => [name, attributes[name]]));
  return { before: pick(before?.attributes), after: pick(after?.attributes) };
}
