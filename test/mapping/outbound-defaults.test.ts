import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { DirectoryGroup, DirectoryUser } from "../../src/directory/objects.ts";
import { sourceGroupMappings, sourceUserMappings } from "../../src/mapping/defaults/inbound.ts";
import { providerGroupMappings, providerUserMappings } from "../../src/mapping/defaults/outbound.ts";
import { evaluateMappings } from "../../src/mapping/evaluation/evaluate-mappings.ts";
import { mapOutbound } from "../../src/mapping/evaluation/map-outbound.ts";
import { sourceVariables } from "../../src/mapping/expressions/source-variables.ts";
import { URN } from "../../src/protocol/urns.ts";
import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { enterpriseUserSchema } from "../../src/schema/definitions/enterprise-user.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType, userSchema } from "../../src/schema/definitions/user.ts";
import { validateResource } from "../../src/schema/resources/read-resource.ts";

const mappings = [...providerUserMappings, ...providerGroupMappings];

async function send(
  type: ResourceType,
  object: DirectoryUser | DirectoryGroup,
  subjectId?: string,
): Promise<Record<string, unknown>> {
  const outcome = await mapOutbound({
    type,
    mappings,
    object,
    provider: { name: "slack" },
    subjectId,
    phase: "create",
  });
  return "resource" in outcome ? outcome.resource : {};
}

const sendUser = (user: DirectoryUser): Promise<Record<string, unknown>> => send(userResourceType, user, "hashed-id");

describe("the default mappings of a provider, for a plain directory", () => {
  it("give what authentik's managed mapping gives", async () => {
    expect(
      await sendUser({
        id: "1",
        userName: "ada",
        name: "Ada King Lovelace",
        email: "ada@example.com",
        locale: "en",
        active: true,
      }),
    ).toEqual({
      schemas: [URN.user],
      userName: "ada",
      externalId: "hashed-id",
      active: true,
      name: { formatted: "Ada King Lovelace", givenName: "Ada", familyName: "King Lovelace" },
      displayName: "Ada King Lovelace",
      emails: [{ value: "ada@example.com", type: "other", primary: true }],
      locale: "en",
    });
  });

  it("give one blank as family name where there is none, since some applications need one", async () => {
    expect(await sendUser({ id: "1", userName: "ada", name: "Ada" })).toMatchObject({
      name: { formatted: "Ada ", givenName: "Ada", familyName: " " },
      displayName: "Ada",
    });
  });

  it("say nothing of what is blank", async () => {
    const blank = { id: "1", userName: "ada", name: " ", locale: "", email: "" };
    expect(await sendUser(blank)).toEqual({
      schemas: [URN.user],
      userName: "ada",
      externalId: "hashed-id",
      active: true,
    });
  });

  it("send an avatar that is a web address, and no other", async () => {
    const photo = "https://example.com/ada.png";
    expect((await sendUser({ id: "1", userName: "ada", avatar: photo })).photos).toEqual([
      { value: photo, type: "photo" },
    ]);
    expect(
      (await sendUser({ id: "1", userName: "ada", avatar: "data:image/svg+xml;base64,AAAA" })).photos,
    ).toBeUndefined();
  });

  it("take texts in lists for values", async () => {
    const user = { id: "1", userName: "ada", emails: ["a@b.c", "d@e.f"], roles: ["admin"] } as unknown as DirectoryUser;
    expect(await sendUser(user)).toMatchObject({
      emails: [
        { value: "a@b.c", type: "other", primary: true },
        { value: "d@e.f", type: "other" },
      ],
      roles: [{ value: "admin" }],
    });
  });

  it("skip what SCIM does not know, whatever it is", async () => {
    const user = { id: "1", userName: "ada", kind: "user", createdAt: new Date(0), shoe: { size: 38 } } as const;
    expect(Object.keys(await sendUser(user)).sort()).toEqual(["active", "externalId", "schemas", "userName"]);
  });

  it("send a group's name, and its id as externalId; members are not theirs", async () => {
    expect(await send(groupResourceType, { id: "g1", displayName: "Engines", description: "of all kinds" })).toEqual({
      schemas: [URN.group],
      displayName: "Engines",
      externalId: "g1",
    });
  });
});

const badge = defineSchema({
  id: "urn:example:params:scim:schemas:extension:badge:1.0:User",
  name: "Badge",
  description: "What opens doors",
  attributes: [{ name: "number", type: "integer" }],
});
const staff = defineResourceType({
  name: "User",
  endpoint: "/Users",
  description: "Staff",
  schema: userSchema,
  extensions: [
    { schema: enterpriseUserSchema, required: false },
    { schema: badge, required: false },
  ],
});

describe("from a SCIM user in, to a SCIM user out", () => {
  const figure = (name: string): Record<string, unknown> =>
    JSON.parse(readFileSync(new URL(`../conformance/rfc/${name}.json`, import.meta.url), "utf8"));

  /** In through a source's mappings, out through a provider's. */
  async function roundTrip(type: ResourceType, resource: Record<string, unknown>): Promise<Record<string, unknown>> {
    const stored = { ...validateResource(resource, type), id: "1" };
    const inbound = [...sourceUserMappings, ...sourceGroupMappings];
    const outcome = await evaluateMappings(inbound, sourceVariables(stored), {
      phase: "create",
      resourceType: type.name,
    });
    if (!("value" in outcome)) throw new TypeError("skipped");
    return await send(type, outcome.value as unknown as DirectoryUser, "hashed-id");
  }

  it.each(["rfc7643-8.2-full-user", "rfc7643-8.3-enterprise-user"])(
    "%s loses nothing that both sides know",
    async (name) => {
      const sent = validateResource(figure(name), userResourceType);
      expect(Object.keys(sent).length).toBeGreaterThan(15);
      expect(await roundTrip(userResourceType, figure(name))).toEqual({ ...sent, externalId: "hashed-id" });
    },
  );

  it("keeps extensions that the application knows, and leaves out others", async () => {
    const user = {
      schemas: [URN.user, badge.id, URN.enterpriseUser],
      userName: "ada",
      displayName: "Ada",
      active: false,
      [badge.id]: { number: 7 },
      [URN.enterpriseUser]: { department: "Engines" },
    };
    expect(await roundTrip(staff, user)).toEqual({ ...validateResource(user, staff), externalId: "hashed-id" });
    const bare = defineResourceType({ name: "User", endpoint: "/Users", description: "Bare", schema: userSchema });
    const directoryUser = {
      id: "1",
      userName: "ada",
      enterprise: { department: "Engines" },
      [badge.id]: { number: 7 },
    };
    expect(await send(bare, directoryUser)).toEqual({
      schemas: [URN.user],
      userName: "ada",
      externalId: "1",
      active: true,
    });
  });

  it("keeps a group's name", async () => {
    const group = figure("rfc7643-8.4-group");
    expect(await roundTrip(groupResourceType, group)).toEqual({
      schemas: [URN.group],
      displayName: group.displayName,
      externalId: "hashed-id",
    });
  });
});
