export type { SealingKey } from "../crypto/key-ring.ts";
export type { SealErrorReason } from "../crypto/seal-error.ts";
export { SealError } from "../crypto/seal-error.ts";
export { uniqueLookup } from "../storage/driver/unique-lookup.ts";
export { listResources } from "../storage/fallback/list-resources.ts";
export { memoryStorage } from "../storage/memory/storage.ts";
export type {
  CredentialsValue,
  RotationOutcome,
  SealedCredentials,
  SealedCredentialsOptions,
  StoredCredentials,
} from "../storage/state/sealed-credentials.ts";
export { sealedCredentials } from "../storage/state/sealed-credentials.ts";
export type {
  GroupRef,
  ListQuery,
  MemberChange,
  MemberOutcome,
  MemberPage,
  MemberRef,
  MemberStorage,
  NewMember,
  Page,
  Partition,
  ResourceStorage,
  Sort,
  StateRecord,
  StateStorage,
  Storage,
  StorageCapabilities,
  StoredResource,
  TransactionOptions,
  UniqueValue,
} from "../storage/storage.ts";
export { foldString } from "../values/fold.ts";
export type { Work, WorkOptions } from "../work/work.ts";
export { createWork } from "../work/work.ts";
