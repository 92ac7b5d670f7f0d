import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";

export const DEVICE = "urn:example:params:scim:schemas:core:2.0:Device";
export const ETHERNET = "urn:example:params:scim:schemas:extension:ethernet:2.0:Device";

/** Things on a network, after the way RFC 9944 describes them, written in code. */
export const deviceType: ResourceType = defineResourceType({
  name: "Device",
  endpoint: "/inventory/Devices",
  description: "A device on the network",
  schema: defineSchema({
    id: DEVICE,
    name: "Device",
    description: "Device",
    attributes: [
      { name: "displayName", description: "What people call it." },
      { name: "serialNumber", required: true, uniqueness: "server", caseExact: true, mutability: "immutable" },
      { name: "active", type: "boolean", required: true },
      { name: "enrolledAt", type: "dateTime" },
      { name: "warrantyYears", type: "decimal" },
      { name: "ports", type: "integer" },
      { name: "mudUrl", type: "reference", referenceTypes: ["external"] },
      { name: "bootKey", mutability: "writeOnly", returned: "never" },
      { name: "lastSeen", type: "dateTime", mutability: "readOnly" },
      {
        name: "certificates",
        type: "complex",
        multiValued: true,
        subAttributes: [
          { name: "value", type: "binary", required: true },
          { name: "type", canonicalValues: ["identity", "vendor"] },
          { name: "notAfter", type: "dateTime" },
          { name: "primary", type: "boolean" },
        ],
      },
      {
        name: "owner",
        type: "complex",
        subAttributes: [
          { name: "value", caseExact: true, required: true },
          { name: "$ref", type: "reference", referenceTypes: ["User"] },
          { name: "displayName", mutability: "readOnly" },
        ],
      },
      {
        name: "members",
        description: "The devices behind this one.",
        type: "complex",
        multiValued: true,
        subAttributes: [
          { name: "value", caseExact: true },
          { name: "$ref", type: "reference", referenceTypes: ["Device"] },
          { name: "port", type: "integer" },
        ],
      },
    ],
  }),
  extensions: [
    {
      schema: defineSchema({
        id: ETHERNET,
        name: "Ethernet",
        attributes: [
          { name: "macAddresses", multiValued: true, required: true, uniqueness: "global" },
          { name: "vlan", type: "integer" },
        ],
      }),
      required: false,
    },
  ],
});
