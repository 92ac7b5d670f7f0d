import { type Commit, isUnchanged, type Write, type WriteOutcome } from "../../server/requests/write.ts";
import { refusalOf } from "../../server/writes/contention.ts";
import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import { changesOf } from "../changes/subscribers.ts";
import { deliver, endsSessions, isDelivered } from "./deliver.ts";
import { changeOf, type DeliveredChange, type MappedChange } from "./delivered-change.ts";
import {
  type DeliveryParts,
  deliveredWrite,
  isRejection,
  knownIds,
  mayBeKnown,
  reserveAccount,
  roleContext,
  storeIds,
  tellAdoption,
} from "./delivery-parts.ts";
import { type IntentEntry, IntentRepository, resourceKey } from "./intents.ts";
import type { SyncDelivery } from "./sync-delivery.ts";

/** Runs `run` in a transaction of the application's own database, and gives it what the application writes with. */
export type RunTransaction = <R>(run: (tx: object) => Promise<R>) => Promise<R>;

/** Runs `run` in a transaction: with the storage in it, and with what the application writes with. */
export type RunJoined = <R>(run: (storage: Storage, tx: unknown) => Promise<R>) => Promise<R>;

/** What a write in a joined transaction comes to: sessions are ended after the commit. */
interface Joined {
  readonly outcome: WriteOutcome;
  readonly sweep: IntentEntry | undefined;
  /** What was delivered; undefined if nothing was. */
  readonly change?: DeliveredChange;
}

/**
 * Delivers in a transaction of the database that the source and the application share: both write, or neither does. The
 * directory must write with `context.tx` alone. Only the end of sessions comes after the commit, since a session that
 * begins before it must end too; an intent in the same transaction says that it is still to do.
 */
export class JoinedDelivery {
  private readonly parts: DeliveryParts;
  private readonly run: RunJoined;
  private readonly sync: SyncDelivery;

  constructor(parts: DeliveryParts, run: RunJoined, sync: SyncDelivery) {
    this.parts = parts;
    this.run = run;
    this.sync = sync;
  }

  /** The handler's `commit`. */
  readonly commit: Commit = async (write, apply) => {
    if (!isDelivered(write.partition.type)) return apply();
    if (this.parts.directory.revokeSessions === undefined) return this.carryOut(write, apply);
    return this.sync.inOrder(write, () => this.carryOut(write, apply));
  };

  private async carryOut(write: Write, apply: Parameters<Commit>[1]): Promise<WriteOutcome> {
    if (isUnchanged(write)) return apply();
    const mapped = await this.parts.map(write);
    const given = deliveredWrite(write, mapped);
    const { outcome, sweep, change } = await this.run((storage, tx) =>
      this.write(given, apply, { storage, tx, mapped }),
    );
    if (change !== undefined) tellAdoption(this.parts, change);
    if (sweep !== undefined) await this.sync.finish(sweep, undefined);
    return outcome;
  }

  private async write(
    write: Write,
    apply: (transaction: ResourceStorage) => Promise<WriteOutcome>,
    { storage, tx, mapped }: { readonly storage: Storage; readonly tx: unknown; readonly mapped: MappedChange },
  ): Promise<Joined> {
    const { sourceId, directory, recordOf, subscribers } = this.parts;
    const outcome = await apply(storage.resources);
    const { password } = write.secrets;
    if (!outcome.changed && Object.keys(write.secrets).length === 0) return { outcome, sweep: undefined };
    const record = outcome.changed ? recordOf(write, outcome, mapped) : undefined;
    const change = changeOf(write, outcome, { ...mapped, record });
    const ids = this.parts.ids(storage.state);
    await reserveAccount(ids, change);
    const former = mayBeKnown(change) ? await ids.of({ type: write.partition.type, id: write.id }) : undefined;
    const secret = typeof password === "string" ? password : undefined;
    const extra = {
      source: sourceId,
      password: secret,
      applicationId: former,
      tx,
      roles: roleContext(this.parts, storage),
    };
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
    return { outcome, change, sweep: await this.reserveSweep(storage, change) };
  }

  private async reserveSweep(storage: Storage, change: DeliveredChange): Promise<IntentEntry | undefined> {
    const { directory, sourceId, leaseMs, now } = this.parts;
    if (!endsSessions(directory, change)) return undefined;
    const { partition, id } = change;
    const intent = { ...change, isSweep: true, keys: [resourceKey(partition, id)] as const };
    return new IntentRepository(storage.state, sourceId).reserve(intent, now() + leaseMs);
  }
}
