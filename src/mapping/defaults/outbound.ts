import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import { URN } from "../../protocol/urns.ts";
import { type Mapping, type MappingOptions, mappingOf } from "../expressions/define-mapping.ts";
import type { ProviderVariables } from "../expressions/provider-variables.ts";

/** The variables of the mappings below: `providerVariables` of a user or a group. */
type UserVariables = ProviderVariables & { readonly user: DirectoryUser };
type GroupVariables = ProviderVariables & { readonly group: DirectoryGroup };

const mapping = <V>(options: MappingOptions<V>): Mapping<"provider"> => mappingOf(options, "provider");

/**
 * From a directory user to a SCIM User: `userName`, `externalId` (the subject id), `active`, `name`, `displayName`,
 * `emails` and all other attributes of RFC 7643 that the user has under SCIM's own names, the enterprise extension
 * under `enterprise`, and other extensions under their URNs if the application knows them.
 *
 * Simple directories work too. A `name` that is a text becomes given name (up to the first space), family name and
 * `displayName`; without a space the family name is one blank, since some applications require one. An `email` becomes
 * the only e-mail address, a web address in `avatar` the only photo, and a text in a list the `value` of an element.
 * `active` is true unless it is false in the directory.
 *
 * If you leave a mapping out of the list, its attributes are left out. To override a single attribute, add a mapping
 * whose name comes later.
 */
export const providerUserMappings: readonly Mapping<"provider">[] = Object.freeze([
  mapping<UserVariables>({
    name: "00 directory user: 10 identity",
    resourceType: "User",
    expression: ({ user, subjectId }) => ({
      userName: user.userName,
      externalId: subjectId,
      active: user.active ?? true,
    }),
  }),
  mapping<UserVariables>({
    name: "00 directory user: 30 name",
    resourceType: "User",
    expression: ({ user }) => nameOf(user),
  }),
  mapping<UserVariables>({
    name: "00 directory user: 40 contact",
    resourceType: "User",
    expression: ({ user }) => ({
      emails: emailsOf(user),
      phoneNumbers: valuesOf(user.phoneNumbers),
      ims: valuesOf(user.ims),
      addresses: user.addresses,
    }),
  }),
  mapping<UserVariables>({
    name: "00 directory user: 50 profile",
    resourceType: "User",
    expression: ({ user }) => ({
      nickName: user.nickName,
      profileUrl: user.profileUrl,
      photos: photosOf(user),
      title: user.title,
      userType: user.userType,
      preferredLanguage: user.preferredLanguage,
      locale: isBlank(user.locale) ? undefined : user.locale,
      timezone: user.timezone,
    }),
  }),
  mapping<UserVariables>({
    name: "00 directory user: 60 access",
    resourceType: "User",
    expression: ({ user }) => ({
      roles: valuesOf(user.roles),
      entitlements: valuesOf(user.entitlements),
      x509Certificates: valuesOf(user.x509Certificates),
    }),
  }),
  mapping<UserVariables>({
    name: "00 directory user: 70 enterprise",
    resourceType: "User",
    expression: ({ user, schemas }) =>
      schemas.includes(URN.enterpriseUser) ? { [URN.enterpriseUser]: user.enterprise } : undefined,
  }),
  mapping<UserVariables>({
    name: "00 directory user: 80 extensions",
    resourceType: "User",
    expression: ({ user, schemas }) => extensionsOf(user, schemas),
  }),
]);

/**
 * From a directory group to a SCIM Group: `displayName`, `externalId` (the group's id), and extensions that the
 * application knows. Members are pushed by reference.
 */
export const providerGroupMappings: readonly Mapping<"provider">[] = Object.freeze([
  mapping<GroupVariables>({
    name: "00 directory group: 10 identity",
    resourceType: "Group",
    expression: ({ group, subjectId }) => ({ displayName: group.displayName, externalId: subjectId }),
  }),
  mapping<GroupVariables>({
    name: "00 directory group: 80 extensions",
    resourceType: "Group",
    expression: ({ group, schemas }) => extensionsOf(group, schemas),
  }),
]);

function nameOf({ name, displayName }: DirectoryUser): object {
  if (typeof name !== "string") return { name, displayName };
  if (isBlank(name)) return { displayName };
  const space = name.indexOf(" ");
  const parts =
    space < 0
      ? { formatted: `${name} `, givenName: name, familyName: " " }
      : { formatted: name, givenName: name.slice(0, space), familyName: name.slice(space + 1) };
  return { name: parts, displayName: displayName ?? name };
}

/** Addresses that are plain texts become values of the type `other`; the first one is primary. */
function emailsOf({ emails, email }: DirectoryUser): unknown {
  const list: unknown = emails ?? (isBlank(email) ? undefined : [email]);
  if (!Array.isArray(list)) return list;
  return list.map((one: unknown, index) =>
    typeof one === "string" ? { value: one, type: "other", ...(index === 0 ? { primary: true } : {}) } : one,
  );
}

function photosOf({ photos, avatar }: DirectoryUser): unknown {
  if (photos !== undefined) return valuesOf(photos);
  return typeof avatar === "string" && /^https?:/i.test(avatar) ? [{ value: avatar, type: "photo" }] : undefined;
}

/** The values of a list; other values are checked by the validation of the result. */
function valuesOf(list: unknown): unknown {
  return Array.isArray(list) ? list.map((one: unknown) => (typeof one === "string" ? { value: one } : one)) : list;
}

/** The properties whose names are URNs of schemas. */
function extensionsOf(object: DirectoryUser | DirectoryGroup, schemas: readonly string[]): object {
  return Object.fromEntries(schemas.filter((urn) => Object.hasOwn(object, urn)).map((urn) => [urn, object[urn]]));
}

function isBlank(text: unknown): boolean {
  return text === undefined || (typeof text === "string" && text.trim() === "");
}
