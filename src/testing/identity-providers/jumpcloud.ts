import { URN } from "../../protocol/urns.ts";
import { COMMON_CONSEQUENCES } from "./common-consequences.ts";
import type { SimulationOptions } from "./connection.ts";
import type { SimulatedFetch } from "./exchange.ts";
import { memberValues, patchWith } from "./patch-body.ts";
import { userDocument } from "./person-document.ts";
import type { Product } from "./product.ts";
import { simulate } from "./simulate.ts";
import type { SimulatedIdentityProvider } from "./simulated-identity-provider.ts";

const search = (attribute: string, value: string): string =>
  `filter=${encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`)}`;

const PRODUCT: Product = {
  name: "JumpCloud",
  headers: {},
  consequences: {
    ...COMMON_CONSEQUENCES,
    empty: "reports that the test of the connection failed",
    members: "reports that groups are not supported, or leaves the wrong people in a group",
  },
  probes: [{ path: "/Users?count=1&startIndex=1", returns: "list" }],
  hasTestObjects: true,
  user: {
    lookUp: "before-create",
    query: ({ userName }) => search("userName", userName),
    create: (person) => ({ ...userDocument(person), schemas: [URN.user, URN.enterpriseUser] }),
    readsFirst: false,
    update: ({ id, after }) => ({
      method: "PUT",
      // Arrays without values clear what the user had.
      body: { addresses: [], phoneNumbers: [], ...userDocument(after), id, schemas: [URN.enterpriseUser, URN.user] },
    }),
    departure: ["delete"],
  },
  group: {
    query: ({ displayName }) => search("displayName", displayName),
    create: ({ displayName }) => ({ schemas: [URN.group], displayName }),
    createHasMembers: false,
    rename: ({ displayName }) => patchWith({ op: "replace", path: "displayName", value: displayName }),
    changeMembers: ({ add, remove }) => [
      ...(remove.length === 0 ? [] : [patchWith({ op: "remove", path: "members", value: memberValues(remove) })]),
      ...(add.length === 0 ? [] : [patchWith({ op: "add", path: "members", value: memberValues(add) })]),
    ],
  },
};

/**
 * Simulates JumpCloud. To test a connection it creates a user and a group, changes them, and deletes them. It changes users
 * with PUT, and the members of groups with PATCH.
 *
 * @see https://jumpcloud.com/support/provision-and-manage-users-and-groups-in-apps-using-custom-scim-identity-management-integration
 * @throws {TypeError} if `baseUrl` is not a URL
 */
export function simulateJumpCloud(fetch: SimulatedFetch, options: SimulationOptions): SimulatedIdentityProvider {
  return simulate(fetch, PRODUCT, options);
}
