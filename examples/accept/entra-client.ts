import { chunks, type IdentityProvider, type Provisioned } from "./identity-provider.ts";
import type { OrganisationUser } from "./organisation.ts";
import type { ScimHttp } from "./scim-http.ts";
import { userAttributes } from "./user-attributes.ts";
import {
  differences,
  ENTERPRISE_USER,
  eq,
  GROUP,
  idOf,
  type Json,
  managerId,
  memberIds,
  patch,
  query,
  resourcesOf,
  USER,
} from "./wire.ts";

/** Entra ID lists this beside the group's schema in every group it creates. */
const MICROSOFT_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
const MEMBERS_PER_PATCH = 5;

/**
 * Sends what Microsoft Entra ID's provisioning service sends without the `aadOptscim062020` flag: capitalised PATCH
 * operations, `"False"` as text, the manager as a bare id, members with `$ref: null`, a few at a time.
 */
export function entraClient(http: ScimHttp): IdentityProvider {
  const findUser = async (filter: string): Promise<Json | undefined> =>
    resourcesOf(await http.get(`/Users${query({ filter })}`))[0];
  const findGroup = async (displayName: string): Promise<Json | undefined> =>
    resourcesOf(
      await http.get(`/Groups${query({ excludedAttributes: "members", filter: eq("displayName", displayName) })}`),
    )[0];

  return {
    name: "Entra ID",

    async testConnection() {
      const nobody = crypto.randomUUID();
      await findUser(eq("userName", nobody));
      await findGroup(nobody);
      await http.get("/Schemas");
    },

    async provisionUser(user) {
      // The matching attributes, in their order: somebody who was renamed is found by what does not change.
      const resource =
        (await findUser(eq("userName", user.userName))) ?? (await findUser(eq("externalId", user.externalId)));
      if (resource !== undefined) {
        return { outcome: await update(http, userBody(user), resource, user.active), resource };
      }
      const created = await http.send("POST", "/Users", userBody(user));
      if (!user.active) await disable(http, created);
      return { outcome: "created", resource: created };
    },

    async setManager(resource, manager) {
      if (managerId(resource) === manager) return false;
      const operation = { op: "Replace", path: `${ENTERPRISE_USER}:manager`, value: manager };
      await http.send("PATCH", `/Users/${idOf(resource)}`, patch(operation));
      return true;
    },

    async provisionGroup({ displayName, externalId }) {
      const present = await findGroup(displayName);
      if (present !== undefined) {
        if (present.displayName === displayName) return { outcome: "found", resource: present };
        const operation = { op: "Replace", path: "displayName", value: displayName };
        await http.send("PATCH", `/Groups/${idOf(present)}`, patch(operation));
        return { outcome: "updated", resource: present };
      }
      const schemas = [GROUP, MICROSOFT_GROUP];
      const created = await http.send("POST", "/Groups", {
        schemas,
        externalId,
        displayName,
        meta: { resourceType: "Group" },
      });
      const resource = await http.get(`/Groups/${idOf(created)}${query({ excludedAttributes: "members" })}`);
      return { outcome: "created", resource };
    },

    async addMembers(group: Provisioned, members) {
      const path = `/Groups/${idOf(group.resource)}`;
      const present = group.outcome === "created" ? new Set<string>() : memberIds(await http.get(path));
      const missing = members.filter(({ id }) => !present.has(id));
      for (const chunk of chunks(missing, MEMBERS_PER_PATCH)) {
        const value = chunk.map(({ id }) => ({ $ref: null, value: id }));
        await http.send("PATCH", path, patch({ op: "Add", path: "members", value }));
      }
      return missing.length;
    },
  };
}

/** Accounts are created enabled; one that is disabled is switched off in a request of its own. */
function userBody(user: OrganisationUser): Json {
  return {
    schemas: [USER, ENTERPRISE_USER],
    externalId: user.externalId,
    userName: user.userName,
    active: true,
    ...userAttributes(user),
    meta: { resourceType: "User" },
    roles: [],
  };
}

async function disable(http: ScimHttp, resource: Json): Promise<void> {
  await http.send("PATCH", `/Users/${idOf(resource)}`, patch({ op: "Replace", path: "active", value: "False" }));
}

/** One operation for each attribute that differs, all in one request. */
async function update(http: ScimHttp, body: Json, resource: Json, active: boolean): Promise<"found" | "updated"> {
  const changes = differences({ ...body, active }, resource);
  if (changes.length === 0) return "found";
  const operations = changes.map(([path, value]) => {
    const text = typeof value === "boolean" ? (value ? "True" : "False") : value;
    return { op: "Replace", path, value: text };
  });
  await http.send("PATCH", `/Users/${idOf(resource)}`, patch(...operations));
  return "updated";
}
