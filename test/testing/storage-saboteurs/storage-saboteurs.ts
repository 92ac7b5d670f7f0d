import type { StorageCaseId } from "../../../src/testing/storage/storage-contract.ts";
import { afterCommitSaboteurs } from "./after-commit-saboteurs.ts";
import type { Saboteur } from "./altered-storage.ts";
import { capabilitySaboteurs } from "./capability-saboteurs.ts";
import { filterSaboteurs } from "./filter-saboteurs.ts";
import { isolationSaboteurs } from "./isolation-saboteurs.ts";
import { listingSaboteurs } from "./listing-saboteurs.ts";
import { markSaboteurs } from "./mark-saboteurs.ts";
import { memberSaboteurs } from "./member-saboteurs.ts";
import { raceSaboteurs } from "./race-saboteurs.ts";
import { resourceSaboteurs } from "./resource-saboteurs.ts";
import { sortSaboteurs } from "./sort-saboteurs.ts";
import { stateSaboteurs } from "./state-saboteurs.ts";
import { tenancySaboteurs } from "./tenancy-saboteurs.ts";
import { textSaboteurs } from "./text-saboteurs.ts";
import { transactionSaboteurs } from "./transaction-saboteurs.ts";
import { uniquenessSaboteurs } from "./uniqueness-saboteurs.ts";
import { wholeSaboteurs } from "./whole-saboteurs.ts";

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
  ...afterCommitSaboteurs,
  ...wholeSaboteurs,
  ...isolationSaboteurs,
};
