export type { ListResponse } from "../protocol/messages.ts";
export type {
  Address,
  EnterpriseUser,
  Group,
  Manager,
  Member,
  Meta,
  MultiValue,
  Name,
  Resource,
  User,
  UserGroup,
} from "../protocol/resources.ts";
export { URN } from "../protocol/urns.ts";
export type { ResourceTypeInput } from "../schema/define-resource-type.ts";
export { defineResourceType } from "../schema/define-resource-type.ts";
export type { ResourceTypeDocuments } from "../schema/define-resource-types.ts";
export { defineResourceTypes } from "../schema/define-resource-types.ts";
export { defineSchema } from "../schema/define-schema.ts";
export type {
  AttributeDefinition,
  AttributeType,
  Mutability,
  ResolvedPath,
  ResourceType,
  Returned,
  SchemaDefinition,
  SchemaExtension,
  Uniqueness,
} from "../schema/definition.ts";
export { enterpriseUserSchema } from "../schema/definitions/enterprise-user.ts";
export { groupResourceType, groupSchema } from "../schema/definitions/group.ts";
export { userResourceType, userSchema } from "../schema/definitions/user.ts";
export type { Projection, ProjectionParameters } from "../schema/project.ts";
export { parseProjection, project } from "../schema/project.ts";
export type { ReadResourceOptions } from "../schema/read-resource.ts";
export { validateResource } from "../schema/read-resource.ts";
export type { UniqueKey } from "../schema/unique-values.ts";
export { uniqueValues } from "../schema/unique-values.ts";
