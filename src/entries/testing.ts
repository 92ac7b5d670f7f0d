export type { ContractCase } from "../testing/contract-case.ts";
export { ContractViolation } from "../testing/contract-violation.ts";
export type { DirectorySeed, SeedGroup } from "../testing/directory/directory-case.ts";
export type { DirectoryCaseId, DirectoryContractOptions } from "../testing/directory-contract.ts";
export { directoryContract } from "../testing/directory-contract.ts";
export type { TestFramework } from "../testing/run-contract.ts";
export { runContract } from "../testing/run-contract.ts";
export type { ResourceStorageCaseId, StorageCaseId, StorageContractOptions } from "../testing/storage-contract.ts";
export { resourceStorageContract, storageContract } from "../testing/storage-contract.ts";
