import { URN } from "../../protocol/urns.ts";
import { COMMON_CONSEQUENCES } from "./common-consequences.ts";
import type { SimulationOptions } from "./connection.ts";
import type { SimulatedFetch } from "./exchange.ts";
import { memberValues, patchWith, type Write } from "./patch-body.ts";
import { type Json, PATHS, userDocument } from "./person-document.ts";
import type { PersonChange, Product, TeamChange } from "./product.ts";
import { simulate } from "./simulate.ts";
import type { SimulatedIdentityProvider, UserListing } from "./simulated-identity-provider.ts";
import type { Person, PersonAttribute } from "./simulated-user.ts";

/** Options of `simulateOkta`. */
export interface SimulateOktaOptions extends SimulationOptions {
  /**
   * How users are changed: `PUT` of the whole user, as applications made with the wizard do, or `PATCH`, as applications of the
   * Okta Integration Network do. Default: `PUT`.
   */
  readonly updates?: "PUT" | "PATCH";
}

const NAMES: ReadonlySet<PersonAttribute> = new Set(["givenName", "familyName"]);

/** The user as it was read, with the changes, and with everything that Okta does not know. */
function wholeUser({ after, current }: PersonChange): Write {
  const document = userDocument(after);
  const schemas = [
    ...new Set([...(Array.isArray(current.schemas) ? current.schemas : []), ...(document.schemas as [])]),
  ];
  return { method: "PUT", body: { ...current, ...document, schemas } };
}

/** An operation without a path for what has a value, and one with a path for what is cleared. */
function changedAttributes({ after, changed }: PersonChange): Write {
  const isCleared = (attribute: PersonAttribute): boolean => !after[attribute] && attribute !== "active";
  const cleared = changed.filter(isCleared).map((attribute) => ({ op: "remove", path: PATHS[attribute] }));
  const set = changed.filter((attribute) => !isCleared(attribute));
  const document = userDocument(after);
  const keys = set.map((attribute) => {
    if (NAMES.has(attribute)) return "name";
    if (attribute === "email") return "emails";
    return attribute === "department" || attribute === "manager" ? URN.enterpriseUser : attribute;
  });
  const value = Object.fromEntries(keys.map((key) => [key, document[key]]));
  return patchWith(...cleared, ...(set.length === 0 ? [] : [{ op: "replace", value }]));
}

function memberWrites({ id, team, add, remove }: TeamChange): Write[] {
  const removed = remove.map((value) => ({ op: "remove", path: `members[value eq ${JSON.stringify(value)}]` }));
  const added = add.length === 0 ? [] : [{ op: "add", path: "members", value: memberValues(add) }];
  return [nameWrite(id, team.displayName), patchWith(...removed, ...added)];
}

const nameWrite = (id: string, displayName: string): Write => patchWith({ op: "replace", value: { id, displayName } });

const page = (startIndex: number, count: number): string => `startIndex=${startIndex}&count=${count}`;

function search(attribute: string, value: string): string {
  return `filter=${encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`)}&${page(1, 100)}`;
}

function createdUser(person: Person): Json {
  return { ...userDocument(person), locale: "en-US", groups: [], password: `Okta-${person.externalId}` };
}

function productOf(updates: "PUT" | "PATCH"): Product {
  return {
    name: "Okta",
    headers: { "User-Agent": "Okta SCIM Client 1.0.0", "Accept-Charset": "utf-8" },
    consequences: {
      ...COMMON_CONSEQUENCES,
      reachable: "shows the task as failed on the page Tasks, where an administrator can retry it",
      paging: "imports some users twice, and takes others for deleted",
      deactivated: "cannot assign the user again, and creates a second account",
    },
    probes: [
      { path: `/Users?${page(1, 2)}`, returns: "list" },
      { path: `/Groups?${page(1, 100)}`, returns: "list" },
    ],
    user: {
      lookUp: "before-create",
      query: ({ userName }) => search("userName", userName),
      create: createdUser,
      readsFirst: updates === "PUT",
      update: updates === "PUT" ? wholeUser : changedAttributes,
      departure: ["deactivate"],
    },
    group: {
      query: ({ displayName }) => search("displayName", displayName),
      create: ({ displayName }) => ({ schemas: [URN.group], displayName, members: [] }),
      createHasMembers: false,
      rename: ({ id, displayName }) => nameWrite(id, displayName),
      changeMembers: memberWrites,
    },
    page,
  };
}

/**
 * Simulates Okta. It searches before it creates, sends a random password and an empty `groups`, never deletes users, and
 * sends the name of a group before each change of its members. A 404 is an empty list for it.
 *
 * @see https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/
 * @see https://developer.okta.com/docs/concepts/faqs/
 * @throws {TypeError} if `baseUrl` is not a URL
 */
export function simulateOkta(
  fetch: SimulatedFetch,
  options: SimulateOktaOptions,
): SimulatedIdentityProvider & UserListing {
  return simulate(fetch, productOf(options.updates ?? "PUT"), options);
}
