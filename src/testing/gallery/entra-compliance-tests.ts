import { URN } from "../../protocol/urns.ts";
import { createdUser, MAPPED_USER, patched, shows, showsNothing } from "./entra-steps.ts";
import type { GalleryTests, RequestStep } from "./gallery-test.ts";

const ENTERPRISE = URN.enterpriseUser;
const MANAGER = `${ENTERPRISE}:manager`;

/** The attributes that a new application of Entra ID maps and that no schema requires: their paths in PATCH and in JSON. */
const OPTIONAL: Readonly<Record<string, string>> = {
  displayName: "displayName",
  title: "title",
  preferredLanguage: "preferredLanguage",
  "name.givenName": "name/givenName",
  "name.familyName": "name/familyName",
  "name.formatted": "name/formatted",
  'emails[type eq "work"].value': "emails/0/value",
  'phoneNumbers[type eq "mobile"].value': "phoneNumbers/1/value",
  'addresses[type eq "work"].streetAddress': "addresses/0/streetAddress",
  [`${ENTERPRISE}:employeeNumber`]: `${ENTERPRISE}/employeeNumber`,
  [`${ENTERPRISE}:department`]: `${ENTERPRISE}/department`,
};

const clearedWith = (value: string | null): RequestStep =>
  patched("/Users/{{user}}", ...Object.keys(OPTIONAL).map((path) => ({ op: "replace", path, value })));

const named = (...names: readonly string[]): object[] => names.map((name) => ({ name }));

/** Pages of five resources, of at least eleven. */
function pages(endpoint: "/Users" | "/Groups", body: object): RequestStep[] {
  const page = (startIndex: number): RequestStep => ({
    method: "GET",
    path: `${endpoint}?startIndex=${startIndex}&count=5`,
    expect: { status: [200], match: { startIndex }, present: ["Resources/0/id"], numbers: ["totalResults"] },
  });
  const create: RequestStep = { method: "POST", path: endpoint, body, times: 11, expect: { status: [200, 201] } };
  return [create, page(1), page(6), page(11)];
}

/** The tests of Microsoft's gallery that send requests to the SCIM endpoint, and those of its credentials. */
export const ENTRA_COMPLIANCE_TESTS: GalleryTests = {
  Schema_Discoverability_Test: {
    title: "The schemas have all attributes that are mapped",
    steps: [
      shows("/Schemas", {
        Resources: [
          {
            id: URN.user,
            attributes: [
              ...named("userName", "active", "displayName", "title", "preferredLanguage"),
              { name: "name", subAttributes: named("givenName", "familyName", "formatted") },
              { name: "emails", subAttributes: named("value", "type", "primary") },
              { name: "phoneNumbers", subAttributes: named("value", "type") },
              { name: "addresses", subAttributes: named("streetAddress", "locality", "postalCode", "country") },
            ],
          },
          { id: ENTERPRISE, attributes: named("employeeNumber", "department", "manager") },
          { id: URN.group, attributes: named("displayName", "members") },
        ],
      }),
    ],
  },
  SCIM_Null_Update_Test: {
    title: "Empty texts and nulls clear attributes that are not required",
    steps: [
      createdUser("user"),
      clearedWith(""),
      showsNothing("/Users/{{user}}", ...Object.values(OPTIONAL)),
      clearedWith(null),
      showsNothing("/Users/{{user}}", ...Object.values(OPTIONAL)),
    ],
  },
  SCIM_User_Create_Test: {
    title: "A POST creates a user, and returns its id and userName",
    steps: [
      {
        method: "POST",
        path: "/Users",
        body: MAPPED_USER,
        expect: { status: [200, 201], present: ["id"], match: { userName: "{{rnd}}@example.com" } },
      },
    ],
  },
  SCIM_User_Update_Test: {
    title: "A PATCH updates a user, with a path for each attribute and without",
    steps: [
      createdUser("user"),
      patched(
        "/Users/{{user}}",
        ...[
          { op: "replace", path: "title", value: "Title {{rnd}}" },
          { op: "replace", path: "name.givenName", value: "Given {{rnd}}" },
          { op: "replace", path: `${ENTERPRISE}:department`, value: "Department {{rnd}}" },
        ],
      ),
      shows("/Users/{{user}}", {
        title: "Title {{rnd}}",
        name: { givenName: "Given {{rnd}}", familyName: "Family" },
        [ENTERPRISE]: { department: "Department {{rnd}}" },
      }),
      patched("/Users/{{user}}", {
        op: "replace",
        value: { title: "Other", "name.givenName": "Other", [`${ENTERPRISE}:department`]: "Other" },
      }),
      shows("/Users/{{user}}", { title: "Other", name: { givenName: "Other" }, [ENTERPRISE]: { department: "Other" } }),
    ],
  },
  SCIM_Group_Create_Test: {
    title: "A POST creates a group, and returns its id and displayName",
    steps: [
      {
        method: "POST",
        path: "/Groups",
        body: { schemas: [URN.group], displayName: "Group {{rnd}}" },
        expect: { status: [200, 201], present: ["id"], match: { displayName: "Group {{rnd}}" } },
      },
    ],
  },
  SCIM_Group_Update_Test: {
    title: "A PATCH updates the name of a group",
    steps: [
      {
        method: "POST",
        path: "/Groups",
        body: { schemas: [URN.group], displayName: "Group {{rnd}}" },
        expect: { status: [200, 201] },
        save: { group: "id" },
      },
      patched("/Groups/{{group}}", { op: "replace", path: "displayName", value: "New {{rnd}}" }),
      shows("/Groups/{{group}}", { displayName: "New {{rnd}}" }),
    ],
  },
  Validate_Credentials_Test: {
    title: "The token endpoint issues an access token for one to six hours, which the SCIM endpoint accepts",
    needs: "client secret",
    steps: [{ action: "testConnection", with: [] }, shows("/Users", {})],
  },
  Federated_Identity_Test: {
    title: "A token of Entra ID is exchanged for an access token, which the SCIM endpoint accepts",
    needs: "federation",
    steps: [{ action: "testConnection", with: [] }, shows("/Users", {})],
  },
  SCIM_User_Pagination_Test: {
    title: "Pages of users follow startIndex",
    steps: pages("/Users", { schemas: [URN.user], userName: "{{index}}-{{rnd}}@example.com" }),
  },
  SCIM_Group_Pagination_Test: {
    title: "Pages of groups follow startIndex",
    isOptional: true,
    steps: pages("/Groups", { schemas: [URN.group], displayName: "{{index}} {{rnd}}" }),
  },
  SCIM_Update_Manager_Test: {
    title: "PATCH requests set, change and remove a manager",
    steps: [
      ...[createdUser("user"), createdUser("first"), createdUser("second")],
      patched("/Users/{{user}}", { op: "Add", path: MANAGER, value: "{{first}}" }),
      shows("/Users/{{user}}", { [ENTERPRISE]: { manager: { value: "{{first}}" } } }),
      patched("/Users/{{user}}", { op: "replace", path: MANAGER, value: "{{second}}" }),
      shows("/Users/{{user}}", { [ENTERPRISE]: { manager: { value: "{{second}}" } } }),
      patched("/Users/{{user}}", { op: "replace", path: MANAGER, value: "" }),
      showsNothing("/Users/{{user}}", `${ENTERPRISE}/manager/value`),
    ],
  },
};
