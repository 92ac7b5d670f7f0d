import type { Partition, ResourceStorage, Storage } from "../storage/storage.ts";
import { type Bound, bindCases, type ContractCase } from "./contract-case.ts";
import type { ResourceSubject } from "./storage/contract-data.ts";
import { type GroupsOfCaseId, groupsOfCases } from "./storage/groups-of-cases.ts";
import { type ListingCaseId, listingCases } from "./storage/listing-cases.ts";
import { type MemberCaseId, memberCases } from "./storage/member-cases.ts";
import { type ResourceCaseId, resourceCases } from "./storage/resource-cases.ts";
import { type StateCaseId, type StateSubject, stateCases } from "./storage/state-cases.ts";
import { type StorageSubject, type TransactionCaseId, transactionCases } from "./storage/transaction-cases.ts";
import { type UniquenessCaseId, uniquenessCases } from "./storage/uniqueness-cases.ts";

/** The cases that every `ResourceStorage` must pass; those on members only where it has `members`. */
export type ResourceStorageCaseId = ResourceCaseId | UniquenessCaseId | ListingCaseId | MemberCaseId | GroupsOfCaseId;

/** The cases that every `Storage` must pass. */
export type StorageCaseId = ResourceStorageCaseId | StateCaseId | TransactionCaseId;

interface WholeSubject extends ResourceSubject, StateSubject, StorageSubject {}

/** How a contract gets at what it tests. Cases make tenants and collections of their own, so others' data does no harm. */
export interface StorageContractOptions<Subject = Storage> {
  /** Opens a storage; called once a case. */
  create(): Promise<Subject>;
  /** Gives it back after the case, whether it passed or not. */
  destroy?(subject: Subject): Promise<void>;
  /** Reads a resource's attributes by another way than the driver, or `undefined`: proves that writes land. */
  readBehind?(
    subject: Subject,
    partition: Partition,
    id: string,
  ): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/**
 * The promises of `Storage` as test cases: run them with `runContract`. By default a storage is closed after its case.
 *
 * @example
 * ```ts
 * import { describe, it } from "vitest";
 * import { memoryStorage } from "scimkit";
 * import { runContract, storageContract } from "scimkit/testing";
 *
 * runContract({ describe, it }, "storage: memory", storageContract({ create: async () => memoryStorage() }));
 * ```
 */
export function storageContract(options: StorageContractOptions): ContractCase<StorageCaseId>[] {
  const destroy = options.destroy ?? ((storage: Storage) => storage.close());
  const bound: Bound<WholeSubject> = {
    create: async () => {
      const storage = await options.create();
      return { storage, state: storage.state, resources: storage.resources, ...behind(options, storage) };
    },
    destroy: (subject) => destroy(subject.storage),
  };
  return [
    ...bindCases(resourceCases, bound),
    ...bindCases(uniquenessCases, bound),
    ...bindCases(listingCases, bound),
    ...bindCases(memberCases, bound),
    ...bindCases(groupsOfCases, bound),
    ...bindCases(stateCases, bound),
    ...bindCases(transactionCases, bound),
  ];
}

/**
 * The promises of `ResourceStorage` alone, for an application that keeps resources in tables of its own. Where it has no
 * `members`, filter out the cases whose id begins with `members.`: they fail there.
 */
export function resourceStorageContract(
  options: StorageContractOptions<ResourceStorage>,
): ContractCase<ResourceStorageCaseId>[] {
  const bound: Bound<ResourceSubject> = {
    create: async () => {
      const resources = await options.create();
      return { resources, ...behind(options, resources) };
    },
    destroy: async (subject) => options.destroy?.(subject.resources),
  };
  return [
    ...bindCases(resourceCases, bound),
    ...bindCases(uniquenessCases, bound),
    ...bindCases(listingCases, bound),
    ...bindCases(memberCases, bound),
    ...bindCases(groupsOfCases, bound),
  ];
}

function behind<Subject>(
  options: StorageContractOptions<Subject>,
  subject: Subject,
): Pick<ResourceSubject, "readBehind"> {
  const { readBehind } = options;
  return readBehind === undefined ? {} : { readBehind: (partition, id) => readBehind(subject, partition, id) };
}
