export type { ContractCase } from "../testing/contract/contract-case.ts";
export { ContractViolation } from "../testing/contract/contract-violation.ts";
export type { ContractTest, TestFramework } from "../testing/contract/run-contract.ts";
export { runContract } from "../testing/contract/run-contract.ts";
export type { DirectorySeed, SeedGroup } from "../testing/directory/directory-case.ts";
export type { DirectoryCaseId, DirectoryContractOptions } from "../testing/directory/directory-contract.ts";
export { directoryContract } from "../testing/directory/directory-contract.ts";
export type { GalleryName, GalleryOptions } from "../testing/gallery/gallery-tests.ts";
export { galleryTests } from "../testing/gallery/gallery-tests.ts";
export type { GalleryTarget } from "../testing/gallery/run-gallery-test.ts";
export { simulateAuthentik } from "../testing/identity-providers/authentik.ts";
export type { SimulationOptions } from "../testing/identity-providers/connection.ts";
export type { SimulatedOAuth } from "../testing/identity-providers/credentials.ts";
export type { SimulateEntraOptions } from "../testing/identity-providers/entra.ts";
export { simulateEntra } from "../testing/identity-providers/entra.ts";
export type { SimulatedExchange, SimulatedFetch } from "../testing/identity-providers/exchange.ts";
export { simulateGoogle } from "../testing/identity-providers/google.ts";
export type { IdentityProviderErrorOptions } from "../testing/identity-providers/identity-provider-error.ts";
export { IdentityProviderError } from "../testing/identity-providers/identity-provider-error.ts";
export { simulateJumpCloud } from "../testing/identity-providers/jumpcloud.ts";
export type { SimulateOktaOptions } from "../testing/identity-providers/okta.ts";
export { simulateOkta } from "../testing/identity-providers/okta.ts";
export type { SimulateOneLoginOptions } from "../testing/identity-providers/onelogin.ts";
export { simulateOneLogin } from "../testing/identity-providers/onelogin.ts";
export type {
  SimulatedIdentityProvider,
  SimulatedUserProvider,
  UserListing,
} from "../testing/identity-providers/simulated-identity-provider.ts";
export type {
  SimulatedGroup,
  SimulatedMemberChange,
  SimulatedUser,
} from "../testing/identity-providers/simulated-user.ts";
export type { SimulationCheck } from "../testing/identity-providers/simulation-check.ts";
export type { QueueCaseId, QueueContractOptions } from "../testing/queue/queue-contract.ts";
export { queueContract } from "../testing/queue/queue-contract.ts";
export type {
  ResourceStorageCaseId,
  StorageCaseId,
  StorageContractOptions,
} from "../testing/storage/storage-contract.ts";
export { resourceStorageContract, storageContract } from "../testing/storage/storage-contract.ts";
