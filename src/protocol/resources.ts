import type { URN } from "./urns.ts";

/** The metadata of a resource (RFC 7643 section 3.1). Dates are ISO 8601 in UTC. */
export interface Meta {
  resourceType?: string;
  created?: string;
  lastModified?: string;
  location?: string;
  version?: string;
}

/** What every resource has (RFC 7643 section 3.1), as it may be sent. The service provider ignores `id` and `meta`. */
export interface ResourceInput {
  schemas?: string[];
  id?: string;
  externalId?: string;
  meta?: Meta;
}

/**
 * A resource as it is read (RFC 7643 section 3.1). It may have attributes that its type does not declare. Extension data
 * stands under the extension's URN.
 */
export interface Resource extends ResourceInput {
  [attribute: string]: unknown;
}

/** The parts of a person's name (RFC 7643 section 4.1.1). */
export interface Name {
  formatted?: string;
  familyName?: string;
  givenName?: string;
  middleName?: string;
  honorificPrefix?: string;
  honorificSuffix?: string;
}

/** One value of a multi-valued attribute in the default form of RFC 7643 section 2.4. */
export interface MultiValue {
  value?: string;
  display?: string;
  type?: string;
  primary?: boolean;
}

/** A physical address (RFC 7643 section 4.1.2). */
export interface Address {
  formatted?: string;
  streetAddress?: string;
  locality?: string;
  region?: string;
  postalCode?: string;
  country?: string;
  type?: string;
  primary?: boolean;
}

/** A group a user belongs to, as the service provider derives it (RFC 7643 section 4.1.2). Read-only. */
export interface UserGroup {
  value?: string;
  $ref?: string;
  display?: string;
  type?: string;
}

/** A user's manager (RFC 7643 section 4.3). */
export interface Manager {
  value?: string;
  $ref?: string;
  displayName?: string;
}

/** The Enterprise User extension (RFC 7643 section 4.3). */
export interface EnterpriseUser {
  employeeNumber?: string;
  costCenter?: string;
  organization?: string;
  division?: string;
  department?: string;
  manager?: Manager;
}

/** The attributes of the User schema (RFC 7643 section 4.1), as they may be sent. */
export interface UserAttributes {
  userName: string;
  name?: Name;
  displayName?: string;
  nickName?: string;
  profileUrl?: string;
  title?: string;
  userType?: string;
  preferredLanguage?: string;
  locale?: string;
  timezone?: string;
  active?: boolean;
  password?: string;
  emails?: readonly MultiValue[];
  phoneNumbers?: readonly MultiValue[];
  ims?: readonly MultiValue[];
  photos?: readonly MultiValue[];
  addresses?: readonly Address[];
  groups?: readonly UserGroup[];
  entitlements?: readonly MultiValue[];
  roles?: readonly MultiValue[];
  x509Certificates?: readonly MultiValue[];
}

/** A user as it is sent: no attributes but those of RFC 7643. */
export interface UserInput extends ResourceInput, UserAttributes {
  [URN.enterpriseUser]?: EnterpriseUser;
}

/** A user as it is read (RFC 7643 section 4.1). */
export interface User extends Resource, UserAttributes {
  emails?: MultiValue[];
  phoneNumbers?: MultiValue[];
  ims?: MultiValue[];
  photos?: MultiValue[];
  addresses?: Address[];
  groups?: UserGroup[];
  entitlements?: MultiValue[];
  roles?: MultiValue[];
  x509Certificates?: MultiValue[];
  [URN.enterpriseUser]?: EnterpriseUser;
}

/** A member of a group: a user or another group (RFC 7643 section 4.2). */
export interface Member {
  value?: string;
  $ref?: string;
  display?: string;
  type?: string;
}

/** A group as it is sent: no attributes but those of RFC 7643. */
export interface GroupInput extends ResourceInput {
  displayName: string;
  members?: readonly Member[];
}

/** A group as it is read (RFC 7643 section 4.2). */
export interface Group extends Resource {
  displayName: string;
  members?: Member[];
}
