import {
  type SimulatedFetch,
  type SimulatedIdentityProvider,
  type SimulatedUserProvider,
  type SimulationOptions,
  simulateAuthentik,
  simulateEntra,
  simulateGoogle,
  simulateJumpCloud,
  simulateOkta,
  simulateOneLogin,
} from "scimkit/testing";
import { type Left, liveGroups, liveUsers } from "./life.ts";

/** A product with its settings, what happens in it, and whether it deletes users or only deactivates them. */
export interface Simulated {
  readonly live: (
    fetch: SimulatedFetch,
    options: SimulationOptions,
  ) => { readonly provider: SimulatedUserProvider; run(): Promise<Left & { readonly engines?: string }> };
  readonly deletes: boolean;
}

type Simulate<T> = (fetch: SimulatedFetch, options: SimulationOptions) => T;

function withGroups(simulate: Simulate<SimulatedIdentityProvider>, deletes: boolean): Simulated {
  return {
    deletes,
    live: (fetch, options) => {
      const provider = simulate(fetch, options);
      return { provider, run: () => liveGroups(provider) };
    },
  };
}

/** The products, by name and settings. */
export const PRODUCTS: Readonly<Record<string, Simulated>> = {
  entra: withGroups(simulateEntra, true),
  "entra-standard": withGroups((fetch, rest) => simulateEntra(fetch, { ...rest, patchForm: "standard" }), true),
  okta: withGroups(simulateOkta, false),
  "okta-patch": withGroups((fetch, rest) => simulateOkta(fetch, { ...rest, updates: "PATCH" }), false),
  onelogin: withGroups(simulateOneLogin, true),
  "onelogin-suspend": withGroups((fetch, rest) => simulateOneLogin(fetch, { ...rest, whenDeleted: "suspend" }), false),
  jumpcloud: withGroups(simulateJumpCloud, true),
  authentik: withGroups(simulateAuthentik, true),
  google: {
    deletes: true,
    live: (fetch, options) => {
      const provider = simulateGoogle(fetch, options);
      return { provider, run: () => liveUsers(provider) };
    },
  },
};
