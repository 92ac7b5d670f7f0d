import type { Saboteur } from "./storage/altered-storage.ts";
import { capabilitySaboteurs } from "./storage/capability-cases.ts";
import { filterSaboteurs } from "./storage/filter-saboteurs.ts";
import { isolationSaboteurs } from "./storage/isolation-saboteurs.ts";
import { listingSaboteurs } from "./storage/listing-saboteurs.ts";
import { markSaboteurs } from "./storage/mark-saboteurs.ts";
import { memberSaboteurs } from "./storage/member-saboteurs.ts";
import { raceSaboteurs } from "./storage/race-saboteurs.ts";
import { resourceSaboteurs } from "./storage/resource-saboteurs.ts";
import { sortSaboteurs } from "./storage/sort-saboteurs.ts";
import { stateSaboteurs } from "./storage/state-saboteurs.ts";
import { tenancySaboteurs } from "./storage/tenancy-saboteurs.ts";
import { textSaboteurs } from "./storage/text-saboteurs.ts";
import { transactionSaboteurs } from "./storage/transaction-saboteurs.ts";
import { uniquenessSaboteurs } from "./storage/uniqueness-saboteurs.ts";
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
