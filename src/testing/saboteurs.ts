import type { Saboteur } from "./storage/altered-storage.ts";
import { listingSaboteurs } from "./storage/listing-saboteurs.ts";
import { memberSaboteurs } from "./storage/member-saboteurs.ts";
import { resourceSaboteurs } from "./storage/resource-saboteurs.ts";
import { stateSaboteurs } from "./storage/state-saboteurs.ts";
import { transactionSaboteurs } from "./storage/transaction-saboteurs.ts";
import { uniquenessSaboteurs } from "./storage/uniqueness-saboteurs.ts";
import type { StorageCaseId } from "./storage-contract.ts";

/**
 * For each case of `storageContract`, a way to make a faithful storage break its promise. The case must notice: that is
 * what tests the contract itself.
 */
export const storageSaboteurs: Readonly<Record<StorageCaseId, Saboteur>> = {
  ...resourceSaboteurs,
  ...uniquenessSaboteurs,
  ...listingSaboteurs,
  ...memberSaboteurs,
  ...stateSaboteurs,
  ...transactionSaboteurs,
};
