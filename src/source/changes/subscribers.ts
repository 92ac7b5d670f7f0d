import type { ChangeListener } from "../../directory/changes.ts";
import type { DirectoryChange } from "../../directory/directory.ts";
import type { MemberRef, Partition, Storage } from "../../storage/storage.ts";
import type { ChangeRecorder, ChangeToRecord } from "../history/history.ts";

/** What follows a confirmed write of a source, in its transaction: its record, and what listeners write. */
export class Subscribers {
  private readonly recorder: ChangeRecorder | undefined;
  private readonly listeners: Set<ChangeListener> = new Set();

  constructor(recorder?: ChangeRecorder) {
    this.recorder = recorder;
  }

  /** Adds a listener. Returns a function that removes it. */
  subscribe(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Whether nothing follows a write. */
  get isEmpty(): boolean {
    return this.listeners.size === 0 && this.recorder === undefined;
  }

  /** Runs `work` in a transaction of the tenant, together with what follows the resulting changes. */
  async together<T>(
    { storage, tenant }: { readonly storage: Storage; readonly tenant: string },
    work: (tx: Storage) => Promise<Confirmed<T>>,
  ): Promise<T> {
    const run = async (tx: Storage): Promise<T> => {
      const { result, changes, record } = await work(tx);
      if (record !== undefined) await this.recorder?.add(tx, record);
      if (changes.length > 0) {
        for (const listener of this.listeners) await listener(changes, tx);
      }
      return result;
    };
    return storage.transaction(run, { tenant });
  }
}

/** A write that took effect in a transaction. */
export interface Confirmed<T> {
  readonly result: T;
  readonly changes: readonly DirectoryChange[];
  /** What is stored about it; undefined if it changed nothing. */
  readonly record: ChangeToRecord | undefined;
}

/** The changes in a directory that a write causes. Resource types that directories do not have cause none. */
export function changesOf(write: {
  readonly action: "create" | "replace" | "patch" | "delete";
  readonly partition: Partition;
  readonly id: string;
  /** Whether the object itself was written, not only its members. */
  readonly isObject: boolean;
  readonly added: readonly MemberRef[];
  readonly removed: readonly string[];
}): DirectoryChange[] {
  const { action, partition, id, isObject, added, removed } = write;
  const kind = KINDS.get(partition.type);
  if (kind === undefined) return [];
  const isDelete = action === "delete";
  const own: DirectoryChange[] =
    isObject || isDelete ? [{ type: `${kind}.${isDelete ? "deleted" : "changed"}`, id }] : [];
  // The id of a member group is not the id of a user, so the change is announced as a change of the containing group.
  const hasGroups = added.some((member) => member.type === "Group");
  const users = [...added.filter((member) => member.type === "User").map((member) => member.value), ...removed];
  return [
    ...own,
    ...(hasGroups && own.length === 0 ? [{ type: "group.changed" as const, id }] : []),
    ...users.map((userId) => ({ type: "membership.changed" as const, groupId: id, userId })),
  ];
}

/** A map, since a resource type can have the name of a property that every object inherits, such as `constructor`. */
const KINDS: ReadonlyMap<string, "user" | "group"> = new Map([
  ["User", "user"],
  ["Group", "group"],
]);
