import { describe, expect, expectTypeOf, it } from "vitest";
import type { DirectoryGroup, DirectoryUser } from "../../src/directory/objects.ts";
import type { sourceGroupMappings, sourceUserMappings } from "../../src/mapping/defaults/inbound.ts";
import { defineMapping, type Mapping } from "../../src/mapping/expressions/define-mapping.ts";
import type {
  DefaultSourceMappings,
  MappedGroup,
  MappedGroupOf,
  MappedUser,
  MappedUserOf,
} from "../../src/mapping/expressions/mapped-objects.ts";
import { remove, replace, skip } from "../../src/mapping/expressions/markers.ts";
import {
  defineProviderGroupMapping,
  defineProviderUserMapping,
} from "../../src/mapping/expressions/provider-mappings.ts";
import { defineSourceGroupMapping, defineSourceUserMapping } from "../../src/mapping/expressions/source-mappings.ts";
import type { EnterpriseUser } from "../../src/protocol/resources.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";

const login = defineSourceUserMapping({ name: "login", expression: ({ userName }) => ({ login: userName }) });
const level = defineSourceUserMapping({
  name: "level",
  expression: ({ active }) => (active === true ? { level: 1, tags: replace(["a"]), title: remove } : undefined),
});
const kind = defineSourceUserMapping({
  name: "kind",
  expression: () => ({ kind: "robot" as const, displayName: "x" }),
});
const owner = defineSourceGroupMapping({
  name: "owner",
  expression: async ({ scim }) => ({ owner: scim.displayName }),
});
const cleared = defineSourceUserMapping({
  name: "cleared",
  expression: ({ title, userName }) => ({
    title: title ?? null,
    name: { formatted: null, alias: userName },
    badge: userName === "" ? null : 1,
  }),
});
const untyped = defineMapping({ name: "any", expression: () => ({ anything: 1 }) });
type Defaults = typeof sourceUserMappings;

describe("what the mappings of a source make", () => {
  it("is all that the default mappings give, if there are no others", () => {
    expectTypeOf<MappedUserOf<DefaultSourceMappings>>().toEqualTypeOf<MappedUser>();
    expectTypeOf<MappedGroupOf<DefaultSourceMappings>>().toEqualTypeOf<MappedGroup>();
    expectTypeOf<MappedUserOf<Defaults>>().toEqualTypeOf<MappedUser>();
    expectTypeOf<MappedGroupOf<typeof sourceGroupMappings>>().toEqualTypeOf<MappedGroup>();
    expectTypeOf<MappedUser["enterprise"]>().toEqualTypeOf<EnterpriseUser | undefined>();
    expectTypeOf<MappedUser>().toExtend<DirectoryUser>();
  });

  it("has what further mappings add", () => {
    type Both = MappedUserOf<readonly [...Defaults, typeof login, typeof untyped]>;
    expectTypeOf<Both>().toExtend<MappedUser>();
    expectTypeOf<Both["login"]>().toEqualTypeOf<string>();
    expectTypeOf<MappedGroupOf<readonly [typeof owner]>["owner"]>().toEqualTypeOf<string>();
  });

  it("may lack what a mapping gives only sometimes", () => {
    type Levelled = MappedUserOf<readonly [...Defaults, typeof level]>;
    expectTypeOf<Levelled["level"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Levelled["tags"]>().toEqualTypeOf<readonly string[] | undefined>();
    expectTypeOf<Levelled["title"]>().toEqualTypeOf<string | undefined>();
  });

  it("has either type where mappings disagree", () => {
    type Robot = MappedUserOf<readonly [...Defaults, typeof kind]>;
    expectTypeOf<Robot["kind"]>().toEqualTypeOf<"user" | "service_account" | "robot">();
    expectTypeOf<Robot["displayName"]>().toEqualTypeOf<string>();
  });

  it("is null only where a mapping says so: it clears the attribute", () => {
    type Cleared = MappedUserOf<readonly [...Defaults, typeof cleared]>;
    expectTypeOf<Cleared["title"]>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<Cleared["nickName"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Cleared["badge"]>().toEqualTypeOf<number | null>();
    expectTypeOf<NonNullable<Cleared["name"]>["formatted"]>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<NonNullable<Cleared["name"]>["givenName"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<undefined>().not.toExtend<Cleared["name"]>();
  });

  it("is any directory object for mappings that say nothing of it", () => {
    expectTypeOf<MappedUserOf<readonly Mapping[]>>().toEqualTypeOf<DirectoryUser>();
    expectTypeOf<MappedGroupOf<readonly [...Defaults, typeof untyped]>>().toEqualTypeOf<DirectoryGroup>();
  });
});

describe("a mapping of a user or a group", () => {
  it("is for that resource type, and keeps its other options", () => {
    expect([login, owner].map(({ resourceType }) => resourceType)).toEqual(["User", "Group"]);
    const nickname = { name: "nickname", apply: "create", expression: () => ({ nickName: "x" }) } as const;
    expect(defineProviderUserMapping(nickname)).toMatchObject({
      name: "nickname",
      resourceType: "User",
      apply: "create",
    });
    expect(defineProviderGroupMapping({ name: "a", expression: () => skip("none") }).resourceType).toBe("Group");
    expect(() => defineSourceUserMapping({ name: "", expression: () => ({}) })).toThrow("name must be a text");
  });

  it("takes its resource type, as does a mapping of a type of one's own", () => {
    const schema = defineSchema({ id: "urn:example:Device", attributes: [{ name: "serial", required: true }] });
    const device = defineResourceType({ name: "Device", endpoint: "/Devices", schema });
    const own = defineMapping({
      name: "serial",
      resourceType: device,
      expression: ({ serial }) => {
        expectTypeOf(serial).toEqualTypeOf<string>();
        return { serial };
      },
    });
    expect(own.resourceType).toBe("Device");
    const extended = defineResourceType({ name: "Person", endpoint: "/People", schema });
    expect(defineSourceUserMapping({ name: "a", resourceType: extended, expression: () => ({}) }).resourceType).toBe(
      "Person",
    );
  });
});
