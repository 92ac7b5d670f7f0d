export type { ContractCase } from "../testing/contract/contract-case.ts";
export { ContractViolation } from "../testing/contract/contract-violation.ts";
export type { ContractTest, TestFramework } from "../testing/contract/run-contract.ts";
export { runContract } from "../testing/contract/run-contract.ts";
export type { DirectorySeed, SeedGroup } from "../testing/directory/directory-case.ts";
export type { DirectoryCaseId, DirectoryContractOptions } from "../testing/directory/directory-contract.ts";
export { directoryContract } from "../testing/directory/directory-contract.ts";
export type { QueueCaseId, QueueContractOptions } from "../testing/queue/queue-contract.ts";
export { queueContract } from "../testing/queue/queue-contract.ts";
export type {
  ResourceStorageCaseId,
  StorageCaseId,
  StorageContractOptions,
} from "../testing/storage/storage-contract.ts";
export { resourceStorageContract, storageContract } from "../testing/storage/storage-contract.ts";
