import { SHORT_ENTERPRISE_URN } from "../../../protocol/urns.ts";
import type { AttributeDefinition, ResourceType } from "../../../schema/attributes/definition.ts";
import { isGroups, isMembers } from "../../../schema/attributes/membership-attributes.ts";
import { isWritable } from "../../../schema/attributes/writable.ts";
import { commonAttributes } from "../../../schema/defining/common-attributes.ts";
import { enterpriseUserSchema } from "../../../schema/definitions/enterprise-user.ts";
import type { MappingSide } from "../../expressions/define-mapping.ts";
import { variableName } from "../../expressions/source-variables.ts";
import {
  type ComplexShape,
  complex,
  type PropertyTypes,
  partsOf,
  type Shape,
  shapesOfProperties,
  simple,
} from "./shape.ts";

/** What expressions of one side see and set. */
export interface Side {
  /** The variables by name. */
  readonly variables: ReadonlyMap<string, Shape>;
  /** What an expression may set: a resource, or an object of the directory. */
  readonly target: ComplexShape;
}

/** What a directory has beside the attributes of a resource, as the default mappings read and write it. */
const OF_USERS: readonly (readonly [string, Shape])[] = [
  ["kind", simple("string")],
  ["enterprise", complex(partsOf(enterpriseUserSchema.attributes))],
];
const READ_OF_USERS: readonly (readonly [string, Shape])[] = [
  ["email", simple("string")],
  ["avatar", simple("string")],
];

/** Attributes that only a service provider sets, that are kept secret, or that do not belong to a directory's object. */
const NOT_OF_OBJECTS: ReadonlySet<string> = new Set(["schemas", "meta", "groups", "members", "password"]);

/** The variables and the target of the mappings of a side. @throws {TypeError} for a declaration that is not a type */
export function sideOf(side: MappingSide, type: ResourceType, properties: PropertyTypes): Side {
  return side === "provider" ? providerSide(type, properties) : sourceSide(type, properties);
}

function providerSide(type: ResourceType, properties: PropertyTypes): Side {
  const isGroup = type.name === "Group";
  const object = complex([...objectParts(type), ...(isGroup ? [] : READ_OF_USERS), ...shapesOfProperties(properties)]);
  const isSent = (attribute: AttributeDefinition): boolean =>
    isWritable(attribute) && !isMembers(attribute) && !isGroups(attribute) && attribute.name !== "schemas";
  return {
    variables: new Map<string, Shape>([
      [isGroup ? "group" : "user", object],
      ["provider", complex([["name", simple("string")]])],
      ["link", simple("any")],
      ["subjectId", simple("string")],
      ["schemas", simple("string", true)],
    ]),
    target: resourceShape(type, isSent),
  };
}

function sourceSide(type: ResourceType, properties: PropertyTypes): Side {
  const whole = resourceShape(type, ({ name }) => name !== "password");
  const variables = [...whole.parts].map(([name, shape]): [string, Shape] => [variableName(name), shape]);
  const enterprise = whole.parts.get(enterpriseUserSchema.id);
  return {
    variables: new Map<string, Shape>([
      ...variables,
      ...(enterprise === undefined ? [] : [[variableName(SHORT_ENTERPRISE_URN), enterprise] as const]),
      ["scim", whole],
    ]),
    target: complex([...objectParts(type), ...shapesOfProperties(properties)]),
  };
}

/** The attributes of a resource that `isIncluded` accepts, and its extensions under their URNs. */
function resourceShape(type: ResourceType, isIncluded: (attribute: AttributeDefinition) => boolean): ComplexShape {
  const attributes = [...commonAttributes, ...type.schema.attributes].filter(isIncluded);
  return complex([...partsOf(attributes), ...extensionsOf(type, isIncluded)]);
}

function extensionsOf(type: ResourceType, isIncluded: (attribute: AttributeDefinition) => boolean): [string, Shape][] {
  return type.extensions.map(({ schema }) => [schema.id, complex(partsOf(schema.attributes.filter(isIncluded)))]);
}

/** The properties of a directory's objects that are SCIM-shaped by convention. */
function objectParts(type: ResourceType): (readonly [string, Shape])[] {
  const whole = resourceShape(type, () => true);
  const parts = [...whole.parts].filter(([name]) => !NOT_OF_OBJECTS.has(name));
  return [...parts, ...(type.name === "Group" ? [] : OF_USERS)];
}
