import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import type { Partition } from "../../storage/stored-resource.ts";
import { type Bound, bindCases, type CaseTable, type ContractCase } from "../contract/contract-case.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import { type AfterCommitCaseId, afterCommitCases } from "./after-commit-cases.ts";
import { type CapabilityCaseId, capabilityCases } from "./capability-cases.ts";
import type { ResourceSubject } from "./contract-data.ts";
import { type FilterCaseId, filterCases } from "./filter-cases.ts";
import { type GroupsOfCaseId, groupsOfCases } from "./groups-of-cases.ts";
import { type IsolationCaseId, isolationCases } from "./isolation-cases.ts";
import { type ListingCaseId, listingCases } from "./listing-cases.ts";
import { type LookUpCaseId, lookUpCases } from "./look-up-cases.ts";
import { type MarkCaseId, markCases } from "./mark-cases.ts";
import { type MemberCaseId, memberCases } from "./member-cases.ts";
import { type RaceCaseId, raceCases } from "./race-cases.ts";
import { type ResourceCaseId, resourceCases } from "./resource-cases.ts";
import { type SortCaseId, sortCases } from "./sort-cases.ts";
import { type StateCaseId, type StateSubject, stateCases } from "./state-cases.ts";
import { type TenancyCaseId, tenancyCases } from "./tenancy-cases.ts";
import { type TextCaseId, textCases } from "./text-cases.ts";
import { type StorageSubject, type TransactionCaseId, transactionCases } from "./transaction-cases.ts";
import { type UniquenessCaseId, uniquenessCases } from "./uniqueness-cases.ts";
import { type UnknownMemberCaseId, unknownMemberCases } from "./unknown-member-cases.ts";
import { type WholeCaseId, wholeCases } from "./whole-cases.ts";

/** The cases that every `ResourceStorage` must pass, except those that need a capability that it lacks. */
export type ResourceStorageCaseId =
  | CapabilityCaseId
  | ResourceCaseId
  | TextCaseId
  | UniquenessCaseId
  | RaceCaseId
  | ListingCaseId
  | LookUpCaseId
  | FilterCaseId
  | SortCaseId
  | TenancyCaseId
  | MemberCaseId
  | UnknownMemberCaseId
  | GroupsOfCaseId;

/** The cases that every `Storage` must pass. */
export type StorageCaseId =
  | ResourceStorageCaseId
  | StateCaseId
  | MarkCaseId
  | TransactionCaseId
  | AfterCommitCaseId
  | WholeCaseId
  | IsolationCaseId;

interface WholeSubject extends ResourceSubject, StateSubject, StorageSubject {}

/** How a contract gets its subject. Cases use their own tenants and collections, so other data does not matter. */
export interface StorageContractOptions<Subject = Storage> {
  /** Opens a storage; called once for each case. */
  create(): Promise<Subject>;
  /** Releases it after the case, whether the case passed or not. */
  destroy?(subject: Subject): Promise<void>;
  /**
   * Reads a resource's attributes without the driver, or `undefined`. It proves that the driver writes to the right
   * place.
   */
  readBehind?(
    subject: Subject,
    partition: Partition,
    id: string,
  ): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/**
 * The guarantees of `Storage` as test cases: run them with `runContract`. By default a storage is closed after its
 * case.
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
    options,
    create: async () => {
      const storage = await options.create();
      return { storage, state: storage.state, resources: storage.resources, ...behind(options, storage) };
    },
    destroy: (subject) => destroy(subject.storage),
  };
  return [
    ...bindResourceCases(bound),
    ...bindCases(stateCases, bound),
    ...bindCases(markCases, bound),
    ...bindCases(transactionCases, bound),
    ...bindCases(afterCommitCases, bound),
    ...bindCases(wholeCases, bound),
    ...bindCases(isolationCases, bound),
  ];
}

/**
 * The guarantees of `ResourceStorage` only, for an application with its own tables. A capability that it does not have
 * is not tested; the fallback of the library is.
 */
export function resourceStorageContract<Resources extends ResourceStorage = ResourceStorage>(
  options: StorageContractOptions<Resources>,
): ContractCase<ResourceStorageCaseId>[] {
  const bound: Bound<ResourceSubject & { readonly resources: Resources }> = {
    options,
    create: async () => {
      const resources = await options.create();
      return { resources, ...behind(options, resources) };
    },
    destroy: async (subject) => options.destroy?.(subject.resources),
  };
  return bindResourceCases(bound);
}

function bindResourceCases<Subject extends ResourceSubject>(
  bound: Bound<Subject>,
): ContractCase<ResourceStorageCaseId>[] {
  return [
    ...bindCases(capabilityCases, bound),
    ...bindCases(resourceCases, bound),
    ...bindCases(textCases, bound),
    ...bindCases(uniquenessCases, bound),
    ...bindCases(raceCases, bound),
    ...bindCases(listingCases, bound),
    ...bindCases(lookUpCases, bound),
    ...bindCases(filterCases, bound),
    ...bindCases(sortCases, bound),
    ...bindCases(tenancyCases, bound),
    ...bindCases(whereThereAreMembers(memberCases), bound),
    ...bindCases(whereThereAreMembers(unknownMemberCases), bound),
    ...bindCases(whereThereAreMembers(groupsOfCases), bound),
  ];
}

/** Cases that do not apply to a storage that says that it has no members. */
function whereThereAreMembers<Id extends string>(
  table: CaseTable<Id, ResourceSubject>,
): CaseTable<Id, ResourceSubject> {
  const cases = Object.entries<CaseTable<Id, ResourceSubject>[Id]>(table).map(([id, { title, run }]) => {
    const runIfAny = async (subject: ResourceSubject): Promise<void> => {
      appliesIf(subject.resources.capabilities.members, "the storage keeps no memberships");
      return run(subject);
    };
    return [id, { title, run: runIfAny }] as const;
  });
  return Object.fromEntries(cases) as CaseTable<Id, ResourceSubject>;
}

function behind<Subject>(
  options: StorageContractOptions<Subject>,
  subject: Subject,
): Pick<ResourceSubject, "readBehind"> {
  const { readBehind } = options;
  return readBehind === undefined ? {} : { readBehind: (partition, id) => readBehind(subject, partition, id) };
}
