import { describe, it } from "vitest";
import { memoryStorage } from "../../src/storage/memory-storage.ts";
import { runContract } from "../../src/testing/run-contract.ts";
import { storageContract } from "../../src/testing/storage-contract.ts";

runContract({ describe, it }, "storage: memory", storageContract({ create: async () => memoryStorage() }));
