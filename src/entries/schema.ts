export type { ListResponse } from "../protocol/messages.ts";
export type {
  Address,
  EnterpriseUser,
  Group,
  GroupInput,
  Manager,
  Member,
  Meta,
  MultiValue,
  Name,
  Resource,
  ResourceInput,
  User,
  UserAttributes,
  UserGroup,
  UserInput,
} from "../protocol/resources.ts";
export { URN } from "../protocol/urns.ts";
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
} from "../schema/attributes/definition.ts";
export type { InputOf, ResourceOf, TYPES, TypedResourceType, TypedSchema } from "../schema/attributes/typed.ts";
export { defineResourceType } from "../schema/defining/define-resource-type.ts";
export { defineSchema } from "../schema/defining/define-schema.ts";
export type { AttributeInput, ExtensionInput, ResourceTypeInput, SchemaInput } from "../schema/defining/inputs.ts";
export type { ResourceTypeFrom, SchemaArgument, SchemaFrom } from "../schema/defining/literal-types.ts";
export { enterpriseUserSchema } from "../schema/definitions/enterprise-user.ts";
export { groupResourceType, groupSchema } from "../schema/definitions/group.ts";
export { userResourceType, userSchema } from "../schema/definitions/user.ts";
export type { ResourceTypeDocuments } from "../schema/discovery/define-resource-types.ts";
export { defineResourceTypes } from "../schema/discovery/define-resource-types.ts";
export type { Projection, ProjectionParameters } from "../schema/resources/project.ts";
export { parseProjection, project } from "../schema/resources/project.ts";
export type { ReadResourceOptions } from "../schema/resources/read-resource.ts";
export { validateResource } from "../schema/resources/read-resource.ts";
export type { UniqueKey } from "../schema/resources/unique-values.ts";
export { uniqueValues } from "../schema/resources/unique-values.ts";
