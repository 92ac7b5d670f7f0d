export type { ContractCase } from "../testing/contract-case.ts";
export { ContractViolation } from "../testing/contract-violation.ts";
export type { TestFramework } from "../testing/run-contract.ts";
export { runContract } from "../testing/run-contract.ts";
export type { StorageCaseId, StorageContractOptions } from "../testing/storage-contract.ts";
export { storageContract } from "../testing/storage-contract.ts";
