import { chunks, type IdentityProvider } from "./identity-provider.ts";
import type { OrganisationUser } from "./organisation.ts";
import type { ScimHttp } from "./scim-http.ts";
import { userAttributes } from "./user-attributes.ts";
import {
  differences,
  ENTERPRISE_USER,
  eq,
  GROUP,
  idOf,
  isJson,
  type Json,
  managerId,
  memberIds,
  patch,
  query,
  resourcesOf,
  USER,
} from "./wire.ts";

const MEMBERS_PER_PATCH = 100;

/**
 * Sends what Okta sends to an app of its integration network: every search with a page, `groups: []` and a password in
 * a create, an update as the whole user read, changed and PUT back, PATCH without a path for `active` and for a group's name.
 */
export function oktaClient(http: ScimHttp): IdentityProvider {
  const find = async (endpoint: "/Users" | "/Groups", filter: string): Promise<Json | undefined> =>
    resourcesOf(await http.get(`${endpoint}${query({ filter, startIndex: 1, count: 100 })}`))[0];

  /** Reads the user, lays the changes over it and sends back the whole. */
  const replace = async (id: string, changes: Json): Promise<void> => {
    const present = await http.get(`/Users/${id}`);
    await http.send("PUT", `/Users/${id}`, { ...overlay(present, changes), groups: [] });
  };
  const setActive = (id: string, active: boolean): Promise<Json> =>
    http.send("PATCH", `/Users/${id}`, patch({ op: "replace", value: { active } }));
  const setName = (id: string, displayName: string): Promise<Json> =>
    http.send("PATCH", `/Groups/${id}`, patch({ op: "replace", value: { id, displayName } }));

  return {
    name: "Okta",

    async testConnection() {
      await http.get(`/Users${query({ startIndex: 1, count: 2 })}`);
      await http.get(`/Groups${query({ startIndex: 1, count: 100 })}`);
    },

    async provisionUser(user) {
      const present = await find("/Users", eq("userName", user.userName));
      if (present === undefined) {
        const created = await http.send("POST", "/Users", {
          ...userBody(user),
          groups: [],
          password: crypto.randomUUID(),
        });
        if (!user.active) await setActive(idOf(created), false);
        return { outcome: "created", resource: created };
      }
      const wanted = { ...userBody(user), active: user.active };
      if (differences(wanted, present).length === 0) return { outcome: "found", resource: present };
      await replace(idOf(present), wanted);
      return { outcome: "updated", resource: present };
    },

    async setManager(resource, manager) {
      if (managerId(resource) === manager) return false;
      await replace(idOf(resource), { [ENTERPRISE_USER]: { manager: { value: manager } } });
      return true;
    },

    async provisionGroup({ displayName }) {
      const present = await find("/Groups", eq("displayName", displayName));
      if (present !== undefined) {
        if (present.displayName === displayName) return { outcome: "found", resource: present };
        await setName(idOf(present), displayName);
        return { outcome: "updated", resource: { ...present, displayName } };
      }
      const created = await http.send("POST", "/Groups", { schemas: [GROUP], displayName, members: [] });
      return { outcome: "created", resource: created };
    },

    async addMembers({ resource }, members) {
      const id = idOf(resource);
      const present = memberIds(await http.get(`/Groups/${id}`));
      const missing = members.filter((member) => !present.has(member.id));
      // Okta repeats the group's name before it changes the members.
      if (missing.length > 0) await setName(id, String(resource.displayName));
      for (const chunk of chunks(missing, MEMBERS_PER_PATCH)) {
        const value = chunk.map((member) => ({ value: member.id, display: member.userName }));
        await http.send("PATCH", `/Groups/${id}`, patch({ op: "add", path: "members", value }));
      }
      return missing.length;
    },
  };
}

/** Accounts are created active; a deactivated one is switched off in a request of its own. */
function userBody(user: OrganisationUser): Json {
  return {
    schemas: [USER, ENTERPRISE_USER],
    userName: user.userName,
    externalId: user.externalId,
    active: true,
    ...userAttributes(user),
  };
}

/** `changes` over `present`: complex attributes by sub-attribute, lists by the type of their elements. */
function overlay(present: Json, changes: Json): Json {
  const result: Record<string, unknown> = { ...present };
  for (const [name, value] of Object.entries(changes)) {
    const before = present[name];
    if (isJson(value) && isJson(before)) result[name] = { ...before, ...value };
    else if (Array.isArray(value) && Array.isArray(before) && name !== "schemas") {
      const types = new Set(value.filter(isJson).map(({ type }) => type));
      result[name] = [...value, ...before.filter((element) => isJson(element) && !types.has(element.type))];
    } else result[name] = value;
  }
  return result;
}
