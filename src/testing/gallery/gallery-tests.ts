import { bindCases, type CaseTable, type ContractCase } from "../contract/contract-case.ts";
import { simulateEntra } from "../identity-providers/entra.ts";
import { simulateOkta } from "../identity-providers/okta.ts";
import { ENTRA_COMPLIANCE_TESTS } from "./entra-compliance-tests.ts";
import { ENTRA_GROUP_TESTS, ENTRA_USER_TESTS } from "./entra-lifecycle-tests.ts";
import type { GalleryTests } from "./gallery-test.ts";
import { OKTA_TESTS } from "./okta-tests.ts";
import { type Gallery, type GalleryTarget, runGalleryTest } from "./run-gallery-test.ts";

/** A gallery of applications that tests them before it lists them. */
export type GalleryName = "entra" | "okta";

/** How the tests of a gallery get the SCIM endpoint. */
export interface GalleryOptions {
  /** Returns the endpoint; called once for each test. */
  create(): Promise<GalleryTarget>;
  /** Releases it after the test, whether the test passed or not. */
  destroy?(target: GalleryTarget): Promise<void>;
}

const GALLERIES: Readonly<Record<GalleryName, Gallery & { readonly tests: GalleryTests }>> = {
  entra: {
    simulate: simulateEntra,
    headers: {},
    tests: { ...ENTRA_USER_TESTS, ...ENTRA_GROUP_TESTS, ...ENTRA_COMPLIANCE_TESTS },
  },
  okta: {
    simulate: simulateOkta,
    headers: { "User-Agent": "OKTA SCIM Integration", "Accept-Charset": "utf-8" },
    tests: OKTA_TESTS,
  },
};

/**
 * The tests that Microsoft and Okta run before they list an application, written again as test cases: run them with
 * `runContract`. What a test creates is deleted at its end.
 *
 * - `entra`: the 25 tests of Microsoft's SCIM validation, by their names. Those of credentials are skipped for a target
 *   without a client secret or without federation; Microsoft requires that one of them passes.
 * - `okta`: the SCIM 2.0 SPEC Test and the SCIM 2.0 CRUD Test.
 *
 * @see https://github.com/AzureAD/SCIMReferenceCode/blob/master/Microsoft.SCIM.LogicAppValidationTemplate/StandardLogicApp/SCIM-Validation-Test-Overview.md
 * @see https://developer.okta.com/docs/guides/scim-provisioning-integration-test/main/
 *
 * @example
 * ```ts
 * import { describe, it } from "vitest";
 * import { galleryTests, runContract } from "scimkit/testing";
 *
 * const target = { fetch, baseUrl: "https://app.example/scim/v2", token: "secret" };
 * runContract({ describe, it }, "the gallery of Okta", galleryTests("okta", { create: async () => target }));
 * ```
 */
export function galleryTests(gallery: GalleryName, options: GalleryOptions): ContractCase[] {
  const { tests } = GALLERIES[gallery];
  const cases = Object.entries(tests).map(([id, test]) => [
    id,
    {
      title: test.isOptional === true ? `${test.title} (optional)` : test.title,
      run: (target: GalleryTarget) => runGalleryTest(GALLERIES[gallery], test, target),
    },
  ]);
  const table: CaseTable<string, GalleryTarget> = Object.fromEntries(cases);
  const destroy = async (target: GalleryTarget): Promise<void> => options.destroy?.(target);
  return bindCases(table, { options, create: () => options.create(), destroy });
}
