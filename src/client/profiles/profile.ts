import type { Capabilities } from "./capabilities.ts";

/**
 * What a client and a provider must know about one product, as data. Only `name` is required. Each field is read by the
 * client or the provider; other facts about a product are in the comments of `profiles`.
 */
export interface ClientProfile {
  readonly name: string;
  /** Path of the configuration; null if there is none. @default "/ServiceProviderConfig" */
  readonly serviceProviderConfigPath?: string | null;
  /** Capabilities that apply until discovery says otherwise. */
  readonly assume?: Partial<Capabilities>;
  /** Capabilities that apply whatever discovery says. */
  readonly enforce?: Partial<Capabilities>;
  /** The media type of request bodies. @default "application/scim+json" */
  readonly contentType?: "application/scim+json" | "application/json";
  /** Whether the query of the base URL is sent with every request. @default false */
  readonly keepBaseQuery?: boolean;
  /** How a member is removed: with the path `members[value eq "id"]`, or the path `members` and a value. @default "filter" */
  readonly memberRemoval?: "filter" | "value";
  /** Most members that one PATCH changes. @default 100 */
  readonly maxMembersPerPatch?: number;
  /** The `type` sent with each member. @default none */
  readonly memberType?: string;
  /** What DELETE does to a user. @default "delete" */
  readonly deleteMeans?: "delete" | "deactivate" | "irreversible";
}

/** The names of the profiles in `profiles`. */
export type ProfileName = keyof typeof profiles;

/** Profiles of products, from their documentation. Make your own by spreading one. */
export const profiles: Readonly<
  Record<"generic" | "aws" | "slack" | "salesforce" | "github" | "webex" | "vcenter" | "gitlab", ClientProfile>
> = Object.freeze({
  /** Any product that follows the RFCs. */
  generic: Object.freeze({ name: "generic" }),
  /**
   * AWS IAM Identity Center. Returns at most 50 resources and cannot be listed beyond them; never returns the members of a
   * group. A PATCH changes at most 100 members, with a path in each operation; a PUT does not change members.
   */
  aws: Object.freeze({
    name: "aws",
    assume: Object.freeze({ filterMaxResults: 50 }),
    enforce: Object.freeze({ patch: true, bulk: false }),
    maxMembersPerPatch: 100,
  }),
  /** Slack. Its configuration says that it cannot filter, but it can. DELETE deactivates a user. */
  slack: Object.freeze({ name: "slack", enforce: Object.freeze({ filter: true }), deleteMeans: "deactivate" }),
  /** Salesforce. The path of its configuration is in the plural. DELETE deactivates a user. */
  salesforce: Object.freeze({
    name: "salesforce",
    serviceProviderConfigPath: "/ServiceProviderConfigs",
    assume: Object.freeze({ filterMaxResults: 200 }),
    deleteMeans: "deactivate",
  }),
  /** GitHub Enterprise Managed Users. DELETE suspends a user permanently. */
  github: Object.freeze({ name: "github", maxMembersPerPatch: 1000, deleteMeans: "irreversible" }),
  /** Webex. Each member has a type. */
  webex: Object.freeze({ name: "webex", memberType: "user" }),
  /** VMware vCenter. Has no configuration and does not support PATCH. Never returns the members of a group. */
  vcenter: Object.freeze({
    name: "vcenter",
    serviceProviderConfigPath: null,
    enforce: Object.freeze({ patch: false }),
  }),
  /** GitLab.com, SCIM of a group. Has users only and no configuration. A list needs a filter and returns one user. */
  gitlab: Object.freeze({ name: "gitlab", serviceProviderConfigPath: null }),
});
