export type { ContractCase } from "../testing/contract-case.ts";
export { ContractViolation } from "../testing/contract-violation.ts";
export { runContract } from "../testing/run-contract.ts";
export type { TestFramework } from "../testing/run-contract.ts";
export { resourceStorageContract, storageContract } from "../testing/storage-contract.ts";
export type { ResourceStorageCaseId, StorageCaseId, StorageContractOptions } from "../testing/storage-contract.ts";
