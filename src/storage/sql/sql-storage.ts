import { NotFoundError, PreconditionFailedError } from "../../errors/request-errors.ts";
import { isText } from "../../schema/attributes/scalar.ts";
import { frozenJson } from "../../values/frozen-json.ts";
import { createCommitCallbacks } from "../driver/commit-callbacks.ts";
import { checkKeyText, checkMembers, checkPartition } from "../driver/key-text.ts";
import { checkDueAt } from "../driver/state-record.ts";
import { createTransactionScope } from "../driver/transaction-scope.ts";
import { WHOLE_CAPABILITIES } from "../driver/whole-capabilities.ts";
import type { MemberStorage, Partition, ResourceStorage, StateStorage, Storage, StoredResource } from "../storage.ts";
import type { SqlAccess, SqlSession, SqlStatements } from "./engine/session.ts";
import { sqlTransaction } from "./engine/transaction.ts";
import { listResourcesOf } from "./operations/list-operation.ts";
import { changeMembers, groupsOf, pageMembers } from "./operations/member-operations.ts";
import {
  findResource,
  insertResource,
  removeResource,
  replaceResource,
  type Written,
} from "./operations/resource-operations.ts";
import { writtenResource } from "./operations/resource-rows.ts";
import { deleteRecord, dueRecords, getRecords, putRecord, scanRecords } from "./operations/state-operations.ts";

/** A database that a storage is kept in: what a driver brings along beside its `SqlEngine`. */
export interface SqlDatabase extends SqlAccess {
  readonly statements: SqlStatements;
  /** Runs `body` in a transaction of its own, again where the database asks for that. */
  transaction<T>(body: (sql: SqlSession) => Promise<T>): Promise<T>;
  /** Opens the database and brings its tables up to date, if that has not been done. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** What of a `Storage` is not the same inside a transaction. */
type Whole = Omit<Storage, "resources" | "state">;

/** A whole storage in a database. */
export function sqlStorage(database: SqlDatabase): Storage {
  return storageOver(database, database.statements, {
    transaction: async (run) => {
      let callbacks = createCommitCallbacks();
      const result = await database.transaction((sql) => {
        // The database may roll an attempt back and run the body again: then only the last attempt counts.
        callbacks = createCommitCallbacks();
        return runInTransaction(sql, run, callbacks.add);
      });
      callbacks.call();
      return result;
    },
    migrate: () => database.open(),
    close: () => database.close(),
  });
}

/**
 * Runs `run` over a session that is in a transaction, which is neither committed nor rolled back here. `afterCommit` takes
 * what `run` wants called, where the caller knows when the transaction commits.
 */
export async function runInTransaction<T>(
  sql: SqlSession,
  run: (tx: Storage) => Promise<T>,
  afterCommit?: (callback: () => void) => void,
): Promise<T> {
  const scope = createTransactionScope();
  const { access, settle } = sqlTransaction(sql, scope);
  const whole = { ...scope.refusals, afterCommit: afterCommit && scope.whileRunning(afterCommit) };
  const result = await scope
    .run(() => run(storageOver(access, sql, whole)))
    .catch(async (error: unknown) => {
      await settle().catch(() => undefined);
      throw error;
    });
  await settle();
  return result;
}

/** The storage that operates by way of `access`. */
export function storageOver(access: SqlAccess, statements: SqlStatements, whole: Whole): Storage {
  return {
    resources: {
      ...resourcesOver(access, statements),
      transaction: (run) => whole.transaction((tx) => run(tx.resources)),
    },
    state: stateOver(access),
    ...whole,
  };
}

/** What is to be written, turned into rows before anything is waited for: the caller may change its objects meanwhile.
 */
function prepared(statements: SqlStatements, partition: Partition, resource: StoredResource): Written {
  return { ...writtenResource(statements, partition, resource), unique: frozenJson(resource.unique) };
}

function resourcesOver(access: SqlAccess, statements: SqlStatements): ResourceStorage {
  return {
    capabilities: WHOLE_CAPABILITIES,
    async insert(partition, resource) {
      checkPartition(partition);
      checkKeyText("id", resource.id);
      const written = prepared(statements, partition, resource);
      return access.write((sql) => insertResource(sql, partition, written));
    },
    async find(partition, id, options) {
      checkPartition(partition);
      return isText(id) ? access.read((sql) => findResource(sql, partition, id, options?.omit)) : undefined;
    },
    async replace(partition, resource, expectedVersion) {
      checkPartition(partition);
      if (!isText(resource.id)) throw new PreconditionFailedError(undefined, { expected: expectedVersion });
      const written = prepared(statements, partition, resource);
      return access.write((sql) => replaceResource(sql, partition, written, expectedVersion));
    },
    async remove(partition, id, expectedVersion) {
      checkPartition(partition);
      return isText(id) && access.write((sql) => removeResource(sql, partition, id, expectedVersion));
    },
    async list(partition, query) {
      checkPartition(partition);
      return access.read((sql) => listResourcesOf(sql, partition, query));
    },
    members: membersOver(access),
  };
}

function membersOver(access: SqlAccess): MemberStorage {
  return {
    async page(partition, groupId, query) {
      checkPartition(partition);
      return isText(groupId) ? access.read((sql) => pageMembers(sql, partition, groupId, query)) : { members: [] };
    },
    async change(partition, groupId, change) {
      checkPartition(partition);
      if (!isText(groupId)) throw new NotFoundError();
      checkMembers(change.add);
      const copy = frozenJson(change);
      return access.write((sql) => changeMembers(sql, partition, groupId, copy));
    },
    async groupsOf(tenant, ids) {
      checkKeyText("tenant", tenant);
      return access.read((sql) => groupsOf(sql, tenant, ids.filter(isText)));
    },
  };
}

function stateOver(access: SqlAccess): StateStorage {
  return {
    async get(collection, keys) {
      checkKeyText("collection", collection);
      return access.read((sql) => getRecords(sql, collection, keys.filter(isText)));
    },
    async put(collection, key, value, { expected, dueAt }) {
      checkKeyText("collection", collection);
      checkKeyText("key", key);
      checkDueAt(dueAt);
      const row = { collection, key, value: JSON.stringify(value), due_at: dueAt ?? null };
      return access.write((sql) => putRecord(sql, row, expected));
    },
    async delete(collection, key, expected) {
      checkKeyText("collection", collection);
      return isText(key) && access.write((sql) => deleteRecord(sql, collection, key, expected));
    },
    async scan(collection, range) {
      checkKeyText("collection", collection);
      return access.read((sql) => scanRecords(sql, collection, range));
    },
    async due(collection, before, take) {
      checkKeyText("collection", collection);
      return access.read((sql) => dueRecords(sql, collection, before, take));
    },
  };
}
