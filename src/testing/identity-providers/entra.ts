import { URN } from "../../protocol/urns.ts";
import { COMMON_CONSEQUENCES } from "./common-consequences.ts";
import type { SimulationOptions } from "./connection.ts";
import type { SimulatedFetch } from "./exchange.ts";
import { patchWith, type Write } from "./patch-body.ts";
import { type Json, PATHS, personAttribute, userDocument } from "./person-document.ts";
import type { PersonChange, Product, TeamChange } from "./product.ts";
import { simulate } from "./simulate.ts";
import type { SimulatedIdentityProvider } from "./simulated-identity-provider.ts";
import type { Consequences } from "./simulation-check.ts";

/** Options of `simulateEntra`. */
export interface SimulateEntraOptions extends SimulationOptions {
  /**
   * The form of PATCH requests: `standard`, for a Tenant URL with `?aadOptscim062020`, or `default`, with capitalized operations
   * and booleans as texts. Default: `default`.
   */
  readonly patchForm?: "standard" | "default";
}

/** Entra lists this URN in `schemas` of a group, beside that of SCIM. */
const ENTRA_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

const CONSEQUENCES: Consequences = {
  ...COMMON_CONSEQUENCES,
  reachable: "counts an error, and puts the job in quarantine if there are too many",
  authorized: "puts the job in quarantine",
  lifetime: "does not admit the application to its gallery",
  empty: "fails the test of the connection, and puts the job in quarantine",
  created: "counts an error, and tries the create again in the next cycle",
  shown: "sends the same change again in each cycle",
  deactivated: "takes the user for deleted, and creates a second account when the user returns",
  excluded: "reads all members of large groups in each cycle",
};

const quoted = (value: string): string => JSON.stringify(value);

/** An operation of the default form: capitalized, with booleans as texts. */
function defaultOperation(change: PersonChange, attribute: PersonChange["changed"][number]): Json {
  const path = PATHS[attribute];
  const value = change.after[attribute];
  const isUnset = value === undefined || value === null || value === "";
  if (isUnset && attribute !== "manager") return { op: "Remove", path };
  const op = personAttribute(attribute, change.current) === undefined ? "Add" : "Replace";
  if (isUnset) return { op: "Replace", path, value: "" };
  return { op, path, value: typeof value === "boolean" ? (value ? "True" : "False") : value };
}

/** The standard form: a path only for what needs one, and an object with dotted and qualified names for the rest. */
function standardOperations({ after, changed }: PersonChange): Json[] {
  const rest: Record<string, unknown> = {};
  const operations: Json[] = [];
  for (const attribute of changed) {
    const [path, value] = [PATHS[attribute], after[attribute]];
    if (attribute === "manager") operations.push({ op: "replace", path, value: value ?? "" });
    else if (value === undefined || value === null || value === "") operations.push({ op: "remove", path });
    else if (changed.length === 1 || attribute === "email") operations.push({ op: "replace", path, value });
    else rest[path] = value;
  }
  return Object.keys(rest).length === 0 ? operations : [...operations, { op: "replace", value: rest }];
}

function memberWrites({ add, remove }: TeamChange, isStandard: boolean): Write[] {
  const added = add.map((value) => ({
    op: isStandard ? "add" : "Add",
    path: "members",
    value: [{ $ref: null, value }],
  }));
  const removed = remove.map((value) =>
    isStandard
      ? { op: "remove", path: `members[value eq ${quoted(value)}]` }
      : { op: "Remove", path: "members", value: [{ $ref: null, value }] },
  );
  return [...added, ...removed].map((operation) => patchWith(operation));
}

function productOf(isStandard: boolean): Product {
  return {
    name: "Entra ID",
    headers: {},
    consequences: CONSEQUENCES,
    probes: [
      { path: `/Users?filter=${encodeURIComponent('userName eq "')}{guid}%22`, returns: "empty list" },
      {
        path: `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "')}{guid}%22`,
        returns: "empty list",
      },
    ],
    user: {
      lookUp: "before-create",
      query: ({ userName }) => `filter=${encodeURIComponent(`userName eq ${quoted(userName)}`)}`,
      create: (person) => ({
        ...userDocument(person),
        schemas: [URN.user, URN.enterpriseUser],
        meta: { resourceType: "User" },
        roles: [],
      }),
      readsFirst: true,
      update: (change) =>
        patchWith(
          ...(isStandard
            ? standardOperations(change)
            : change.changed.map((attribute) => defaultOperation(change, attribute))),
        ),
      departure: ["deactivate", "delete"],
    },
    group: {
      query: ({ displayName }) =>
        `excludedAttributes=members&filter=${encodeURIComponent(`displayName eq ${quoted(displayName)}`)}`,
      create: ({ externalId, displayName }) => ({
        schemas: [URN.group, ENTRA_GROUP],
        ...{ externalId, displayName },
        meta: { resourceType: "Group" },
      }),
      createHasMembers: false,
      readQuery: "excludedAttributes=members",
      rename: ({ displayName }) =>
        patchWith({ op: isStandard ? "replace" : "Replace", path: "displayName", value: displayName }),
      changeMembers: (change) => memberWrites(change, isStandard),
    },
  };
}

/**
 * Simulates Microsoft Entra ID. It searches before it creates, reads before it changes, creates groups without members, and
 * deletes a user softly (`active: false`) before it sends DELETE.
 *
 * @see https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
 * @see https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility
 * @throws {TypeError} if `baseUrl` is not a URL
 */
export function simulateEntra(fetch: SimulatedFetch, options: SimulateEntraOptions): SimulatedIdentityProvider {
  return simulate(fetch, productOf(options.patchForm === "standard"), options);
}
