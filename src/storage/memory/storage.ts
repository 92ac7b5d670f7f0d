import { createSerialQueue } from "../../timing/serial-queue.ts";
import { frozenJson } from "../../values/frozen-json.ts";
import { createCommitCallbacks } from "../driver/commit-callbacks.ts";
import { checkKeyText, checkMembers, checkPartition } from "../driver/key-text.ts";
import { omitAttributes } from "../driver/omit-attributes.ts";
import { checkDueAt } from "../driver/state-record.ts";
import { createTransactionScope } from "../driver/transaction-scope.ts";
import { WHOLE_CAPABILITIES } from "../driver/whole-capabilities.ts";
import type { MemberStorage, ResourceStorage, StateStorage, Storage } from "../storage.ts";
import { listResourcesOf } from "./list.ts";
import { changeMembers, groupsOf, pageMembers } from "./members.ts";
import { insertResource, removeResource, replaceResource } from "./resources.ts";
import { deleteRecord, dueRecords, getRecords, putRecord, scanRecords } from "./state.ts";
import { emptyTables, type TableAccess, type Tables } from "./tables.ts";

/**
 * A storage in the memory of this process: for tests, for trying things out, and as the model the other drivers are
 * measured by. Answers every filter; what it returns is frozen.
 *
 * Writers wait for a transaction to end; readers outside see what was committed last.
 */
export function memoryStorage(): Storage {
  let committed = emptyTables();
  let closed = false;
  let version = 0;
  const queue = createSerialQueue();
  const nextVersion = (): string => {
    version += 1;
    return String(version);
  };
  const assertOpen = (): void => {
    if (closed) throw new TypeError("The storage is closed");
  };
  const access: TableAccess = {
    read: () => {
      assertOpen();
      return committed;
    },
    write: async (change) => {
      assertOpen();
      return queue(async () => {
        const { tables, result } = change(committed);
        committed = tables;
        return result;
      });
    },
  };
  const transaction = async <T>(run: (tx: Storage) => Promise<T>): Promise<T> => {
    assertOpen();
    return queue(async () => {
      const scope = createTransactionScope();
      const callbacks = createCommitCallbacks();
      const own = transactionAccess(committed, scope.assertRunning);
      const afterCommit = scope.whileRunning(callbacks.add);
      const result = await scope.run(() =>
        run(storageOver(own.access, nextVersion, { ...scope.refusals, afterCommit })),
      );
      committed = own.tables();
      callbacks.call();
      return result;
    });
  };
  return storageOver(access, nextVersion, {
    transaction,
    migrate: async () => assertOpen(),
    close: async () => {
      closed = true;
      await queue(async () => undefined);
    },
  });
}

/** Tables of a transaction: they begin as those committed, and nobody else sees them. */
function transactionAccess(
  begin: Tables,
  assertRunning: () => void,
): { readonly access: TableAccess; readonly tables: () => Tables } {
  let current = begin;
  const access: TableAccess = {
    read: () => {
      assertRunning();
      return current;
    },
    write: async (change) => {
      assertRunning();
      const { tables, result } = change(current);
      current = tables;
      return result;
    },
  };
  return { access, tables: () => current };
}

function storageOver(
  access: TableAccess,
  nextVersion: () => string,
  whole: Omit<Storage, "resources" | "state">,
): Storage {
  return {
    resources: {
      ...resourcesOver(access),
      transaction: (run) => whole.transaction((tx) => run(tx.resources)),
    },
    state: stateOver(access, nextVersion),
    ...whole,
  };
}

function resourcesOver(access: TableAccess): ResourceStorage {
  return {
    capabilities: WHOLE_CAPABILITIES,
    async insert(partition, resource) {
      checkPartition(partition);
      checkKeyText("id", resource.id);
      const copy = frozenJson(resource);
      return access.write((tables) => insertResource(tables, partition, copy));
    },
    async find(partition, id, options) {
      checkPartition(partition);
      const resource = access.read().resources.get([partition.tenant, partition.type, id]);
      return resource === undefined ? undefined : omitAttributes(resource, options?.omit);
    },
    async replace(partition, resource, expectedVersion) {
      checkPartition(partition);
      const copy = frozenJson(resource);
      return access.write((tables) => replaceResource(tables, partition, copy, expectedVersion));
    },
    async remove(partition, id, expectedVersion) {
      checkPartition(partition);
      return access.write((tables) => removeResource(tables, partition, id, expectedVersion));
    },
    async list(partition, query) {
      checkPartition(partition);
      return listResourcesOf(access.read(), partition, query);
    },
    members: membersOver(access),
  };
}

function membersOver(access: TableAccess): MemberStorage {
  return {
    async page(partition, groupId, query) {
      checkPartition(partition);
      return pageMembers(access.read(), partition, groupId, query);
    },
    async change(partition, groupId, change) {
      checkPartition(partition);
      checkMembers(change.add);
      const copy = frozenJson(change);
      return access.write((tables) => changeMembers(tables, partition, groupId, copy));
    },
    async groupsOf(tenant, ids) {
      checkKeyText("tenant", tenant);
      const tables = access.read();
      return new Map(ids.map((id) => [id, groupsOf(tables, tenant, id)]));
    },
  };
}

function stateOver(access: TableAccess, nextVersion: () => string): StateStorage {
  return {
    async get(collection, keys) {
      checkKeyText("collection", collection);
      return getRecords(access.read(), collection, keys);
    },
    async put(collection, key, value, { expected, dueAt }) {
      checkKeyText("collection", collection);
      checkKeyText("key", key);
      checkDueAt(dueAt);
      const due = dueAt === undefined ? {} : { dueAt };
      const record = frozenJson({ key, value, version: nextVersion(), ...due });
      return access.write((tables) => putRecord(tables, collection, record, expected));
    },
    async delete(collection, key, expected) {
      checkKeyText("collection", collection);
      return access.write((tables) => deleteRecord(tables, collection, key, expected));
    },
    async scan(collection, range) {
      checkKeyText("collection", collection);
      return scanRecords(access.read(), collection, range);
    },
    async due(collection, before, take) {
      checkKeyText("collection", collection);
      return dueRecords(access.read(), collection, before, take);
    },
  };
}
