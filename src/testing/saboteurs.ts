import type { Saboteur } from "./storage/altered-storage.ts";
import { capabilitySaboteurs } from "./storage/capability-cases.ts";
import { filterSaboteurs } from "./storage/saboteurs/filter-saboteurs.ts";
import { isolationSaboteurs } from "./storage/saboteurs/isolation-saboteurs.ts";
import { listingSaboteurs } from "./storage/saboteurs/listing-saboteurs.ts";
import { markSaboteurs } from "./storage/saboteurs/mark-saboteurs.ts";
import { memberSaboteurs } from "./storage/saboteurs/member-saboteurs.ts";
import { raceSaboteurs } from "./storage/saboteurs/race-saboteurs.ts";
import { resourceSaboteurs } from "./storage/saboteurs/resource-saboteurs.ts";
import { sortSaboteurs } from "./storage/saboteurs/sort-saboteurs.ts";
import { stateSaboteurs } from "./storage/saboteurs/state-saboteurs.ts";
import { tenancySaboteurs } from "./storage/saboteurs/tenancy-saboteurs.ts";
import { textSaboteurs } from "./storage/saboteurs/text-saboteurs.ts";
import { transactionSaboteurs } from "./storage/saboteurs/transaction-saboteurs.ts";
import { uniquenessSaboteurs } from "./storage/saboteurs/uniqueness-saboteurs.ts";
import type { StorageCaseId } from "./storage-contract.ts";

/**
 * For each case of `storageContract`, a way to make a faithful storage break its promise. The case must notice: that is
 * what tests the contract itself.
 */
export const storageSaboteurs: Readonly<Record<StorageCaseId, Saboteur>> = {
  ...capabilitySaboteurs,
  ...resourceSaboteurs,
  ...textSaboteurs,
  ...uniquenessSaboteurs,
  ...raceSaboteurs,
  ...listingSaboteurs,
  ...filterSaboteurs,
  ...sortSaboteurs,
  ...tenancySaboteurs,
  ...memberSaboteurs,
  ...stateSaboteurs,
  ...markSaboteurs,
  ...transactionSaboteurs,
  ...isolationSaboteurs,
};
