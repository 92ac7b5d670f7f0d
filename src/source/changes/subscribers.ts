import type { ChangeListener } from "../../directory/changes.ts";
import type { DirectoryChange } from "../../directory/directory.ts";
import type { MemberRef } from "../../storage/member-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import type { Partition } from "../../storage/stored-resource.ts";
import type { ChangeRecorder, ChangeToRecord } from "../history/history.ts";
import { ApplicationIds } from "./application-ids.ts";

/** Whose ids a listener gets: those of SCIM, or those that the directory returned, where it returned any. */
export type AnnouncedIds = "scim" | "application";

/** What follows a confirmed write of a source, in its transaction: its record, and what listeners write. */
export class Subscribers {
  private readonly recorder: ChangeRecorder | undefined;
  private readonly listeners: Map<ChangeListener, AnnouncedIds> = new Map();

  constructor(recorder?: ChangeRecorder) {
    this.recorder = recorder;
  }

  /** Adds a listener. Returns a function that removes it. */
  subscribe(listener: ChangeListener, ids: AnnouncedIds = "scim"): () => void {
    this.listeners.set(listener, ids);
    return () => void this.listeners.delete(listener);
  }

  /** Whether nothing follows a write. */
  get isEmpty(): boolean {
    return this.listeners.size === 0 && this.recorder === undefined;
  }

  /**
   * Runs `work` in a transaction of the tenant, together with what follows the resulting changes. `storage` may be a
   * transaction already.
   */
  async together<T>(
    { storage, tenant }: { readonly storage: Storage; readonly tenant: string },
    work: (tx: Storage) => Promise<Confirmed<T>>,
  ): Promise<T> {
    const run = async (tx: Storage): Promise<T> => {
      const { result, ...confirmed } = await work(tx);
      await this.announce({ tx, sourceId: tenant }, confirmed);
      return result;
    };
    return storage.afterCommit === undefined ? storage.transaction(run, { tenant }) : run(storage);
  }

  /** Stores and announces what was confirmed, in the transaction that does so. */
  async announce(
    { tx, sourceId }: { readonly tx: Storage; readonly sourceId: string },
    { changes, record, ids = new Map() }: Omit<Confirmed<unknown>, "result">,
  ): Promise<void> {
    if (record !== undefined) await this.recorder?.add(tx, record);
    if (changes.length === 0) return;
    const needsIds = [...this.listeners.values()].includes("application");
    const own = needsIds ? await withApplicationIds(changes, new ApplicationIds(tx.state, sourceId), ids) : changes;
    for (const [listener, kind] of this.listeners) await listener(kind === "application" ? own : changes, tx);
  }
}

/** A write that took effect in a transaction. */
export interface Confirmed<T> {
  readonly result: T;
  readonly changes: readonly DirectoryChange[];
  /** What is stored about it; undefined if it changed nothing. */
  readonly record: ChangeToRecord | undefined;
  /** Ids of the application that are known already, by SCIM id. */
  readonly ids?: ReadonlyMap<string, string> | undefined;
}

/** The changes under the application's ids. An object of which the directory returned none keeps its SCIM id. */
async function withApplicationIds(
  changes: readonly DirectoryChange[],
  stored: ApplicationIds,
  known: ReadonlyMap<string, string>,
): Promise<DirectoryChange[]> {
  const names = changes.flatMap((change) =>
    change.type === "membership.changed"
      ? [
          { type: "Group", id: change.groupId },
          { type: "User", id: change.userId },
        ]
      : [{ type: change.type.startsWith("user") ? "User" : "Group", id: change.id }],
  );
  const found = await stored.ofAll(names.filter(({ id }) => !known.has(id)));
  const own = (id: string): string => known.get(id) ?? found.get(id) ?? id;
  return changes.map((change) =>
    change.type === "membership.changed"
      ? { ...change, groupId: own(change.groupId), userId: own(change.userId) }
      : { ...change, id: own(change.id) },
  );
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
