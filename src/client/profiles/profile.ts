import type { Capabilities } from "./capabilities.ts";

/** What one service provider product needs of a client, as data. Everything is optional but the name. */
export interface ClientProfile {
  readonly name: string;
  /** Where its configuration is read; null if it is never asked. @default "/ServiceProviderConfig" */
  readonly serviceProviderConfigPath?: string | null;
  /** What is taken for true until discovery says otherwise. */
  readonly assume?: Partial<Capabilities>;
  /** What is true whatever discovery says. */
  readonly enforce?: Partial<Capabilities>;
  /** The media type of request bodies. @default "application/scim+json" */
  readonly contentType?: "application/scim+json" | "application/json";
  /** Whether a query in the base URL is sent with every request. @default false */
  readonly keepBaseQuery?: boolean;
  /** How PATCH is written: one path an operation, or values without a path. @default "path" */
  readonly patchForm?: "path" | "merge";
  /** How a member is removed: `members[value eq "id"]`, or path `members` with a value. @default "filter" */
  readonly memberRemoval?: "filter" | "value";
  /** Most members changed in one PATCH. @default 100 */
  readonly maxMembersPerPatch?: number;
  /** Most members in a group that is created; more follow by PATCH. @default no limit */
  readonly maxMembersOnCreate?: number;
  /** Sent as `type` of each member. @default none */
  readonly memberType?: string;
  /** Whether a group is shown with its members; otherwise absence of members means nothing. @default true */
  readonly showsMembers?: boolean;
  /** Whether a group's PUT changes its members. @default true */
  readonly putChangesMembers?: boolean;
  /** Whether all resources can be listed; otherwise they are looked up one by one. @default true */
  readonly listsAll?: boolean;
  /** What DELETE does to a user. @default "delete" */
  readonly deleteMeans?: "delete" | "deactivate" | "irreversible";
}

/** The profiles that come with the client, by name. */
export type ProfileName = keyof typeof profiles;

/** Profiles of service providers whose ways are documented. Make your own by spreading one. */
export const profiles: Readonly<
  Record<"generic" | "aws" | "slack" | "salesforce" | "github" | "webex" | "vcenter" | "gitlab", ClientProfile>
> = Object.freeze({
  /** Whatever keeps to the RFCs. */
  generic: Object.freeze({ name: "generic" }),
  /** AWS IAM Identity Center: PATCH with one path an operation, never shows members, lists at most 50 resources. */
  aws: Object.freeze({
    name: "aws",
    enforce: Object.freeze({ patch: true, bulk: false }),
    patchForm: "path",
    maxMembersPerPatch: 100,
    maxMembersOnCreate: 100,
    showsMembers: false,
    putChangesMembers: false,
    listsAll: false,
  }),
  /** Slack: says that it cannot filter, and can; DELETE deactivates. */
  slack: Object.freeze({ name: "slack", enforce: Object.freeze({ filter: true }), deleteMeans: "deactivate" }),
  /** Salesforce: its configuration stands in the plural; users are never deleted. */
  salesforce: Object.freeze({
    name: "salesforce",
    serviceProviderConfigPath: "/ServiceProviderConfigs",
    assume: Object.freeze({ filterMaxResults: 200 }),
    deleteMeans: "deactivate",
  }),
  /** GitHub Enterprise Managed Users: DELETE suspends for ever. */
  github: Object.freeze({ name: "github", maxMembersPerPatch: 1000, deleteMeans: "irreversible" }),
  /** Webex: each member carries a type. */
  webex: Object.freeze({ name: "webex", memberType: "user" }),
  /** VMware vCenter: has no configuration to ask for and no PATCH in practice. */
  vcenter: Object.freeze({
    name: "vcenter",
    serviceProviderConfigPath: null,
    enforce: Object.freeze({ patch: false }),
    showsMembers: false,
  }),
  /** GitLab.com group SCIM: its configuration is not asked for; users are looked up one by one. */
  gitlab: Object.freeze({ name: "gitlab", serviceProviderConfigPath: null, listsAll: false }),
});
