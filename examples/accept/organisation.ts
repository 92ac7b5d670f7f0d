import { readFile } from "node:fs/promises";

/** Which identity provider keeps a user or group, and so in whose form it is sent. */
export type DirectoryName = "entra" | "okta";

/** A user of the organisation: a person, or an account that no person uses. */
export interface OrganisationUser {
  directory: DirectoryName;
  externalId: string;
  userName: string;
  userType: "Employee" | "Contractor" | "Service";
  active: boolean;
  displayName: string;
  name?: {
    formatted: string;
    familyName?: string;
    givenName?: string;
    middleName?: string;
    honorificPrefix?: string;
    honorificSuffix?: string;
  };
  title?: string;
  employeeNumber?: string;
  organization?: string;
  division?: string;
  department?: string;
  costCenter?: string;
  /** The manager's userName. */
  manager?: string;
  workEmail?: string;
  homeEmail?: string;
  workPhone?: string;
  mobilePhone?: string;
  address?: { streetAddress: string; locality: string; region?: string; postalCode: string; country: string };
  locale?: string;
  preferredLanguage?: string;
  timezone?: string;
}

/** A group of the organisation; members are named by their userName. */
export interface OrganisationGroup {
  directory: DirectoryName;
  externalId: string;
  displayName: string;
  members: string[];
}

/** What `data/organisation.json` holds. */
export interface Organisation {
  name: string;
  users: OrganisationUser[];
  groups: OrganisationGroup[];
}

/** Reads the organisation that lies beside the examples. */
export async function readOrganisation(): Promise<Organisation> {
  return JSON.parse(await readFile(new URL("../data/organisation.json", import.meta.url), "utf8"));
}
