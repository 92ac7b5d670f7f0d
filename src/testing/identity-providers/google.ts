import { URN } from "../../protocol/urns.ts";
import { COMMON_CONSEQUENCES } from "./common-consequences.ts";
import type { SimulationOptions } from "./connection.ts";
import type { SimulatedFetch } from "./exchange.ts";
import { patchWith } from "./patch-body.ts";
import { PATHS, userDocument } from "./person-document.ts";
import type { Product } from "./product.ts";
import { simulate } from "./simulate.ts";
import type { SimulatedUserProvider } from "./simulated-identity-provider.ts";

const PRODUCT: Product = {
  name: "Google Workspace",
  headers: {},
  consequences: {
    ...COMMON_CONSEQUENCES,
    empty: "reports the user as failed, and does not create it",
  },
  probes: [{ path: "/Users?count=1", returns: "list" }],
  user: {
    lookUp: "before-create",
    query: ({ userName }) => `filter=${encodeURIComponent(`userName eq ${JSON.stringify(userName)}`)}`,
    create: (person) => ({ ...userDocument(person), schemas: [URN.user, URN.enterpriseUser] }),
    readsFirst: false,
    update: ({ after, changed }) => {
      const operations = changed.map((attribute) => {
        const value = after[attribute];
        if (attribute === "active") return { op: "replace", value: { active: value } };
        if (value === undefined || value === null || value === "") return { op: "remove", path: PATHS[attribute] };
        return { op: "replace", path: PATHS[attribute], value: attribute === "manager" ? { value } : value };
      });
      return patchWith(...operations);
    },
    departure: ["deactivate", "delete"],
  },
};

/**
 * Simulates the automated user provisioning of Google Workspace. It provisions users only. A user who leaves is suspended
 * first, and deleted later. Google documents its settings, but not its requests: they follow what servers recorded.
 *
 * @see [About automated user provisioning](https://support.google.com/a/answer/7365072)
 * @throws {TypeError} if `baseUrl` is not a URL
 */
export function simulateGoogle(fetch: SimulatedFetch, options: SimulationOptions): SimulatedUserProvider {
  return simulate(fetch, PRODUCT, options);
}
