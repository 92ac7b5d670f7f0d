import { NotFoundError, PreconditionFailedError } from "../../errors/request-errors.ts";
import { isText } from "../../schema/attributes/scalar.ts";
import { frozenJson } from "../../values/frozen-json.ts";
import type { MemberChange, MemberStorage } from "../member-storage.ts";
import type { ResourceStorage } from "../resource-storage.ts";
import type { StateStorage } from "../state-storage.ts";
import type { Storage } from "../storage.ts";
import { checkKeyText, checkMembers, checkPartition } from "./key-text.ts";
import { WHOLE_CAPABILITIES } from "./whole-capabilities.ts";

/** The operations of a driver that does everything itself. Their arguments have been checked. */
export interface StorageDriver extends Omit<Storage, "resources"> {
  readonly resources: DriverResources;
}

/** The operations on resources, of which none is missing. */
export interface DriverResources extends Required<Omit<ResourceStorage, "capabilities" | "transaction">> {
  readonly members: Required<MemberStorage>;
}

/**
 * A storage over a driver, which checks the arguments of every method. A tenant, type, collection or new key that no
 * database can store is a `TypeError`. An id or key of that kind that is only looked up does not exist.
 */
export function checkedStorage(driver: StorageDriver): Storage {
  const { resources, state, ...whole } = driver;
  return {
    resources: {
      ...checkedResources(resources),
      transaction: (run, options) => whole.transaction((tx) => run(tx.resources), options),
    },
    state: checkedState(state),
    ...whole,
  };
}

function checkedResources(driver: DriverResources): ResourceStorage {
  return {
    capabilities: WHOLE_CAPABILITIES,
    async insert(partition, resource) {
      checkPartition(partition);
      checkKeyText("id", resource.id);
      return driver.insert(partition, resource);
    },
    async find(partition, id, options) {
      checkPartition(partition);
      return isText(id) ? driver.find(partition, id, options) : undefined;
    },
    async replace(partition, resource, expectedVersion) {
      checkPartition(partition);
      if (!isText(resource.id)) throw new PreconditionFailedError(undefined, { expected: expectedVersion });
      return driver.replace(partition, resource, expectedVersion);
    },
    async checkUnique(partition, resource) {
      checkPartition(partition);
      return driver.checkUnique(partition, resource);
    },
    async remove(partition, id, expectedVersion) {
      checkPartition(partition);
      return isText(id) && driver.remove(partition, id, expectedVersion);
    },
    async list(partition, query) {
      checkPartition(partition);
      return driver.list(partition, query);
    },
    members: checkedMembers(driver.members),
  };
}

function checkedMembers(driver: Required<MemberStorage>): MemberStorage {
  return {
    async page(partition, groupId, query) {
      checkPartition(partition);
      return isText(groupId) ? driver.page(partition, groupId, query) : { members: [] };
    },
    async change(partition, groupId, change) {
      checkPartition(partition);
      if (!isText(groupId)) throw new NotFoundError();
      checkMembers(change.add);
      return driver.change(partition, groupId, frozenChange(change));
    },
    async preview(partition, groupId, change) {
      checkPartition(partition);
      checkMembers(change.add);
      return driver.preview(partition, groupId, frozenChange(change));
    },
    async groupsOf(tenant, ids, options) {
      checkKeyText("tenant", tenant);
      return driver.groupsOf(tenant, ids.filter(isText), options);
    },
  };
}

function checkedState(driver: StateStorage): StateStorage {
  return {
    async get(collection, keys) {
      checkKeyText("collection", collection);
      return driver.get(collection, keys.filter(isText));
    },
    async put(collection, key, value, options) {
      checkKeyText("collection", collection);
      checkKeyText("key", key);
      checkDueAt(options.dueAt);
      return driver.put(collection, key, value, options);
    },
    async delete(collection, key, expected) {
      checkKeyText("collection", collection);
      return isText(key) && driver.delete(collection, key, expected);
    },
    async scan(collection, range) {
      checkKeyText("collection", collection);
      return driver.scan(collection, range);
    },
    async due(collection, before, take) {
      checkKeyText("collection", collection);
      return driver.due(collection, before, take);
    },
  };
}

function checkDueAt(dueAt: number | undefined): void {
  if (dueAt !== undefined && !Number.isFinite(dueAt))
    throw new TypeError("dueAt must be a finite number of milliseconds");
}

/** The change as it is now: the caller may change its objects afterwards. */
function frozenChange({ work, ...change }: MemberChange): MemberChange {
  return { ...frozenJson(change), work };
}
