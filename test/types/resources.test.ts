import { describe, expect, expectTypeOf, it } from "vitest";
import type {
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
} from "../../src/protocol/resources.ts";
import { URN } from "../../src/protocol/urns.ts";
import type { AttributeDefinition } from "../../src/schema/attributes/definition.ts";
import { commonAttributes } from "../../src/schema/defining/common-attributes.ts";
import { enterpriseUserSchema } from "../../src/schema/definitions/enterprise-user.ts";
import { groupSchema } from "../../src/schema/definitions/group.ts";
import { userSchema } from "../../src/schema/definitions/user.ts";

/** The names written down in an interface, without what its index signature allows. */
type NamesOf<T> = keyof { [Name in keyof T as string extends Name ? never : number extends Name ? never : Name]: true };

/** Does not compile unless every name of `T` is there and no other. */
function namesOf<T>(names: Record<NamesOf<T>, true>): string[] {
  return Object.keys(names).sort();
}

const value = namesOf<MultiValue>({ value: true, display: true, type: true, primary: true });
const name = namesOf<Name>({
  formatted: true,
  familyName: true,
  givenName: true,
  middleName: true,
  honorificPrefix: true,
  honorificSuffix: true,
});
const address = namesOf<Address>({
  formatted: true,
  streetAddress: true,
  locality: true,
  region: true,
  postalCode: true,
  country: true,
  type: true,
  primary: true,
});
const reference = namesOf<UserGroup>({ value: true, $ref: true, display: true, type: true });
const member = namesOf<Member>({ value: true, $ref: true, display: true, type: true });
const meta = namesOf<Meta>({ resourceType: true, created: true, lastModified: true, location: true, version: true });
const manager = namesOf<Manager>({ value: true, $ref: true, displayName: true });
const resource = namesOf<Resource>({ schemas: true, id: true, externalId: true, meta: true });
const group = namesOf<Group>({
  schemas: true,
  id: true,
  externalId: true,
  meta: true,
  displayName: true,
  members: true,
});
const enterpriseUser = namesOf<EnterpriseUser>({
  employeeNumber: true,
  costCenter: true,
  organization: true,
  division: true,
  department: true,
  manager: true,
});
const user = namesOf<User>({
  schemas: true,
  id: true,
  externalId: true,
  meta: true,
  userName: true,
  name: true,
  displayName: true,
  nickName: true,
  profileUrl: true,
  title: true,
  userType: true,
  preferredLanguage: true,
  locale: true,
  timezone: true,
  active: true,
  password: true,
  emails: true,
  phoneNumbers: true,
  ims: true,
  photos: true,
  addresses: true,
  groups: true,
  entitlements: true,
  roles: true,
  x509Certificates: true,
  [URN.enterpriseUser]: true,
});

function defined(...lists: (readonly AttributeDefinition[])[]): string[] {
  return lists
    .flat()
    .map((attribute) => attribute.name)
    .sort();
}

function sub(attributes: readonly AttributeDefinition[], attributeName: string): string[] {
  return defined(attributes.find((attribute) => attribute.name === attributeName)?.subAttributes ?? []);
}

describe("the hand-written resource types name exactly what the definitions define", () => {
  it.each([
    ["Resource", resource, defined(commonAttributes)],
    ["Meta", meta, sub(commonAttributes, "meta")],
    ["User", user, [...defined(commonAttributes, userSchema.attributes), URN.enterpriseUser].sort()],
    ["Group", group, defined(commonAttributes, groupSchema.attributes)],
    ["EnterpriseUser", enterpriseUser, defined(enterpriseUserSchema.attributes)],
    ["Name", name, sub(userSchema.attributes, "name")],
    ["Address", address, sub(userSchema.attributes, "addresses")],
    ["UserGroup", reference, sub(userSchema.attributes, "groups")],
    ["Member", member, sub(groupSchema.attributes, "members")],
    ["Manager", manager, sub(enterpriseUserSchema.attributes, "manager")],
  ])("%s", (_, written, expected) => {
    expect(written).toEqual(expected);
  });

  it("MultiValue, for every list that it describes", () => {
    const lists: { [List in keyof User as User[List] extends MultiValue[] | undefined ? List : never]?: true } = {
      emails: true,
      phoneNumbers: true,
      ims: true,
      photos: true,
      entitlements: true,
      roles: true,
      x509Certificates: true,
    };
    for (const list of Object.keys(lists)) expect(sub(userSchema.attributes, list)).toEqual(value);
  });

  it("and requires what they require", () => {
    expectTypeOf<Pick<User, "userName">>().toEqualTypeOf<{ userName: string }>();
    expectTypeOf<Pick<Group, "displayName">>().toEqualTypeOf<{ displayName: string }>();
    expectTypeOf<User["active"]>().toEqualTypeOf<boolean | undefined>();
    const required = [userSchema, groupSchema, enterpriseUserSchema].flatMap((schema) =>
      schema.attributes.filter((attribute) => attribute.required).map((attribute) => attribute.name),
    );
    expect(required).toEqual(["userName", "displayName"]);
  });
});
