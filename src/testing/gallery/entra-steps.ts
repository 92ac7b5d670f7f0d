import { URN } from "../../protocol/urns.ts";
import type { ActionStep, RequestStep } from "./gallery-test.ts";

/** A user with the attributes that a new application of Entra ID maps. */
export const MAPPED_USER: Readonly<Record<string, unknown>> = {
  schemas: [URN.user, URN.enterpriseUser],
  externalId: "{{rnd}}",
  userName: "{{rnd}}@example.com",
  active: true,
  displayName: "Test {{rnd}}",
  title: "Engineer",
  preferredLanguage: "en-US",
  name: { givenName: "Given", familyName: "Family", formatted: "Given Family" },
  emails: [{ type: "work", primary: true, value: "{{rnd}}@example.com" }],
  phoneNumbers: [
    { type: "work", primary: true, value: "555-0100" },
    { type: "mobile", value: "555-0101" },
    { type: "fax", value: "555-0102" },
  ],
  addresses: [
    {
      ...{ type: "work", primary: true, formatted: "Office 1", streetAddress: "1 Main Street" },
      ...{ locality: "Springfield", region: "IL", postalCode: "62701", country: "US" },
    },
  ],
  [URN.enterpriseUser]: { employeeNumber: "4711", department: "Research" },
};

/** Assigns a user, whose id becomes the variable. */
export function provisioned(variable: string): ActionStep {
  const userName = `${variable}-{{rnd}}@example.com`;
  const names = { givenName: "Given", familyName: "Family", displayName: `${variable} {{rnd}}` };
  return { action: "provision", with: [{ userName, ...names, email: userName, title: "Engineer" }], save: variable };
}

/** Assigns a group, whose id becomes the variable `group`. */
export function provisionedGroup(...members: readonly string[]): ActionStep {
  return { action: "provisionGroup", with: [{ displayName: "Group {{rnd}}", members }], save: "group" };
}

/** Creates a user directly, whose id becomes the variable. */
export function createdUser(variable: string): RequestStep {
  const userName = `${variable}-{{rnd}}@example.com`;
  const body = { ...MAPPED_USER, externalId: `${variable}-{{rnd}}`, userName };
  return {
    method: "POST",
    path: "/Users",
    body,
    expect: { status: [200, 201], present: ["id"] },
    save: { [variable]: "id" },
  };
}

/** A search for users by name that finds so many. */
export function usersFound(userName: string, totalResults: number): RequestStep {
  return {
    method: "GET",
    path: `/Users?filter=userName eq "${userName}"`,
    expect: { status: [200], match: { totalResults } },
  };
}

/** A search for groups by name that finds so many. */
export function groupsFound(displayName: string, totalResults: number): RequestStep {
  return {
    method: "GET",
    path: `/Groups?filter=displayName eq "${displayName}"`,
    expect: { status: [200], match: { totalResults } },
  };
}

/** A PATCH that must succeed. */
export function patched(path: string, ...operations: readonly object[]): RequestStep {
  const body = { schemas: [URN.patchOp], Operations: operations };
  return { method: "PATCH", path, body, expect: { status: [200, 204] } };
}

/** A read of a resource that has these values. */
export function shows(path: string, match: object): RequestStep {
  return { method: "GET", path, expect: { status: [200], match } };
}

/** A read of a resource without a value at these paths. */
export function showsNothing(path: string, ...absent: readonly string[]): RequestStep {
  return { method: "GET", path, expect: { status: [200], absent } };
}
