import { URN } from "../../protocol/urns.ts";
import { COMMON_CONSEQUENCES } from "./common-consequences.ts";
import type { SimulationOptions } from "./connection.ts";
import type { SimulatedFetch } from "./exchange.ts";
import { memberValues, patchWith } from "./patch-body.ts";
import { type Json, userDocument } from "./person-document.ts";
import type { Product } from "./product.ts";
import { simulate } from "./simulate.ts";
import type { SimulatedIdentityProvider } from "./simulated-identity-provider.ts";
import type { Person } from "./simulated-user.ts";

/** Options of `simulateOneLogin`. */
export interface SimulateOneLoginOptions extends SimulationOptions {
  /** What the administrator chose for users who are deleted in OneLogin. Default: `delete`. */
  readonly whenDeleted?: "delete" | "suspend";
}

/** The template for users of the connector "SCIM v2 Enterprise": it has `id` as null, and `meta`. */
function template(person: Person): Json {
  return {
    ...userDocument(person),
    schemas: [URN.user, URN.enterpriseUser],
    id: null,
    meta: { resourceType: "User" },
  };
}

function productOf(whenDeleted: "delete" | "suspend"): Product {
  return {
    name: "OneLogin",
    headers: { "User-Agent": "", Accept: "application/json" },
    consequences: COMMON_CONSEQUENCES,
    probes: [
      { path: `/Users?filter=${encodeURIComponent('userName eq "')}{guid}%22`, returns: "empty list" },
      { path: "/Groups", returns: "list" },
    ],
    user: {
      lookUp: "before-create",
      query: ({ userName }) => `filter=${encodeURIComponent(`userName eq ${JSON.stringify(userName)}`)}`,
      create: template,
      readsFirst: false,
      update: ({ after }) => ({ method: "PUT", body: template(after) }),
      departure: [whenDeleted === "delete" ? "delete" : "deactivate"],
    },
    group: {
      create: ({ displayName }) => ({ schemas: [URN.group], displayName, members: [] }),
      createHasMembers: false,
      rename: ({ displayName }) => patchWith({ op: "replace", path: "displayName", value: displayName }),
      changeMembers: ({ add, remove }) => [
        ...(remove.length === 0 ? [] : [patchWith({ op: "remove", path: "members", value: memberValues(remove) })]),
        ...(add.length === 0 ? [] : [patchWith({ op: "add", path: "members", value: memberValues(add) })]),
      ],
    },
  };
}

/**
 * Simulates OneLogin with the default template of its connector "SCIM v2 Enterprise". It sends an empty `User-Agent`, changes
 * users with PUT, and the members of groups with PATCH. A 404 is an empty list for it.
 *
 * @see https://developers.onelogin.com/scim/implement-scim-api
 * @throws {TypeError} if `baseUrl` is not a URL
 */
export function simulateOneLogin(fetch: SimulatedFetch, options: SimulateOneLoginOptions): SimulatedIdentityProvider {
  return simulate(fetch, productOf(options.whenDeleted ?? "delete"), options);
}
