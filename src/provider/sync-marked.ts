import { ownerPrefix, splitOwnerKey } from "../storage/state/owner-key.ts";
import type { Storage } from "../storage/storage.ts";
import { storagesOf } from "./check-storages.ts";
import type { ObjectReport, Provider } from "./create-provider.ts";
import { bringMarksForward, DirtyMarks, dueMarks } from "./marks/dirty-marks.ts";
import { type MarkedObject, markedObject } from "./marks/mark-keys.ts";
import { Owners } from "./marks/owners.ts";
import type { ProvisioningErrorContext } from "./provisioning-options.ts";

/** How many marks one poll passes to the queue. */
const MARKS_PER_POLL = 1000;

/** What syncing marked objects needs. */
export interface MarkedObjectsContext {
  readonly providers: readonly Provider[];
  /** Wakes a worker for a key. Never rejects. */
  readonly wake: (key: string, tx: Storage | undefined) => Promise<void>;
  /** Never rejects. */
  readonly report: (error: unknown, context: ProvisioningErrorContext) => Promise<void>;
  readonly retryMs: number;
  readonly now: () => number;
}

/** The marks of providers: writes them, finds those that are due, and syncs their objects. */
export class MarkedObjects {
  readonly owners: Owners<Provider> = new Owners();
  /** The storages of the providers. */
  readonly storages: readonly Storage[];
  private readonly context: MarkedObjectsContext;

  constructor(context: MarkedObjectsContext) {
    this.context = context;
    this.storages = storagesOf(context.providers);
  }

  /** Marks objects for these providers, and wakes a worker for each. `tx` is a transaction of their storage. */
  async mark(keys: readonly string[], providers: readonly Provider[], tx: Storage | undefined): Promise<void> {
    for (const provider of providers) {
      const { state } = tx ?? provider.storage;
      const owner = await this.owners.idOf(provider, state);
      const marks = new DirtyMarks(state, owner);
      for (const key of new Set(keys)) {
        await marks.mark(key, this.context.now());
        await this.context.wake(ownerPrefix(owner) + key, tx);
      }
    }
  }

  /** Wakes a worker for each mark that is due, and returns how many there are. */
  async wakeDue(): Promise<number> {
    const { wake, now } = this.context;
    let due = 0;
    for (const storage of this.storages) {
      const query = { isHeld: this.holdsIn(storage), before: now(), enough: MARKS_PER_POLL };
      const marks = await dueMarks(storage.state, query);
      for (const { owner, key } of marks) {
        // Marks that another version of this package wrote are left to that version.
        if (markedObject(key) === undefined) continue;
        await wake(ownerPrefix(owner) + key, undefined);
        due += 1;
      }
    }
    return due;
  }

  /** Corrects marks that were written by a clock that was ahead. */
  async checkClock(): Promise<void> {
    const { now, retryMs: longestMs } = this.context;
    for (const storage of this.storages) {
      await bringMarksForward(storage.state, this.holdsIn(storage), { now: now(), longestMs });
    }
  }

  /** Syncs the object of a mark, if the mark is due. Never rejects. */
  async sync(wokenKey: string): Promise<void> {
    const { owner = "", key = "" } = splitOwnerKey(wokenKey) ?? {};
    const provider = this.owners.find(owner);
    const object = markedObject(key);
    // Another process has the provider, or another version wrote the mark.
    if (provider === undefined || object === undefined) return;
    const context = { provider: provider.name, tenant: provider.tenant, object };
    const { now, retryMs, report } = this.context;
    try {
      const marks = new DirtyMarks(provider.storage.state, owner);
      const found = await marks.get(key);
      if (found === undefined || (found.dueAt ?? 0) > now()) return;
      // Other processes leave the object alone meanwhile. If this process dies, the mark is due again.
      const mark = await marks.postpone(found, now() + retryMs);
      if (mark === undefined) return;
      const failure = await failureOf(provider, object);
      if (failure === undefined) {
        await marks.clear(mark);
        return;
      }
      await report(failure.error, { ...context, request: failure.request });
      await marks.postpone(mark, now() + retryMs);
    } catch (error) {
      // The storage failed. The mark is still there, and a poll tries again.
      await report(error, context);
    }
  }

  private holdsIn(storage: Storage): (owner: string) => boolean {
    return (owner) => this.owners.find(owner)?.storage === storage;
  }
}

/** An object that was synced because it changed is still not as it should be; it is synced again later. */
class SyncFailedError extends Error {
  override readonly name: string = "SyncFailedError";
  readonly code = "SCIM_SYNC_FAILED";
}

/** Syncs an object; returns what failed, or undefined. */
async function failureOf(
  provider: Provider,
  object: MarkedObject,
): Promise<(Pick<ProvisioningErrorContext, "request"> & { readonly error: unknown }) | undefined> {
  try {
    const report = await (object.type === "User" ? provider.syncUser(object.id) : provider.syncGroup(object.id));
    const { memberships } = report;
    if (report.did === "failed") return { error: failed(report, object), request: report.request };
    if (memberships?.error === undefined) return undefined;
    return { error: failed(report, object), request: memberships.request };
  } catch (error) {
    return { error };
  }
}

function failed({ did, label, reason, error, memberships }: ObjectReport, { type }: MarkedObject): SyncFailedError {
  const isObject = did === "failed";
  const why = (isObject ? reason : undefined) ?? (isObject ? "it failed" : "its memberships failed");
  return new SyncFailedError(`${type} ${label}: ${why}`, { cause: isObject ? error : memberships?.error });
}
