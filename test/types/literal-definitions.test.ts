import { describe, expect, expectTypeOf, it } from "vitest";
import { bearerToken } from "../../src/client/auth/client-auth.ts";
import { createScimClient } from "../../src/client/create-client.ts";
import type { ResourceClient } from "../../src/client/resources/resource-client.ts";
import type { EnterpriseUser, Resource, ResourceInput, User, UserInput } from "../../src/protocol/resources.ts";
import type { URN } from "../../src/protocol/urns.ts";
import type { ResourceType, SchemaDefinition } from "../../src/schema/attributes/definition.ts";
import type { InputOf, ResourceOf } from "../../src/schema/attributes/typed.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { enterpriseUserSchema } from "../../src/schema/definitions/enterprise-user.ts";
import type { groupResourceType } from "../../src/schema/definitions/group.ts";
import { type userResourceType, userSchema } from "../../src/schema/definitions/user.ts";
import { defineResourceTypes } from "../../src/schema/discovery/define-resource-types.ts";

const BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User";
const badge = defineSchema({
  id: "urn:example:params:scim:schemas:extension:badge:1.0:User",
  attributes: [
    { name: "number", type: "integer", required: true, uniqueness: "server" },
    { name: "color", canonicalValues: ["red", "blue"] },
    { name: "pin", mutability: "writeOnly" },
    { name: "printed", type: "dateTime", required: true, mutability: "readOnly" },
  ],
});
const staff = defineResourceType({
  name: "User",
  endpoint: "/Users",
  schema: userSchema,
  extensions: [{ schema: enterpriseUserSchema }, { schema: badge, required: true }],
});
const device = defineResourceType({
  name: "Device",
  endpoint: "/Devices",
  schema: defineSchema({
    id: "urn:example:params:scim:schemas:core:1.0:Device",
    attributes: [
      { name: "serialNumber", required: true },
      { name: "weight", type: "decimal" },
      { name: "isLent", type: "boolean" },
      { name: "image", type: "binary" },
      { name: "ports", type: "integer", multiValued: true },
      {
        name: "certificates",
        type: "complex",
        multiValued: true,
        subAttributes: [
          { name: "value", type: "binary", required: true },
          { name: "notAfter", type: "dateTime" },
        ],
      },
      {
        name: "owner",
        type: "complex",
        subAttributes: [{ name: "value" }, { name: "$ref", type: "reference", referenceTypes: ["User"] }],
      },
    ],
  }),
});
type Device = ResourceOf<typeof device>;
type DeviceInput = InputOf<typeof device>;

describe("ResourceOf a type that is defined by a literal", () => {
  it("has the type of every attribute and sub-attribute", () => {
    expectTypeOf<Device["serialNumber"]>().toEqualTypeOf<string>();
    expectTypeOf<Device["weight"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Device["isLent"]>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<Device["image"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Device["ports"]>().toEqualTypeOf<number[] | undefined>();
    expectTypeOf<Device["certificates"]>().toEqualTypeOf<{ value: string; notAfter?: string }[] | undefined>();
    expectTypeOf<Device["owner"]>().toEqualTypeOf<{ value?: string; $ref?: string } | undefined>();
  });

  it("has what every resource has, and is open to attributes that nobody declared", () => {
    expectTypeOf<Device>().toExtend<Resource>();
    expectTypeOf<Device["externalId"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Device["undeclared"]>().toEqualTypeOf<unknown>();
  });

  it("has the data of extensions under their URNs", () => {
    type Staff = ResourceOf<typeof staff>;
    expectTypeOf<Staff>().toExtend<User>();
    expectTypeOf<Staff["name"]>().toEqualTypeOf<User["name"]>();
    expectTypeOf<Staff[typeof URN.enterpriseUser]>().toEqualTypeOf<EnterpriseUser | undefined>();
    expectTypeOf<Staff[typeof BADGE]["number"]>().toEqualTypeOf<number>();
    expectTypeOf<Staff[typeof BADGE]["printed"]>().toEqualTypeOf<string>();
    expectTypeOf<Staff[typeof BADGE]>().not.toHaveProperty("pin");
  });

  it("has canonical values as a proposal: other texts are accepted", () => {
    type Color = NonNullable<ResourceOf<typeof staff>[typeof BADGE]["color"]>;
    expectTypeOf<"red">().toExtend<Color>();
    expectTypeOf<string>().toExtend<Color>();
    expectTypeOf<number>().not.toExtend<Color>();
  });

  it("is the hand-written type for users and groups", () => {
    expectTypeOf<ResourceOf<typeof userResourceType>>().toEqualTypeOf<User>();
    expectTypeOf<InputOf<typeof userResourceType>>().toEqualTypeOf<UserInput>();
    expectTypeOf<ResourceOf<typeof groupResourceType>["displayName"]>().toEqualTypeOf<string>();
  });
});

describe("InputOf a type that is defined by a literal", () => {
  it("has no attributes but those that are declared", () => {
    expectTypeOf<DeviceInput>().toExtend<ResourceInput>();
    expectTypeOf<DeviceInput>().not.toHaveProperty("undeclared");
    expectTypeOf<DeviceInput["ports"]>().toEqualTypeOf<readonly number[] | undefined>();
  });

  it("requires what a client must send, and not what the service provider sets", () => {
    type Badge = InputOf<typeof staff>[typeof BADGE];
    expectTypeOf<{ number: 7 }>().toExtend<Badge>();
    expectTypeOf<{ number: 7; pin: "1234" }>().toExtend<Badge>();
    expectTypeOf<{ color: "red" }>().not.toExtend<Badge>();
    expectTypeOf<{ userName: "ada" }>().not.toExtend<InputOf<typeof staff>>();
  });
});

describe("definitions that are known at run time only", () => {
  it("give the wide types", () => {
    const json: unknown = { id: "urn:example:Door", attributes: [{ name: "number" }] };
    const door = defineSchema(json);
    expectTypeOf(door).toEqualTypeOf<SchemaDefinition>();
    const type = defineResourceType({ name: "Door", endpoint: "/Doors", schema: door });
    expectTypeOf(type).toExtend<ResourceType>();
    expectTypeOf<ResourceOf<typeof type>>().toEqualTypeOf<Resource>();
    expectTypeOf<ResourceOf<ResourceType>>().toEqualTypeOf<Resource>();
    expectTypeOf<InputOf<ResourceType>>().toEqualTypeOf<Resource>();
    expect(type.schema.attributes.map(({ name }) => name)).toEqual(["number"]);
  });

  it("have the resources that the caller of the client names", () => {
    interface Door extends Resource {
      number: string;
    }
    const json: unknown = { id: "urn:example:Door", attributes: [{ name: "number" }] };
    const door = defineResourceType({ name: "Door", endpoint: "/Doors", schema: defineSchema(json) });
    const client = createScimClient({ baseUrl: "https://app.example/scim/v2", auth: bearerToken("token") });
    expectTypeOf(client.resource<Door>(door).get).returns.resolves.toHaveProperty("number").toEqualTypeOf<string>();
    const published = { resourceTypes: { name: "User", endpoint: "/Users", schema: userSchema.id } };
    for (const type of defineResourceTypes(published)) {
      expectTypeOf(client.resource<Door>(type)).toEqualTypeOf<ResourceClient<Door, Door>>();
    }
    // @ts-expect-error A type whose attributes the compiler knows has resources of these attributes only.
    expect(() => client.resource<Door>(staff)).not.toThrow();
  });

  it("mix with literals", () => {
    const own: unknown = { id: "urn:example:Own", attributes: [{ name: "x" }] };
    const mixed = defineResourceType({
      name: "User",
      endpoint: "/Users",
      schema: userSchema,
      extensions: [{ schema: badge }, { schema: defineSchema(own) }],
    });
    expectTypeOf<ResourceOf<typeof mixed>["userName"]>().toEqualTypeOf<string>();
    expectTypeOf<NonNullable<ResourceOf<typeof mixed>[typeof BADGE]>["number"]>().toEqualTypeOf<number>();
    expect(mixed.extensions.map(({ schema }) => schema.id)).toEqual([BADGE, "urn:example:Own"]);
  });
});
