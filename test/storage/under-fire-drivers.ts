import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { freshDatabase } from "../helpers/postgres/database.ts";
import { openStorage } from "./fixtures/open-storage.ts";

/** A driver, as the tests under fire use it: each call makes an empty storage, or a place that processes can share. */
export interface Driver {
  readonly name: string;
  create(directory: string): Promise<Storage>;
  /** Where `openStorage` finds an empty storage; undefined where processes cannot share one. */
  readonly place?: (directory: string) => Promise<string>;
}

const file = async (directory: string): Promise<string> => `${directory}/${crypto.randomUUID()}.db`;

/** Every driver there is. */
export const DRIVERS: readonly Driver[] = [
  { name: "memory", create: async () => memoryStorage() },
  { name: "SQLite", create: async (directory) => openStorage(await file(directory)), place: file },
  { name: "PostgreSQL", create: async () => openStorage(await freshDatabase()), place: () => freshDatabase() },
];
