import type { Storage } from "../../storage/storage.ts";
import { changesOf } from "../changes/subscribers.ts";
import { type DeliveryExtra, deliver, endsSessions, revokeSessions } from "./deliver.ts";
import type { DeliveredChange } from "./delivered-change.ts";
import { type DeliveryParts, knownIds, mayBeKnown, openPassword, roleContext, storeIds } from "./delivery-parts.ts";
import { awaitMembers, type ChangedMembers, currentMembers, membershipsOf, newMembers } from "./outbox-members.ts";
import { OutboxRecords, type QueueEntry, type QueueHolder } from "./outbox-records.ts";

/** What is still to be done before a change counts as delivered. */
type Missing = { readonly join: number } | { readonly members: ChangedMembers["added"] };

/** What a confirmation comes to: what is missing for it, or the rest of the queue. */
interface Confirmation {
  readonly missing?: Missing;
  readonly rest?: QueueEntry | undefined;
}

/** What was done so far. */
interface Done {
  /** The members that were left out, since the directory does not have them yet. */
  readonly left: ChangedMembers["added"];
  /** How many groups had been waiting when the object joined them. */
  readonly joined: number;
  readonly applicationId: string | undefined;
  readonly former: string | undefined;
}

/** The delivery of one change of the outbox. */
export class OutboxTurn {
  private readonly parts: DeliveryParts;
  private readonly holder: QueueHolder;
  private readonly change: DeliveredChange;

  constructor(parts: DeliveryParts, holder: QueueHolder, change: DeliveredChange) {
    this.parts = parts;
    this.holder = holder;
    this.change = change;
  }

  /**
   * Delivers the change and removes it from the outbox. Members that the directory does not have yet are left out; they
   * are added when it gets them. Returns the rest of the queue, or undefined if it is empty now.
   */
  async run(): Promise<QueueEntry | undefined> {
    const { storage, sourceId: source, directory } = this.parts;
    const { change } = this;
    const records = new OutboxRecords(storage.state, source);
    const members = await currentMembers(storage.resources, change);
    let left: ChangedMembers["added"] = await newMembers(records, members.added);
    const delivered = { ...change, ...members, added: without(members.added, left) };
    const name = { type: change.partition.type, id: change.id };
    const former = mayBeKnown(change) ? await this.parts.ids(storage.state).of(name) : undefined;
    const roles = roleContext(this.parts, storage);
    const extra = { source, roles, password: await openPassword(this.parts, change), applicationId: former };
    const applicationId = await deliver(directory, delivered, extra);
    const later: DeliveryExtra = { source, roles, password: undefined, applicationId: applicationId ?? former };
    if (endsSessions(directory, delivered)) await revokeSessions(directory, delivered, later);
    for (let joined = 0; ; ) {
      const { missing, rest } = await this.confirm({ left, joined, applicationId, former });
      if (missing === undefined) return rest;
      if ("members" in missing) {
        left = without(left, missing.members);
        const late = {
          ...change,
          mapped: undefined,
          leaves: undefined,
          added: missing.members,
          removed: [],
          roles: undefined,
        };
        await deliver(directory, late, later);
      } else {
        joined = missing.join;
        await this.joinGroups(records, source);
      }
    }
  }

  private async joinGroups(records: OutboxRecords, source: string): Promise<void> {
    const { storage, directory } = this.parts;
    const ids = this.parts.ids(storage.state);
    const roles = roleContext(this.parts, storage);
    for (const change of await membershipsOf(storage.resources, records, this.change)) {
      const applicationId = await ids.of({ type: change.partition.type, id: change.id });
      await deliver(directory, change, { source, roles, password: undefined, applicationId });
    }
  }

  private confirm({ left, joined, ...ids }: Done): Promise<Confirmation> {
    const { storage, sourceId, subscribers } = this.parts;
    const { change } = this;
    const isDelete = change.action === "delete";
    return subscribers.together<Confirmation>({ storage, tenant: sourceId }, async (tx) => {
      const records = new OutboxRecords(tx.state, sourceId);
      const entry = await records.held(this.holder);
      const { awaited } = entry.value;
      const missing = isDelete || awaited <= joined ? undefined : { join: awaited };
      if (missing !== undefined) return { result: { missing }, changes: [], record: undefined };
      const there = await awaitMembers(records, left);
      if (there.length > 0) return { result: { missing: { members: there } }, changes: [], record: undefined };
      await storeIds(this.parts.ids(tx.state), change, ids);
      const rest = await this.remove(tx, entry);
      const changes = changesOf({ ...change, isObject: change.after !== undefined });
      return { result: { rest }, changes, record: undefined, ids: knownIds(change, ids.applicationId ?? ids.former) };
    });
  }

  /** Removes the change from the outbox. The holder keeps the rest of the queue. */
  private remove(tx: Storage, entry: QueueEntry): Promise<QueueEntry | undefined> {
    const { sourceId, now, leaseMs } = this.parts;
    const { by } = this.holder;
    const then = { isNew: false, awaited: 0, by, dueAt: now() + leaseMs };
    return new OutboxRecords(tx.state, sourceId).removeFirst(entry, then);
  }
}

function without(members: ChangedMembers["added"], others: ChangedMembers["added"]): ChangedMembers["added"] {
  const left = new Set(others.map(({ type, value }) => `${type}/${value}`));
  return members.filter(({ type, value }) => !left.has(`${type}/${value}`));
}
