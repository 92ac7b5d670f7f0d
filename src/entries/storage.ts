export type { SealingKey } from "../crypto/key-ring.ts";
export type { SealErrorReason } from "../crypto/seal-error.ts";
export { SealError } from "../crypto/seal-error.ts";
export { uniqueLookup } from "../storage/driver/unique-lookup.ts";
export { listResources } from "../storage/fallback/list-resources.ts";
export type { ListQuery, Page, Sort } from "../storage/list-query.ts";
export type {
  GroupRef,
  MemberChange,
  MemberOutcome,
  MemberPage,
  MemberRef,
  MemberStorage,
  NewMember,
} from "../storage/member-storage.ts";
export { memoryStorage } from "../storage/memory/storage.ts";
export type { ResourceStorage, StorageCapabilities, TransactionOptions } from "../storage/resource-storage.ts";
export type {
  CredentialsValue,
  RotationOutcome,
  SealedCredentials,
  SealedCredentialsOptions,
  StoredCredentials,
} from "../storage/state/sealed-credentials.ts";
export { sealedCredentials } from "../storage/state/sealed-credentials.ts";
export type { StateRecord, StateStorage } from "../storage/state-storage.ts";
export type { Storage } from "../storage/storage.ts";
export type { Partition, StoredResource, UniqueValue } from "../storage/stored-resource.ts";
export { foldString } from "../values/fold.ts";
export type { Work, WorkOptions } from "../work/work.ts";
export { createWork } from "../work/work.ts";
