import { isPreconditionFailed } from "../../errors/scim-error.ts";
import type { StateRecord, Storage } from "../../storage/storage.ts";

/**
 * What must be looked at, for one provider. A mark is written in the transaction of the change, and taken away only if it
 * has not been written again since: so no change is unannounced, however jobs get lost.
 */
export class DirtyMarks {
  private readonly storage: Storage;
  private readonly collection: string;

  constructor(storage: Storage, provider: string) {
    this.storage = storage;
    this.collection = `dirty:${provider}`;
  }

  /** Marks a key, for now or for later; in `tx`, if given, which must be a transaction of the same storage. */
  async mark(key: string, dueAt: number, tx: Storage = this.storage): Promise<void> {
    await tx.state.put(this.collection, key, {}, { expected: undefined, dueAt });
  }

  /** The mark as it stands; its version is its generation. */
  async get(key: string): Promise<StateRecord | undefined> {
    return (await this.storage.state.get(this.collection, [key])).get(key);
  }

  /** Marks that are due, earliest first. */
  async due(before: number, take: number): Promise<StateRecord[]> {
    return this.storage.state.due(this.collection, before, take);
  }

  /** Takes a mark away if it is still the one that was read. */
  async clear(mark: StateRecord): Promise<void> {
    await this.storage.state.delete(this.collection, mark.key, mark.version);
  }

  /** Puts a mark off if it is still the one that was read. */
  async postpone(mark: StateRecord, dueAt: number): Promise<void> {
    try {
      await this.storage.state.put(this.collection, mark.key, mark.value, { expected: mark.version, dueAt });
    } catch (error) {
      // Marked again meanwhile: that mark is due earlier anyway.
      if (!isPreconditionFailed(error)) throw error;
    }
  }
}
