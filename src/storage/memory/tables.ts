import type { MemberRef } from "../member-storage.ts";
import type { StateRecord } from "../state-storage.ts";
import type { StoredResource } from "../stored-resource.ts";
import { SortedMap } from "./sorted-map.ts";

/** Everything that a memory storage holds, as one immutable value: a snapshot. */
export interface Tables {
  /** tenant, type, id → resource */
  readonly resources: SortedMap<StoredResource>;
  /** tenant, id, type → type: finds a member whose type is not known */
  readonly types: SortedMap<string>;
  /** tenant, type, created, id → resource: the order of listings */
  readonly order: SortedMap<StoredResource>;
  /** tenant, type, attribute, key → id of the holder */
  readonly unique: SortedMap<string>;
  /** tenant, group's type, group's id, member's id → member */
  readonly members: SortedMap<MemberRef>;
  /** tenant, member's id, group's type, group's id → group */
  readonly memberOf: SortedMap<GroupKey>;
  /** collection, key → record */
  readonly state: SortedMap<StateRecord>;
  /** collection, due time, key → record */
  readonly due: SortedMap<StateRecord>;
}

/** The group of a membership. */
export interface GroupKey {
  readonly type: string;
  readonly id: string;
}

/** Empty tables. */
export function emptyTables(): Tables {
  return {
    resources: new SortedMap(),
    types: new SortedMap(),
    order: new SortedMap(),
    unique: new SortedMap(),
    members: new SortedMap(),
    memberOf: new SortedMap(),
    state: new SortedMap(),
    due: new SortedMap(),
  };
}

/** Where the operations find the tables: the storage itself, or a transaction on it. */
export interface TableAccess {
  /** The tables as they are now. */
  read(): Tables;
  /** Replaces the tables. When `change` throws, they stay as they are. */
  write<T>(change: (tables: Tables) => Change<T>): Promise<T>;
}

/** The tables after a change, and the result for the caller. */
export interface Change<T> {
  readonly tables: Tables;
  readonly result: T;
}
