import type { Directory } from "../../directory/directory.ts";
import { type ContractCase, lacking } from "../contract/contract-case.ts";
import { reasonNotApplied } from "../contract/not-applicable.ts";
import type { DirectoryCase, DirectorySeed } from "./directory-case.ts";
import { type DirectoryListingCaseId, directoryListingCases } from "./listing-cases.ts";
import { type DirectoryMembershipCaseId, directoryMembershipCases } from "./membership-cases.ts";

/** The cases that every `Directory` must pass. */
export type DirectoryCaseId = DirectoryListingCaseId | DirectoryMembershipCaseId;

/** How a contract gets its directories. */
export interface DirectoryContractOptions {
  /** Creates a directory with exactly this content; called once for each case. */
  create(seed: DirectorySeed): Promise<Directory>;
  /**
   * Takes away what the directory reads from, so that it can tell nothing any more. Without it the case on outages is
   * skipped.
   */
  breakDown?(directory: Directory): Promise<void>;
  /** Releases it after the case, whether the case passed or not. */
  destroy?(directory: Directory): Promise<void>;
}

/**
 * The guarantees of `Directory` as test cases: run them with `runContract`.
 *
 * @example
 * ```ts
 * import { describe, it } from "vitest";
 * import { arrayDirectory } from "scimkit/directory";
 * import { directoryContract, runContract } from "scimkit/testing";
 *
 * const cases = directoryContract({ create: async (seed) => arrayDirectory(seed) });
 * runContract({ describe, it }, "directory: arrays", cases);
 * ```
 */
export function directoryContract(options: DirectoryContractOptions): ContractCase<DirectoryCaseId>[] {
  const cases: Readonly<Record<DirectoryCaseId, DirectoryCase>> = {
    ...directoryListingCases,
    ...directoryMembershipCases,
  };
  return Object.entries(cases).map(([id, { title, needs, seed, run }]) => ({
    id: id as DirectoryCaseId,
    title,
    skip: lacking(needs, options),
    run: async () => {
      const directory = await options.create(seed);
      const { breakDown } = options;
      try {
        return await reasonNotApplied(() => run({ directory, breakDown: breakDown && (() => breakDown(directory)) }));
      } finally {
        await options.destroy?.(directory);
      }
    },
  }));
}
