import type { Group, User } from "../../protocol/resources.ts";
import { URN } from "../../protocol/urns.ts";
import { type Mapping, type MappingOptions, mappingOf } from "../expressions/define-mapping.ts";
import type { MappedGroup, MappedUser } from "../expressions/mapped-objects.ts";
import type { SourceMapping } from "../expressions/source-mappings.ts";

/** The variables of the mappings below: `sourceVariables` of a resource in canonical form. */
type UserVariables = User & { readonly scim: User };
type GroupVariables = Group & { readonly scim: Group };

const mapping = <V>(options: MappingOptions<V>): Mapping<"source"> => mappingOf(options, "source");

/** The values of `userType` for an account that no person uses, in lower case and without word separators. */
const SERVICE_TYPES: readonly string[] = ["service", "serviceaccount"];

const IDENTITY: readonly string[] = ["id", "externalId", "userName"];
const CONTACT: readonly string[] = ["emails", "phoneNumbers", "ims", "addresses"];
const PROFILE: readonly string[] = [
  "nickName",
  "profileUrl",
  "photos",
  "title",
  "userType",
  "preferredLanguage",
  "locale",
  "timezone",
];
const ACCESS: readonly string[] = ["roles", "entitlements", "x509Certificates"];

/**
 * Attributes that the service provider derives or writes itself, that never reach a mapping, or that have a mapping of
 * their own.
 */
const NOT_OTHER_OF_USER: readonly string[] = [
  ...["schemas", "meta", "groups", "password"],
  ...["active", "displayName", "name", URN.enterpriseUser],
  ...[...IDENTITY, ...CONTACT, ...PROFILE, ...ACCESS],
];
const NOT_OTHER_OF_GROUP: readonly string[] = ["schemas", "meta", "members", "id", "externalId", "displayName"];

/**
 * From a SCIM User to a directory user, which is SCIM-shaped: `id`, `externalId`, `userName`, `active`, `kind`,
 * `displayName`, `name`, `emails` and the rest under their own names, the enterprise extension as `enterprise`, other
 * extensions under their URN. Not `schemas`, `meta`, `groups` and `password`.
 *
 * `active` is true unless it is false in the resource. `kind` is `service_account` if `userType` is `service`,
 * `service_account` or another spelling of it, else `user`. `displayName` falls back to `name.formatted`, then to given
 * and family name, then to `userName`.
 *
 * If you leave a mapping out of the list, its attributes are left out. To override a single attribute, add a mapping
 * whose name comes later.
 */
export const sourceUserMappings: readonly SourceMapping<"user", MappedUser>[] = Object.freeze([
  mapping<UserVariables>({
    name: "00 scim user: 10 identity",
    resourceType: "User",
    expression: ({ scim, active = true }) => ({ ...pick(scim, IDENTITY), active }),
  }),
  mapping<UserVariables>({
    name: "00 scim user: 20 kind",
    resourceType: "User",
    expression: ({ userType }) => ({ kind: isService(userType) ? "service_account" : "user" }),
  }),
  mapping<UserVariables>({
    name: "00 scim user: 30 name",
    resourceType: "User",
    expression: ({ scim, name }) => ({ name, displayName: displayNameOf(scim) }),
  }),
  mapping<UserVariables>({
    name: "00 scim user: 40 contact",
    resourceType: "User",
    expression: ({ scim }) => pick(scim, CONTACT),
  }),
  mapping<UserVariables>({
    name: "00 scim user: 50 profile",
    resourceType: "User",
    expression: ({ scim }) => pick(scim, PROFILE),
  }),
  mapping<UserVariables>({
    name: "00 scim user: 60 access",
    resourceType: "User",
    expression: ({ scim }) => pick(scim, ACCESS),
  }),
  mapping<UserVariables>({
    name: "00 scim user: 70 enterprise",
    resourceType: "User",
    expression: ({ scim }) => ({ enterprise: scim[URN.enterpriseUser] }),
  }),
  mapping<UserVariables>({
    name: "00 scim user: 80 other",
    resourceType: "User",
    expression: ({ scim }) => omit(scim, NOT_OTHER_OF_USER),
  }),
]);

/**
 * From a SCIM Group to a directory group: `id`, `externalId`, `displayName`, and all its other attributes under their
 * own names. Not `schemas`, `meta` and `members`: members are passed by reference.
 */
export const sourceGroupMappings: readonly SourceMapping<"group", MappedGroup>[] = Object.freeze([
  mapping<GroupVariables>({
    name: "00 scim group: 10 identity",
    resourceType: "Group",
    expression: ({ id, externalId, displayName }) => ({ id, externalId, displayName }),
  }),
  mapping<GroupVariables>({
    name: "00 scim group: 20 other",
    resourceType: "Group",
    expression: ({ scim }) => omit(scim, NOT_OTHER_OF_GROUP),
  }),
]);

function isService(userType: string | undefined): boolean {
  return SERVICE_TYPES.includes((userType ?? "").toLowerCase().replaceAll(/[\s_-]/g, ""));
}

function displayNameOf(user: User): string {
  const { displayName, name, userName } = user;
  const parts = [name?.givenName, name?.familyName].filter((part) => !isBlank(part));
  return [displayName, name?.formatted, parts.join(" ")].find((text) => !isBlank(text)) ?? userName;
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}

function pick(resource: User, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, resource[name]]));
}

function omit(resource: User | Group, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(resource).filter(([name]) => !names.includes(name)));
}
