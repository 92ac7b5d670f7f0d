/** What the example's identity providers write into their messages; they know SCIM, not scimkit. */
export const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
export const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** A resource or message as JSON has it. */
export type Json = Readonly<Record<string, unknown>>;

/** One operation of a PATCH. */
export interface PatchOperation {
  readonly op: string;
  readonly path?: string;
  readonly value?: unknown;
}

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function patch(...operations: PatchOperation[]): Json {
  return { schemas: [PATCH_OP], Operations: operations };
}

/** A query as identity providers write it: spaces as `%20`, text values of filters quoted as JSON. */
export function query(parameters: Readonly<Record<string, string | number>>): string {
  const parts = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

export function eq(path: string, value: string): string {
  return `${path} eq ${JSON.stringify(value)}`;
}

/** The resources of a list response. */
export function resourcesOf(list: Json): Json[] {
  return Array.isArray(list.Resources) ? list.Resources.filter(isJson) : [];
}

/** A resource's id; it must have one. */
export function idOf(resource: Json): string {
  if (typeof resource.id !== "string") throw new TypeError("The response is not a resource: it has no id");
  return resource.id;
}

/** The ids of a group's members. */
export function memberIds(group: Json): Set<string> {
  const members = Array.isArray(group.members) ? group.members.filter(isJson) : [];
  return new Set(members.flatMap(({ value }) => (typeof value === "string" ? [value] : [])));
}

/** The id of a user's manager, if there is one. */
export function managerId(user: Json): string | undefined {
  const extension = user[ENTERPRISE_USER];
  if (!isJson(extension) || !isJson(extension.manager)) return undefined;
  return typeof extension.manager.value === "string" ? extension.manager.value : undefined;
}

const NOT_COMPARED = new Set(["schemas", "id", "meta", "groups", "roles", "password", "manager"]);

/**
 * Every single value of a user with the path under which Entra ID would send it: `name.familyName`,
 * `emails[type eq "work"].value`, `urn:…:User:department`. Two users are the same if these are.
 */
export function valuesOf(user: Json): Map<string, string | boolean> {
  const values = new Map<string, string | boolean>();
  const put = (path: string, value: unknown): void => {
    if (typeof value === "string" || typeof value === "boolean") values.set(path, value);
  };
  const putAll = (object: Json, path: (name: string) => string): void => {
    for (const [name, value] of Object.entries(object)) if (!NOT_COMPARED.has(name)) put(path(name), value);
  };
  putAll(user, (name) => name);
  for (const [name, value] of Object.entries(user)) {
    if (NOT_COMPARED.has(name)) continue;
    if (isJson(value)) putAll(value, (sub) => (name.startsWith("urn:") ? `${name}:${sub}` : `${name}.${sub}`));
    if (!Array.isArray(value)) continue;
    for (const { type, primary: _primary, ...rest } of value.filter(isJson)) {
      if (typeof type === "string") putAll(rest, (sub) => `${name}[type eq "${type}"].${sub}`);
    }
  }
  return values;
}

/** The values of `wanted` that `present` does not have. Other values of `present` are ignored. */
export function differences(wanted: Json, present: Json): [path: string, value: string | boolean][] {
  const there = valuesOf(present);
  return [...valuesOf(wanted)].filter(([path, value]) => there.get(path) !== value);
}
