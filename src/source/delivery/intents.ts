import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import { UnavailableError } from "../../errors/request-errors.ts";
import type {
  MemberRef,
  Partition,
  StateRecord,
  StateStorage,
  StoredResource,
  UniqueValue,
} from "../../storage/storage.ts";

/**
 * A change that has been promised to a directory: durable before the directory hears of it, gone together with the moment
 * the resource is written. While it stands it reserves the resource and its unique values.
 */
export interface Intent {
  readonly action: "create" | "replace" | "patch" | "delete";
  readonly partition: Partition;
  readonly id: string;
  /** The version the resource has until the change is done; undefined for a create and a change of memberships only. */
  readonly expectedVersion: string | undefined;
  readonly after: StoredResource | undefined;
  readonly added: readonly MemberRef[];
  readonly removed: readonly string[];
  readonly next: { readonly version: string; readonly lastModified: string };
  /** What the mappings made of the resource; undefined where there is nothing to save. */
  readonly mapped: DirectoryUser | DirectoryGroup | undefined;
  readonly reserved: readonly string[];
}

/** Where intents of one source are kept. */
export class IntentRepository {
  private readonly state: StateStorage;
  private readonly collection: string;

  constructor(state: StateStorage, sourceId: string) {
    this.state = state;
    this.collection = `intents:${sourceId}`;
  }

  /** Writes an intent and its reservations. @throws {PreconditionFailedError} when one of them is taken */
  async put(intent: Intent, dueAt: number): Promise<StateRecord> {
    const key = resourceKey(intent.partition, intent.id);
    for (const reserved of intent.reserved) {
      await this.state.put(this.collection, reserved, { intent: key }, { expected: null });
    }
    return this.state.put(this.collection, key, { ...intent }, { expected: null, dueAt });
  }

  /** Claims an intent that is due, until `dueAt`. @throws {PreconditionFailedError} when someone else did */
  async claim(record: StateRecord, dueAt: number): Promise<StateRecord> {
    return this.state.put(this.collection, record.key, record.value, { expected: record.version, dueAt });
  }

  /** @throws {UnavailableError} when someone else took the intent over in the meantime */
  async remove(record: StateRecord): Promise<void> {
    if (!(await this.state.delete(this.collection, record.key, record.version))) {
      throw new UnavailableError("The change took too long and is being finished elsewhere");
    }
    for (const reserved of intentOf(record).reserved) await this.state.delete(this.collection, reserved);
  }

  /** The intents that stand in the way of these keys, of resources or of unique values. */
  async standing(keys: readonly string[]): Promise<StateRecord[]> {
    const direct = await this.state.get(this.collection, keys);
    const owners = [...direct.values()].map((record) =>
      typeof record.value.intent === "string" ? record.value.intent : record.key,
    );
    return [...(await this.state.get(this.collection, [...new Set(owners)])).values()];
  }

  /** Intents whose owner has given up or is gone. */
  async due(before: number, take: number): Promise<StateRecord[]> {
    return this.state.due(this.collection, before, take);
  }
}

/** The intent in a record. */
export function intentOf(record: StateRecord): Intent {
  return record.value as unknown as Intent;
}

/** Takes members back that a directory was told of and that have gone since. A change of its own, so with a key of its own. */
export function undoOfMembers(intent: Intent, gone: readonly string[]): Intent {
  return {
    action: "patch",
    partition: intent.partition,
    id: intent.id,
    expectedVersion: undefined,
    after: undefined,
    added: [],
    removed: gone,
    next: { ...intent.next, version: `${intent.next.version}:undo` },
    mapped: undefined,
    reserved: [],
  };
}

/** The key of a resource's intent. */
export function resourceKey(partition: Partition, id: string): string {
  return `resource/${partition.type}/${id}`;
}

/** The keys of the reservations of unique values. */
export function uniqueKeys(partition: Partition, unique: readonly UniqueValue[]): string[] {
  return unique.map(({ attribute, key }) => `unique/${partition.type}/${attribute}/${key}`);
}
