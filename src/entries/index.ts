export { isScimError, ScimError } from "../errors/scim-error.ts";
export type { EnterpriseUser, Group, Resource, User } from "../protocol/resources.ts";
