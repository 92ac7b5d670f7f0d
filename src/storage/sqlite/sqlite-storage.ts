import { z } from "zod";
import { resolveOptions } from "../../options/resolve-options.ts";
import { frozenJson } from "../frozen-json.ts";
import { checkKeyText, checkMembers } from "../key-text.ts";
import { checkDueAt } from "../state-record.ts";
import type { MemberStorage, ResourceStorage, StateStorage, Storage, StorageCapabilities } from "../storage.ts";
import { createTransactionScope } from "../transaction-scope.ts";
import { filterToSql } from "./filter-to-sql.ts";
import { listResourcesOf } from "./list-operation.ts";
import { changeMembers, groupsOf, pageMembers } from "./member-operations.ts";
import { findResource, insertResource, removeResource, replaceResource } from "./resource-operations.ts";
import { resourceRow } from "./resource-rows.ts";
import type { SqliteAccess } from "./sqlite-access.ts";
import { sqliteDatabaseFile } from "./sqlite-database.ts";
import { sqliteTransaction } from "./sqlite-transaction.ts";
import { deleteRecord, dueRecords, getRecords, putRecord, scanRecords } from "./state-operations.ts";

/** Options of `sqliteStorage`. */
export interface SqliteStorageOptions {
  /** Path of the database file, made if it is not there; its directory must be. Or `:memory:`. */
  readonly file: string;
  /** How long to wait for another process's lock before giving up with 503, in milliseconds. @default 5000 */
  readonly busyTimeoutMs?: number;
}

const OPTIONS: z.ZodType<Required<SqliteStorageOptions>> = z.strictObject({
  file: z
    .string()
    .min(1)
    .refine((file) => !file.startsWith("file:"), { error: "must be a path, not a URI" }),
  busyTimeoutMs: z.int().nonnegative().default(5000),
});

const ANY_PARTITION = { tenant: "", type: "" } as const;

const CAPABILITIES: StorageCapabilities = Object.freeze<StorageCapabilities>({
  filter: (filter) => filterToSql(filter, ANY_PARTITION) !== undefined,
  sort: () => false,
  cursor: true,
  idOrder: true,
  uniqueness: true,
  members: true,
  transactions: true,
});

/**
 * A storage in an SQLite file, by way of Node's own `node:sqlite`; several processes may use the file at once.
 *
 * The file is opened and its tables are made on first use, or by `migrate()`, which a program calls at start to learn of
 * faults early. What was promised is on disk (WAL, `synchronous = FULL`). Inside `transaction`, use only what it hands
 * over: a write through the storage itself waits for the transaction to end, and so, if awaited inside, for ever.
 *
 * @example
 * ```ts
 * import { sqliteStorage } from "scimkit/storage/sqlite";
 *
 * const storage = sqliteStorage("scim.db");
 * await storage.migrate();
 * ```
 * @throws {TypeError} for wrong options; every call {UnavailableError} where the file cannot be used
 */
export function sqliteStorage(options: string | SqliteStorageOptions): Storage {
  const given = typeof options === "string" ? { file: options } : options;
  const { file, busyTimeoutMs } = resolveOptions("sqliteStorage", OPTIONS, given);
  const database = sqliteDatabaseFile(file, busyTimeoutMs);
  const transaction = <T>(run: (tx: Storage) => Promise<T>): Promise<T> =>
    database.transaction(async (db) => {
      const scope = createTransactionScope();
      const { access, settle } = sqliteTransaction(db, scope);
      const result = await scope
        .run(() => run(storageOver(access, scope.refusals)))
        .catch(async (error: unknown) => {
          await settle().catch(() => undefined);
          throw error;
        });
      await settle();
      return result;
    });
  return storageOver(database, { transaction, migrate: () => database.open(), close: () => database.close() });
}

function storageOver(access: SqliteAccess, whole: Pick<Storage, "transaction" | "migrate" | "close">): Storage {
  return {
    resources: {
      ...resourcesOver(access),
      transaction: (run) => whole.transaction((tx) => run(tx.resources)),
    },
    state: stateOver(access),
    ...whole,
  };
}

/** What is to be written is turned into rows before anything is waited for: the caller may change its objects meanwhile. */
function resourcesOver(access: SqliteAccess): ResourceStorage {
  return {
    capabilities: CAPABILITIES,
    async insert(partition, resource) {
      checkKeyText("id", resource.id);
      const row = resourceRow(partition, resource);
      const unique = frozenJson(resource.unique);
      return access.write((db) => insertResource(db, partition, row, unique));
    },
    find: (partition, id, options) => access.read((db) => findResource(db, partition, id, options?.omit)),
    async replace(partition, resource, expectedVersion) {
      const row = resourceRow(partition, resource);
      const unique = frozenJson(resource.unique);
      return access.write((db) => replaceResource(db, partition, row, unique, expectedVersion));
    },
    remove: (partition, id, expectedVersion) =>
      access.write((db) => removeResource(db, partition, id, expectedVersion)),
    list: (partition, query) => access.read((db) => listResourcesOf(db, partition, query)),
    members: membersOver(access),
  };
}

function membersOver(access: SqliteAccess): MemberStorage {
  return {
    page: (partition, groupId, query) => access.read((db) => pageMembers(db, partition, groupId, query)),
    async change(partition, groupId, change) {
      checkMembers(change.add);
      const copy = frozenJson(change);
      return access.write((db) => changeMembers(db, partition, groupId, copy));
    },
    groupsOf: (tenant, ids) => access.read((db) => groupsOf(db, tenant, ids)),
  };
}

function stateOver(access: SqliteAccess): StateStorage {
  return {
    get: (collection, keys) => access.read((db) => getRecords(db, collection, keys)),
    async put(collection, key, value, { expected, dueAt }) {
      checkKeyText("key", key);
      checkDueAt(dueAt);
      const row = { collection, key, value: JSON.stringify(value), due_at: dueAt ?? null };
      return access.write((db) => putRecord(db, row, expected));
    },
    delete: (collection, key, expected) => access.write((db) => deleteRecord(db, collection, key, expected)),
    scan: (collection, range) => access.read((db) => scanRecords(db, collection, range)),
    due: (collection, before, take) => access.read((db) => dueRecords(db, collection, before, take)),
  };
}
