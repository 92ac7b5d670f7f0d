type Topic =
  | "entraCompatibility"
  | "entraScim"
  | "entraAttributes"
  | "entraFilteredReplace"
  | "entraManager"
  | "okta"
  | "authentik"
  | "oneLogin"
  | "slack";

const MICROSOFT = "https://learn.microsoft.com/en-us/entra/identity";

/** Where the behaviour of identity providers is documented. */
export const LINKS: Readonly<Record<Topic, string>> = {
  entraCompatibility: `${MICROSOFT}/app-provisioning/application-provisioning-config-problem-scim-compatibility`,
  entraScim: `${MICROSOFT}/app-provisioning/use-scim-to-provision-users-and-groups`,
  entraAttributes: `${MICROSOFT}/app-provisioning/customize-application-attributes`,
  entraFilteredReplace: "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/680",
  entraManager: "https://github.com/Captain-P-Goldfish/SCIM-SDK",
  okta: "https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/",
  authentik: "https://docs.goauthentik.io/add-secure-apps/providers/scim/",
  oneLogin: "https://developers.onelogin.com/scim",
  slack: `${MICROSOFT}/saas-apps/slack-provisioning-tutorial`,
};
