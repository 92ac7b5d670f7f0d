import { URN } from "../../protocol/urns.ts";
import { COMMON_CONSEQUENCES } from "./common-consequences.ts";
import type { SimulationOptions } from "./connection.ts";
import type { SimulatedFetch } from "./exchange.ts";
import { memberValues, patchWith, type Write } from "./patch-body.ts";
import { type Json, userDocument } from "./person-document.ts";
import type { Product } from "./product.ts";
import { simulate } from "./simulate.ts";
import type { SimulatedIdentityProvider, UserListing } from "./simulated-identity-provider.ts";
import type { Person } from "./simulated-user.ts";

/** The default mapping: an address of type `other`, and a formatted name. */
function mapped(person: Person): Json {
  const document = userDocument(person);
  const { email, givenName, familyName } = person;
  const name = document.name === undefined ? undefined : { ...document.name, formatted: `${givenName} ${familyName}` };
  const emails = email ? [{ primary: true, type: "other", value: email }] : undefined;
  return { ...document, name, emails };
}

/** One operation for each member. */
function memberWrites(op: "add" | "remove", ids: readonly string[]): Write[] {
  if (ids.length === 0) return [];
  return [patchWith(...ids.map((id) => ({ op, path: "members", value: memberValues([id]) })))];
}

const PRODUCT: Product = {
  name: "authentik",
  headers: { "User-Agent": "authentik@2025.10.0" },
  consequences: {
    ...COMMON_CONSEQUENCES,
    empty: "cannot link the object after a conflict",
    read: "takes it for a server without PATCH and filters, or for a deleted object",
    paging: "links some users twice, and does not find others",
    members: "sends the same changes of members again in each sync",
  },
  probes: [{ path: "/ServiceProviderConfig", returns: "resource" }],
  user: {
    lookUp: "after-conflict",
    query: ({ userName }) => `filter=${encodeURIComponent(`userName eq ${JSON.stringify(userName)}`)}`,
    create: mapped,
    readsFirst: false,
    update: ({ id, after }) => ({ method: "PUT", body: { ...mapped(after), id } }),
    departure: ["delete"],
  },
  group: {
    create: ({ externalId, displayName }) => ({ schemas: [URN.group], externalId, displayName }),
    createHasMembers: false,
    // Its PATCH has no `schemas`, and its value has `id` and `schemas`.
    rename: ({ id, displayName, externalId }) => ({
      method: "PATCH",
      body: { Operations: [{ op: "replace", value: { id, displayName, schemas: [URN.group], externalId } }] },
    }),
    changeMembers: ({ add, remove }) => [...memberWrites("remove", remove), ...memberWrites("add", add)],
  },
  page: (startIndex) => (startIndex === 1 ? "" : `startIndex=${startIndex}`),
};

/**
 * Simulates the SCIM provider of authentik. It creates without a search, searches after a 409, changes users with PUT, and
 * sends one operation for each member of a group.
 *
 * @see https://docs.goauthentik.io/add-secure-apps/providers/scim/
 * @throws {TypeError} if `baseUrl` is not a URL
 */
export function simulateAuthentik(
  fetch: SimulatedFetch,
  options: SimulationOptions,
): SimulatedIdentityProvider & UserListing {
  return simulate(fetch, PRODUCT, options);
}
