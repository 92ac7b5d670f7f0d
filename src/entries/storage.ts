export { listResources } from "../storage/list-resources.ts";
export { memoryStorage } from "../storage/memory-storage.ts";
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
