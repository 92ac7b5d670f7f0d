import { describe, expect, it } from "vitest";
import { URN } from "../../src/protocol/urns.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { enterpriseUserSchema } from "../../src/schema/definitions/enterprise-user.ts";
import { groupResourceType, groupSchema } from "../../src/schema/definitions/group.ts";
import { userResourceType, userSchema } from "../../src/schema/definitions/user.ts";
import {
  resourceTypeDocument,
  schemaDocument,
  serviceProviderConfigDocument,
} from "../../src/schema/discovery/documents.ts";
import config from "../conformance/rfc/rfc7643-8.5-service-provider-config.json" with { type: "json" };
import resourceTypes from "../conformance/rfc/rfc7643-8.6-resource-types.json" with { type: "json" };
import { badgeType } from "./badge-type.ts";

const BASE = "https://example.com/v2";

type Attribute = Record<string, unknown> & { subAttributes?: Attribute[] };

describe("schemaDocument", () => {
  it.each([[userSchema], [groupSchema], [enterpriseUserSchema], [badgeType.schema]])(
    "can be read back as the schema it describes [req 34]",
    (schema) => {
      expect(defineSchema(JSON.parse(JSON.stringify(schemaDocument(schema, BASE))))).toEqual(schema);
    },
  );

  it("states every characteristic, of complex attributes all but uniqueness [req 31]", () => {
    const stated = ["name", "type", "multiValued", "description", "required", "caseExact", "mutability", "returned"];
    const sent = JSON.stringify(schemaDocument(userSchema, BASE));
    const { attributes } = JSON.parse(sent) as { attributes: Attribute[] };
    const all = attributes.flatMap((attribute) => [attribute, ...(attribute.subAttributes ?? [])]);
    expect(all.length).toBeGreaterThan(60);
    for (const attribute of all) {
      expect(Object.keys(attribute)).toEqual(expect.arrayContaining(stated));
      expect(Object.hasOwn(attribute, "uniqueness")).toBe(attribute.type !== "complex");
      expect(Object.hasOwn(attribute, "subAttributes")).toBe(attribute.type === "complex");
      expect(Object.hasOwn(attribute, "referenceTypes")).toBe(attribute.type === "reference");
    }
  });

  it("says where it is found, whether or not the base URL ends in a slash [req 33]", () => {
    const meta = { resourceType: "Schema", location: `${BASE}/Schemas/${URN.group}` };
    expect(schemaDocument(groupSchema, BASE)).toMatchObject({ schemas: [URN.schema], id: URN.group, meta });
    expect(schemaDocument(groupSchema, `${BASE}/`)).toMatchObject({ meta });
  });

  it("holds no null anywhere [req 32]", () => {
    const features = { authenticationSchemes: [], pagination: { cursor: true, index: true, maxPageSize: undefined } };
    const documents = [
      schemaDocument(userSchema, BASE),
      resourceTypeDocument(userResourceType, BASE),
      serviceProviderConfigDocument(features, BASE),
    ];
    expect(JSON.stringify(documents)).not.toContain("null");
  });
});

describe("resourceTypeDocument", () => {
  it("is the figure of RFC 7643 section 8.6, but that no user must be an enterprise user [req 27] [req 30] [req 33]", () => {
    const [user, group] = resourceTypes;
    const schemaExtensions = [{ schema: URN.enterpriseUser, required: false }];
    expect(resourceTypeDocument(userResourceType, BASE)).toEqual({ ...user, schemaExtensions });
    expect(resourceTypeDocument(groupResourceType, BASE)).toEqual({ ...group, schemaExtensions: [] });
  });
});

describe("serviceProviderConfigDocument", () => {
  it("is the figure of RFC 7643 section 8.5 where everything is supported [req 19] [req 20] [req 33]", () => {
    const { created, lastModified, version, ...meta } = config.meta;
    const document = serviceProviderConfigDocument(
      {
        patch: true,
        bulk: { maxOperations: 1000, maxPayloadSize: 1048576 },
        filter: { maxResults: 200 },
        changePassword: true,
        sort: true,
        etag: true,
        documentationUri: config.documentationUri,
        authenticationSchemes: [
          {
            type: "oauthbearertoken",
            name: "OAuth Bearer Token",
            description: "Authentication scheme using the OAuth Bearer Token Standard",
            specUri: "http://www.rfc-editor.org/info/rfc6750",
            documentationUri: "http://example.com/help/oauth.html",
            primary: true,
          },
          {
            type: "httpbasic",
            name: "HTTP Basic",
            description: "Authentication scheme using the HTTP Basic Standard",
            specUri: "http://www.rfc-editor.org/info/rfc2617",
            documentationUri: "http://example.com/help/httpBasic.html",
          },
        ],
      },
      BASE,
    );
    expect(document).toEqual({ ...config, meta });
  });

  it("states what is not supported, too [req 20]", () => {
    expect(serviceProviderConfigDocument({ authenticationSchemes: [] }, BASE)).toEqual({
      schemas: [URN.serviceProviderConfig],
      patch: { supported: false },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: false, maxResults: 0 },
      changePassword: { supported: false },
      sort: { supported: false },
      etag: { supported: false },
      authenticationSchemes: [],
      meta: { resourceType: "ServiceProviderConfig", location: `${BASE}/ServiceProviderConfig` },
    });
  });

  it("tells how it pages, where it says so [req 23]", () => {
    const pagination = { cursor: true, index: true, defaultPaginationMethod: "index", maxPageSize: 200 } as const;
    expect(serviceProviderConfigDocument({ authenticationSchemes: [], pagination }, BASE)).toMatchObject({
      pagination,
    });
  });
});
