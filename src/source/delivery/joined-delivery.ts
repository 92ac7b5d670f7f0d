import type { Commit, Write, WriteOutcome } from "../../server/requests/write.ts";
import { refusalOf } from "../../server/writes/contention.ts";
import type { ResourceStorage, Storage } from "../../storage/storage.ts";
import { ApplicationIds } from "../changes/application-ids.ts";
import { changesOf } from "../changes/subscribers.ts";
import { deliver, isDelivered } from "./deliver.ts";
import { changeOf, type MappedChange } from "./delivered-change.ts";
import { type DeliveryParts, isRejection, knownIds, mayBeKnown, storeIds } from "./delivery-parts.ts";

/** Runs `run` in a transaction of the application's own database, and gives it what the application writes with. */
export type RunTransaction = <R>(run: (tx: object) => Promise<R>) => Promise<R>;

/** What a joined delivery needs. */
export interface JoinedParts extends DeliveryParts {
  readonly transaction: RunTransaction;
  /** The storage within a transaction of the application. */
  readonly within: (tx: object) => Storage;
}

/**
 * Delivers in a transaction of the database that the source and the application share: both write, or neither does. The
 * directory must write with `context.tx` alone.
 */
export class JoinedDelivery {
  private readonly parts: JoinedParts;

  constructor(parts: JoinedParts) {
    this.parts = parts;
  }

  /** The handler's `commit`. */
  readonly commit: Commit = async (write, apply) => {
    if (!isDelivered(write.partition.type)) return apply();
    const mapped = await this.parts.map(write);
    return this.parts.transaction((tx) => this.write(write, apply, { tx, mapped }));
  };

  private async write(
    write: Write,
    apply: (transaction: ResourceStorage) => Promise<WriteOutcome>,
    { tx, mapped }: { readonly tx: object; readonly mapped: MappedChange },
  ): Promise<WriteOutcome> {
    const { within, sourceId, directory, recordOf, subscribers } = this.parts;
    const storage = within(tx);
    const outcome = await apply(storage.resources);
    const { password } = write.secrets;
    if (!outcome.changed && Object.keys(write.secrets).length === 0) return outcome;
    const record = outcome.changed ? recordOf(write, outcome) : undefined;
    const change = changeOf(write, outcome, { ...mapped, record });
    const ids = new ApplicationIds(storage.state, sourceId);
    const former = mayBeKnown(write) ? await ids.of({ type: write.partition.type, id: write.id }) : undefined;
    const secret = typeof password === "string" ? password : undefined;
    const extra = { source: sourceId, password: secret, applicationId: former, tx };
    const applicationId = await deliver(directory, change, extra).catch((error: unknown) => {
      // The storage may throw a 412 of its own, after which the server tries again; this one is the directory's.
      throw isRejection(error) ? refusalOf(error) : error;
    });
    await storeIds(ids, change, { applicationId, former });
    const changes = outcome.changed ? changesOf({ ...change, isObject: change.after !== undefined }) : [];
    await subscribers.announce(
      { tx: storage, sourceId },
      { changes, record, ids: knownIds(change, applicationId ?? former) },
    );
    return outcome;
  }
}
