import type { User, UserAttributes, UserInput } from "../../protocol/resources.ts";
import { URN } from "../../protocol/urns.ts";
import { attribute } from "../attributes/attribute.ts";
import type { AttributeDefinition } from "../attributes/definition.ts";
import type { TypedResourceType, TypedSchema } from "../attributes/typed.ts";
import { defineResourceType } from "../defining/define-resource-type.ts";
import { readSchema } from "../defining/define-schema.ts";
import { enterpriseUserSchema } from "./enterprise-user.ts";

/**
 * Users (RFC 7643 sections 4.1 and 8.7.1), with `groups.$ref` referring to groups alone (erratum 8471) and a `primary`
 * for addresses, which section 4.1.2 gives them.
 */
export const userSchema: TypedSchema<typeof URN.user, User, UserAttributes> = readSchema(
  {
    id: URN.user,
    name: "User",
    description: "User Account",
    attributes: [
      attribute("userName", "What the user typically authenticates with; unique among all users.", {
        required: true,
        uniqueness: "server",
      }),
      attribute("name", "The components of the user's name.", {
        type: "complex",
        subAttributes: [
          attribute("formatted", "The full name, formatted for display."),
          attribute("familyName", "The family name, or last name in most Western languages."),
          attribute("givenName", "The given name, or first name in most Western languages."),
          attribute("middleName", "The middle names."),
          attribute("honorificPrefix", "The prefixes, or title in most Western languages."),
          attribute("honorificSuffix", "The suffixes, such as III."),
        ],
      }),
      attribute("displayName", "The name of the user, suitable for display."),
      attribute("nickName", "The casual way to address the user."),
      attribute("profileUrl", "The URL of a page representing the user's online profile.", {
        type: "reference",
        referenceTypes: ["external"],
      }),
      attribute("title", "The user's title, such as Vice President."),
      attribute("userType", "The relationship between the organization and the user, such as Contractor."),
      attribute("preferredLanguage", "The user's preferred written or spoken language."),
      attribute("locale", "The user's default location, for currency, dates and numbers."),
      attribute("timezone", "The user's time zone in the Olson format, such as America/Los_Angeles."),
      attribute("active", "The user's administrative status.", { type: "boolean" }),
      attribute("password", "The user's cleartext password, to set or reset it.", {
        mutability: "writeOnly",
        returned: "never",
      }),
      plural("emails", "Email addresses of the user.", ["work", "home", "other"]),
      plural("phoneNumbers", "Phone numbers of the user.", ["work", "home", "mobile", "fax", "pager", "other"]),
      plural("ims", "Instant messaging addresses of the user.", [
        "aim",
        "gtalk",
        "icq",
        "xmpp",
        "msn",
        "skype",
        "qq",
        "yahoo",
      ]),
      plural(
        "photos",
        "URLs of photos of the user.",
        ["photo", "thumbnail"],
        attribute("value", "URL of a photo of the user.", { type: "reference", referenceTypes: ["external"] }),
      ),
      attribute("addresses", "Physical mailing addresses of the user.", {
        type: "complex",
        multiValued: true,
        subAttributes: [
          attribute("formatted", "The full mailing address, formatted for display; may contain newlines."),
          attribute("streetAddress", "The full street address; may contain newlines."),
          attribute("locality", "The city or locality."),
          attribute("region", "The state or region."),
          attribute("postalCode", "The zip code or postal code."),
          attribute("country", "The country."),
          label(["work", "home", "other"]),
          primary(),
        ],
      }),
      attribute("groups", "The groups the user belongs to, directly or through other groups.", {
        type: "complex",
        multiValued: true,
        mutability: "readOnly",
        subAttributes: [
          attribute("value", "The id of the group.", { mutability: "readOnly" }),
          attribute("$ref", "The URI of the group.", {
            type: "reference",
            referenceTypes: ["Group"],
            mutability: "readOnly",
          }),
          attribute("display", "A human-readable name of the group.", { mutability: "readOnly" }),
          attribute("type", "How the user belongs to the group.", {
            canonicalValues: ["direct", "indirect"],
            mutability: "readOnly",
          }),
        ],
      }),
      plural("entitlements", "Things the user is entitled to."),
      plural("roles", "Roles that collectively represent who the user is, such as Student."),
      plural(
        "x509Certificates",
        "Certificates issued to the user.",
        undefined,
        attribute("value", "An X.509 certificate in DER.", { type: "binary" }),
      ),
    ],
  },
  "refuse",
) as typeof userSchema;

/** Users at `/Users`, with the Enterprise User extension, which a user need not have. */
export const userResourceType: TypedResourceType<"User", User, UserInput> = defineResourceType({
  name: "User",
  endpoint: "/Users",
  description: "User Account",
  schema: userSchema,
  extensions: [{ schema: enterpriseUserSchema, required: false }],
});

/** A multi-valued attribute in the default form of RFC 7643 section 2.4, without `$ref`. */
function plural(
  name: string,
  description: string,
  types?: readonly string[],
  value: AttributeDefinition = attribute("value", "The value."),
): AttributeDefinition {
  return attribute(name, description, {
    type: "complex",
    multiValued: true,
    subAttributes: [value, attribute("display", "A human-readable name."), label(types), primary()],
  });
}

function label(types: readonly string[] | undefined): AttributeDefinition {
  return attribute("type", "A label indicating the value's function.", { canonicalValues: types });
}

function primary(): AttributeDefinition {
  return attribute("primary", "Whether this is the preferred value; true at most once.", { type: "boolean" });
}
