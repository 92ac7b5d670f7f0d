export { foldString } from "../schema/fold.ts";
export type { SealingKey } from "../sealing/key-ring.ts";
export type { SealErrorReason } from "../sealing/seal-error.ts";
export { SealError } from "../sealing/seal-error.ts";
export { listResources } from "../storage/list-resources.ts";
export { memoryStorage } from "../storage/memory-storage.ts";
export type {
  CredentialsValue,
  RotationOutcome,
  SealedCredentials,
  SealedCredentialsOptions,
  StoredCredentials,
} from "../storage/repositories/sealed-credentials.ts";
export { sealedCredentials } from "../storage/repositories/sealed-credentials.ts";
export type {
  GroupRef,
  ListQuery,
  MemberChange,
  MemberOutcome,
  MemberPage,
  MemberRef,
  MemberStorage,
  Page,
  Partition,
  ResourceStorage,
  Sort,
  StateRecord,
  StateStorage,
  Storage,
  StorageCapabilities,
  StoredResource,
  UniqueValue,
} from "../storage/storage.ts";
export { uniqueLookup } from "../storage/unique-lookup.ts";
