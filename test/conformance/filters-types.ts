import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { enterpriseUserSchema } from "../../src/schema/definitions/enterprise-user.ts";
import { userSchema } from "../../src/schema/definitions/user.ts";

const NAME = {
  name: "name",
  type: "complex",
  subAttributes: ["formatted", "givenName", "familyName", "first", "middle", "last"].map((name) => ({ name })),
};

const EMAILS = {
  name: "emails",
  type: "complex",
  multiValued: true,
  subAttributes: [{ name: "value" }, { name: "type" }, { name: "primary", type: "boolean" }],
};

const ADDRESSES = {
  name: "addresses",
  type: "complex",
  multiValued: true,
  subAttributes: [
    ...["type", "streetAddress", "locality", "region", "postalCode", "country", "formatted"].map((name) => ({ name })),
    { name: "priority", type: "integer" },
    { name: "primary", type: "boolean" },
  ],
};

const FRIENDS = {
  name: "friends",
  type: "complex",
  multiValued: true,
  subAttributes: [{ name: "displayName" }, { name: "$ref", type: "reference" }],
};

function typeOf(name: string, attributes: unknown[], extensions: unknown[] = []): ResourceType {
  return defineResourceType({
    name,
    endpoint: `/${name}`,
    schema: defineSchema({ id: `urn:example:schemas:${name}`, name, attributes } as unknown),
    extensions: extensions.map((json) => ({ schema: defineSchema(json) })),
  });
}

/** The resource types that the groups of the corpus speak of without declaring them. */
export const inlineTypes: Readonly<Record<string, ResourceType>> = {
  "pingidentity-evaluator": typeOf(
    "Evaluated",
    [
      { name: "userName" },
      { name: "password", returned: "never" },
      NAME,
      { name: "shoeSize" },
      { name: "weight", type: "decimal" },
      { name: "children", type: "integer" },
      { name: "true", type: "boolean" },
      { name: "false", type: "boolean" },
      { name: "null" },
      { name: "unassigned" },
      { name: "empty", multiValued: true },
      ADDRESSES,
      FRIENDS,
    ],
    [{ id: "urn:pingidentity:schemas:favoriteColor", attributes: [{ name: "favoriteColor" }] }],
  ),
  "scimmy-match": typeOf("Matched", [
    { name: "userName" },
    { name: "date", type: "dateTime" },
    { name: "number", type: "integer" },
    { name: "exists", type: "boolean" },
    NAME,
    EMAILS,
  ]),
  "the-control-group": typeOf("Controlled", [
    { name: "userName" },
    { name: "displayName" },
    { name: "active", type: "boolean" },
    NAME,
    EMAILS,
  ]),
  "i2scim-memory": defineResourceType({
    name: "CountedUser",
    endpoint: "/CountedUsers",
    schema: defineSchema({
      id: userSchema.id,
      attributes: [
        ...userSchema.attributes,
        { name: "loginCnt", type: "integer" },
        { name: "loginStrength", type: "decimal" },
      ],
    }),
    extensions: [{ schema: enterpriseUserSchema }],
  }),
};
