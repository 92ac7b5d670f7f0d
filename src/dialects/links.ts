const ENTRA = "https://learn.microsoft.com/en-us/entra/identity/app-provisioning";

/** Where identity providers' behaviour is written down. */
export const LINKS = {
  entraCompatibility: `${ENTRA}/application-provisioning-config-problem-scim-compatibility`,
  entraScim: `${ENTRA}/use-scim-to-provision-users-and-groups`,
  entraAttributes: `${ENTRA}/customize-application-attributes`,
  entraFilteredReplace: "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/680",
  entraManager: "https://github.com/Captain-P-Goldfish/SCIM-SDK/wiki/Patching-resources",
  okta: "https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/",
  authentik: "https://docs.goauthentik.io/add-secure-apps/providers/scim/",
  oneLogin: "https://developers.onelogin.com/scim",
  slack: "https://docs.slack.dev/reference/scim-api",
} as const;
