import type { Turn } from "../../timing/fair-queue.ts";
import { frozenJson } from "../../values/frozen-json.ts";
import { checkedStorage, type DriverResources, type StorageDriver } from "../driver/checked-storage.ts";
import { type CommitCallbacks, createCommitCallbacks } from "../driver/commit-callbacks.ts";
import { createTransactionScope } from "../driver/transaction-scope.ts";
import type { StateStorage } from "../state-storage.ts";
import type { Storage } from "../storage.ts";
import type { Partition, StoredResource } from "../stored-resource.ts";
import type { SqlAccess, SqlSession, SqlStatements } from "./engine/session.ts";
import { sqlTransaction } from "./engine/transaction.ts";
import { turnOf, turnOfRecord } from "./engine/turns.ts";
import { groupsOf } from "./operations/groups-of.ts";
import { listResourcesOf } from "./operations/list-operation.ts";
import { changeMembers, pageMembers, previewMembers } from "./operations/member-operations.ts";
import {
  findResource,
  insertResource,
  removeResource,
  replaceResource,
  type Written,
} from "./operations/resource-operations.ts";
import { writtenResource } from "./operations/resource-rows.ts";
import { deleteRecord, dueRecords, getRecords, putRecord, scanRecords } from "./operations/state-operations.ts";
import { checkUnique } from "./operations/unique-rows.ts";

/** The database of a storage: what a driver provides in addition to its `SqlEngine`. */
export interface SqlDatabase extends SqlAccess {
  readonly statements: SqlStatements;
  /** Runs `body` in a transaction of its own, and again after a conflict. */
  transaction<T>(turn: Turn, body: (sql: SqlSession) => Promise<T>): Promise<T>;
  /** Opens the database and creates its tables, if that has not been done. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** The part of a `Storage` that is different inside a transaction. */
type Whole = Omit<StorageDriver, "resources" | "state">;

/** A storage that knows on which connections its transactions run. */
export type ConnectedStorage<Connection> = Storage & { connectionOf(tx: Storage | undefined): Connection };

/** A whole storage in a database. `connectionOf` returns what the sessions of its transactions have as `connection`. */
export function sqlStorage<Connection>(database: SqlDatabase): ConnectedStorage<Connection> {
  const connections = new WeakMap<Storage, unknown>();
  const connectionOf = (tx: Storage | undefined): Connection => {
    const connection = tx && connections.get(tx);
    if (connection === undefined) throw new TypeError("connectionOf: must be given a transaction of this storage");
    return connection as Connection;
  };
  const storage = storageOver(database, database.statements, {
    transaction: async (run, options) => {
      let callbacks = createCommitCallbacks();
      const result = await database.transaction(turnOf(options), (sql) => {
        // The database may roll an attempt back and run the body again: then only the last attempt counts.
        callbacks = createCommitCallbacks();
        const connected = (tx: Storage): ReturnType<typeof run> => {
          connections.set(tx, sql.connection);
          return run(tx).finally(() => connections.delete(tx));
        };
        return runInTransaction(sql, connected, callbacks);
      });
      callbacks.call();
      return result;
    },
    migrate: () => database.open(),
    close: () => database.close(),
  });
  return { ...storage, connectionOf };
}

/**
 * Runs `run` over a session that is in a transaction, and does not end the transaction. A caller that commits right
 * after it gives `callbacks`.
 */
export async function runInTransaction<T>(
  sql: SqlSession,
  run: (tx: Storage) => Promise<T>,
  callbacks?: CommitCallbacks,
): Promise<T> {
  const scope = createTransactionScope();
  const { access, settle } = sqlTransaction(sql, scope, { commitReleases: callbacks !== undefined });
  const whole = { ...scope.refusals, afterCommit: callbacks && scope.whileRunning(callbacks.add) };
  const result = await scope
    .run(() => run(storageOver(access, sql, whole)))
    .catch(async (error: unknown) => {
      await settle().catch(() => undefined);
      throw error;
    });
  await settle();
  return result;
}

/** The storage over `access`. */
export function storageOver(access: SqlAccess, statements: SqlStatements, whole: Whole): Storage {
  return checkedStorage({ resources: resourcesOver(access, statements), state: stateOver(access), ...whole });
}

/** The rows to write, made before the first wait: the caller may change its objects afterwards. */
function prepared(statements: SqlStatements, partition: Partition, resource: StoredResource): Written {
  return { ...writtenResource(statements, partition, resource), unique: frozenJson(resource.unique) };
}

function resourcesOver(access: SqlAccess, statements: SqlStatements): DriverResources {
  return {
    async insert(partition, resource) {
      const written = prepared(statements, partition, resource);
      return access.write(turnOf(partition), (sql) => insertResource(sql, partition, written));
    },
    find: (partition, id, options) =>
      access.read(turnOf({ ...partition, signal: options?.work?.signal }), (sql) =>
        findResource(sql, partition, id, options),
      ),
    async replace(partition, resource, expectedVersion) {
      const written = prepared(statements, partition, resource);
      return access.write(turnOf(partition), (sql) => replaceResource(sql, partition, written, expectedVersion));
    },
    checkUnique: (partition, { id, unique }) => {
      const values = frozenJson(unique);
      return access.read(turnOf(partition), (sql) => checkUnique(sql, partition, id, values));
    },
    remove: (partition, id, expectedVersion) =>
      access.write(turnOf(partition), (sql) => removeResource(sql, partition, id, expectedVersion)),
    list: (partition, query) => listResourcesOf({ access, statements, partition, query }),
    members: membersOver(access),
  };
}

function membersOver(access: SqlAccess): DriverResources["members"] {
  return {
    page: (partition, groupId, query) =>
      access.read(turnOf(partition), (sql) => pageMembers(sql, partition, groupId, query)),
    change: (partition, groupId, change) =>
      access.write(turnOf(partition), (sql) => changeMembers(sql, partition, groupId, change)),
    preview: (partition, groupId, change) =>
      access.read(turnOf(partition), (sql) => previewMembers(sql, partition, groupId, change)),
    groupsOf: (tenant, ids, { work } = {}) =>
      access.read(turnOf({ tenant, signal: work?.signal }), (sql) => groupsOf(sql, tenant, ids, work)),
  };
}

function stateOver(access: SqlAccess): StateStorage {
  return {
    get: (collection, keys) => access.read(turnOfRecord(keys[0]), (sql) => getRecords(sql, collection, keys)),
    put: (collection, key, value, { expected, dueAt }) => {
      const row = { collection, key, value: JSON.stringify(value), due_at: dueAt ?? null };
      return access.writeOne(turnOfRecord(key), (sql) => putRecord(sql, row, expected));
    },
    delete: (collection, key, expected) =>
      access.writeOne(turnOfRecord(key), (sql) => deleteRecord(sql, collection, key, expected)),
    scan: (collection, range) => access.read(turnOfRecord(range.from), (sql) => scanRecords(sql, collection, range)),
    due: (collection, before, take) =>
      access.read(turnOfRecord(undefined), (sql) => dueRecords(sql, collection, before, take)),
  };
}
