import { createSerialQueue } from "../../timing/serial-queue.ts";
import { frozenJson } from "../../values/frozen-json.ts";
import { createWork } from "../../work/work.ts";
import { checkedStorage, type DriverResources, type StorageDriver } from "../driver/checked-storage.ts";
import { createCommitCallbacks } from "../driver/commit-callbacks.ts";
import { omitAttributes } from "../driver/omit-attributes.ts";
import { createTransactionScope } from "../driver/transaction-scope.ts";
import type { StateStorage } from "../state-storage.ts";
import type { Storage } from "../storage.ts";
import { listResourcesOf } from "./list.ts";
import { changeMembers, groupsOfAll, pageMembers, previewMembers } from "./members.ts";
import { checkUnique, insertResource, removeResource, replaceResource } from "./resources.ts";
import { createSortedOrders, type SortedOrders } from "./sorted-orders.ts";
import { deleteRecord, dueRecords, getRecords, putRecord, scanRecords } from "./state.ts";
import { emptyTables, type TableAccess, type Tables } from "./tables.ts";

/**
 * A storage in the memory of this process: for tests and experiments, and as the model with which the other drivers are
 * compared. It supports every filter; the objects that it returns are frozen.
 *
 * Writers wait for a transaction to end; readers outside see the last commit.
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

/** Tables of a transaction: they begin as the committed ones, and nobody else sees them. */
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
  whole: Omit<StorageDriver, "resources" | "state">,
): Storage {
  const resources = resourcesOver(access, createSortedOrders());
  return checkedStorage({ resources, state: stateOver(access, nextVersion), ...whole });
}

function resourcesOver(access: TableAccess, orders: SortedOrders): DriverResources {
  return {
    async insert(partition, resource) {
      const copy = frozenJson(resource);
      return access.write((tables) => insertResource(tables, partition, copy));
    },
    async find(partition, id, options) {
      const resource = access.read().resources.get([partition.tenant, partition.type, id]);
      return resource === undefined ? undefined : omitAttributes(resource, options?.omit);
    },
    async replace(partition, resource, expectedVersion) {
      const copy = frozenJson(resource);
      return access.write((tables) => replaceResource(tables, partition, copy, expectedVersion));
    },
    async checkUnique(partition, resource) {
      checkUnique(access.read(), partition, resource);
    },
    remove: (partition, id, expectedVersion) =>
      access.write((tables) => removeResource(tables, partition, id, expectedVersion)),
    list: async (partition, query) => listResourcesOf(access.read(), partition, { ...query, orders }),
    members: membersOver(access),
  };
}

function membersOver(access: TableAccess): DriverResources["members"] {
  return {
    page: async (partition, groupId, query) => pageMembers(access.read(), partition, groupId, query),
    change: (partition, groupId, change) => access.write((tables) => changeMembers(tables, partition, groupId, change)),
    preview: async (partition, groupId, change) => previewMembers(access.read(), partition, groupId, change),
    groupsOf: async (tenant, ids, { work = createWork() } = {}) => groupsOfAll(access.read(), tenant, { ids, work }),
  };
}

function stateOver(access: TableAccess, nextVersion: () => string): StateStorage {
  return {
    get: async (collection, keys) => getRecords(access.read(), collection, keys),
    async put(collection, key, value, { expected, dueAt }) {
      const record = frozenJson({ key, value, version: nextVersion(), dueAt });
      return access.write((tables) => putRecord(tables, collection, record, expected));
    },
    delete: (collection, key, expected) => access.write((tables) => deleteRecord(tables, collection, key, expected)),
    scan: async (collection, range) => scanRecords(access.read(), collection, range),
    due: async (collection, before, take) => dueRecords(access.read(), collection, before, take),
  };
}
