import { describe, expect, it } from "vitest";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { enterpriseUserSchema } from "../../src/schema/definitions/enterprise-user.ts";
import { groupResourceType, groupSchema } from "../../src/schema/definitions/group.ts";
import { userResourceType, userSchema } from "../../src/schema/definitions/user.ts";
import { defineResourceTypes } from "../../src/schema/discovery/define-resource-types.ts";
import {
  type App,
  createApp,
  createGroup,
  createUser,
  ENTERPRISE,
  GROUP,
  patch,
  STORAGES,
  USER,
} from "../helpers/scim-app.ts";
import { DEVICE, deviceType, ETHERNET } from "../schema/device-type.ts";
import { EVERYTHING, EXTRA, everythingType, MUST } from "../schema/everything-type.ts";

const BADGE = "urn:example:params:scim:schemas:extension:badge:1.0:User";
const UNIT = "urn:example:params:scim:schemas:extension:unit:1.0:Group";

const badge = defineSchema({
  id: BADGE,
  attributes: [
    { name: "number", type: "integer", required: true, uniqueness: "server" },
    { name: "colour", canonicalValues: ["red", "blue"] },
  ],
});
const staff = defineResourceType({
  name: "User",
  endpoint: "/Users",
  schema: userSchema,
  extensions: [{ schema: enterpriseUserSchema }, { schema: badge, required: true }],
});
const unit = defineResourceType({
  name: "Group",
  endpoint: "/Groups",
  schema: groupSchema,
  extensions: [{ schema: defineSchema({ id: UNIT, attributes: [{ name: "costCenter" }] }) }],
});

async function appWith(storage: () => App["storage"], resourceTypes: Parameters<typeof createApp>[0]): Promise<App> {
  const app = createApp({ storage: storage(), ...resourceTypes });
  await app.storage.migrate();
  return app;
}

const device = (serialNumber: string, more: object = {}) => ({
  schemas: [DEVICE],
  serialNumber,
  active: true,
  ...more,
});

describe.each(Object.entries(STORAGES))("resource types of the application's own, over %s storage", (_, storage) => {
  it("Devices: create, find, replace, patch and delete, at an endpoint of two segments in any case [req 13] [req 63]", async () => {
    const app = await appWith(storage, { resourceTypes: [userResourceType, deviceType] });
    const owner = await createUser(app, "ann");
    const body = device("SN-1", {
      enrolledAt: "2026-01-01T08:00:00+01:00",
      warrantyYears: 2.5,
      ports: 48,
      bootKey: "secret",
      lastSeen: "2026-01-01T00:00:00Z",
      certificates: [{ value: "MIIB", type: "identity", notAfter: "2027-01-01T00:00:00Z", primary: true }],
      owner: { value: owner, $ref: `../Users/${owner}`, displayName: "not yours to say" },
      [ETHERNET]: { macAddresses: ["00:1B:44:11:3A:B7"], vlan: 7 },
    });
    const made = await app.send("POST", "/Inventory/DEVICES", body);
    expect(made.status, made.text).toBe(201);
    expect(made.headers.get("location")).toBe(`https://app.example/scim/v2/inventory/Devices/${made.body.id}`);
    expect(made.text).not.toContain("secret");
    const { bootKey, lastSeen, ...shown } = body as Record<string, unknown>;
    expect(made.body).toMatchObject({
      ...shown,
      schemas: [DEVICE, ETHERNET],
      owner: { value: owner, $ref: `../Users/${owner}` },
      meta: { resourceType: "Device" },
    });
    expect(made.body).not.toHaveProperty("lastSeen");
    const path = `/inventory/Devices/${made.body.id}`;

    const second = await app.send(
      "POST",
      "/inventory/Devices",
      device("SN-2", { [ETHERNET]: { macAddresses: ["00:1b:44:11:3a:b7"] } }),
    );
    expect(second, "a MAC address in another case").toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    expect((await app.send("POST", "/inventory/Devices", device("sn-1"))).status, "serial numbers are case exact").toBe(
      201,
    );

    for (const filter of [
      'serialNumber eq "SN-1"',
      `${ETHERNET.toUpperCase()}:macaddresses eq "00:1b:44:11:3a:b7"`,
      'enrolledAt eq "2026-01-01T07:00:00Z"',
      'certificates[value eq "MIIB" and notAfter gt "2026-12-31T00:00:00Z"]',
      `owner.value eq "${owner}"`,
      "warrantyYears gt 2 and ports ge 48",
    ]) {
      const { body: list } = await app.send("GET", `/inventory/devices?filter=${encodeURIComponent(filter)}`);
      expect(list, filter).toMatchObject({ totalResults: 1, Resources: [{ id: made.body.id }] });
    }

    expect(await app.send("PUT", path, device("SN-3"))).toMatchObject({
      status: 400,
      body: { scimType: "mutability" },
    });
    const patched = await app.send(
      "PATCH",
      path,
      patch(
        { op: "replace", path: 'certificates[type eq "identity"].value', value: "MIIC" },
        { op: "add", path: "certificates", value: { value: "MIID", primary: true } },
        { op: "remove", path: `${ETHERNET}:vlan` },
        { op: "replace", path: "active", value: false },
      ),
    );
    expect(patched.body).toMatchObject({
      active: false,
      certificates: [
        { value: "MIIC", type: "identity", primary: false },
        { value: "MIID", primary: true },
      ],
      [ETHERNET]: { macAddresses: ["00:1B:44:11:3A:B7"] },
    });
    expect(patched.body[ETHERNET]).not.toHaveProperty("vlan");
    const replaced = await app.send("PUT", path, device("SN-1", { displayName: "Switch" }));
    expect(replaced.body).toMatchObject({ schemas: [DEVICE], displayName: "Switch", serialNumber: "SN-1" });
    expect(replaced.body).not.toHaveProperty("certificates");
    expect((await app.send("DELETE", path)).status).toBe(204);
    expect((await app.send("GET", path)).status).toBe(404);
    expect((await app.send("GET", "/inventory")).status).toBe(404);
    expect((await app.send("GET", `${path}/more`)).status).toBe(404);
  });
});

describe.each(Object.entries(STORAGES))("resource types that refer to others, over %s storage", (_, storage) => {
  it("bulk requests refer to resources that are made with them, in extensions too [req 63] [req 169]", async () => {
    const app = await appWith(storage, { resourceTypes: [userResourceType, everythingType, deviceType] });
    const { endpoint } = everythingType;
    const answer = await app.send("POST", "/Bulk", {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
      Operations: [
        {
          method: "POST",
          bulkId: "e",
          path: endpoint,
          data: {
            schemas: [EVERYTHING, EXTRA, MUST],
            label: "x",
            friend: { value: "bulkId:f", $ref: "bulkId:f" },
            [EXTRA]: { note: "n", owner: { value: "bulkId:u" } },
            [MUST]: { tenantCode: "x" },
          },
        },
        {
          method: "POST",
          bulkId: "f",
          path: endpoint,
          data: { schemas: [EVERYTHING, MUST], label: "y", [MUST]: { tenantCode: "x" } },
        },
        { method: "POST", bulkId: "u", path: "/Users", data: { schemas: [USER], userName: "ann" } },
        {
          method: "POST",
          bulkId: "d",
          path: "/inventory/Devices",
          data: device("SN-9", { owner: { value: "bulkId:u" } }),
        },
      ],
    });
    const results = answer.body.Operations as { status: string; location: string; bulkId: string }[];
    expect(results.map(({ status }) => status)).toEqual(["201", "201", "201", "201"]);
    const location = (bulkId: string) => results.find((each) => each.bulkId === bulkId)?.location ?? "";
    const idOf = (bulkId: string) => location(bulkId).split("/").at(-1);
    expect((await app.send("GET", location("e"))).body).toMatchObject({
      friend: { value: idOf("f"), $ref: location("f") },
      [EXTRA]: { owner: { value: idOf("u") } },
    });
    expect((await app.send("GET", location("d"))).body.owner).toEqual({ value: idOf("u") });
  });

  it("members that are not users and groups are an attribute like any other [req 60] [req 63]", async () => {
    const app = await appWith(storage, { resourceTypes: [userResourceType, deviceType] });
    const members = [
      { value: "a-device", $ref: "../Devices/a-device", port: 1 },
      { value: "b-device", port: 2 },
    ];
    const made = await app.send("POST", "/inventory/Devices", device("SN-1", { members }));
    expect(made.body.members).toEqual(members);
    const path = `/inventory/Devices/${made.body.id}`;
    const patched = await app.send("PATCH", path, patch({ op: "remove", path: 'members[value eq "a-device"]' }));
    expect(patched).toMatchObject({ status: 200, body: { members: [members[1]] } });
    const found = async (filter: string) =>
      (await app.send("GET", `/inventory/Devices?filter=${encodeURIComponent(filter)}`)).body.totalResults;
    expect(await found('members.value eq "b-device"')).toBe(1);
    expect(await found('members[value eq "b-device" and port eq 2]')).toBe(1);
    expect(await found("members.port gt 2")).toBe(0);
  });
});

describe.each(Object.entries(STORAGES))("members, extensions and shared schemas, over %s storage", (_, storage) => {
  it("a type with members as groups have them: a user's groups name it, with its own address [req 59] [req 63] [req 68]", async () => {
    const team = defineResourceType({
      name: "Team",
      endpoint: "/org/Teams",
      schema: defineSchema({
        id: "urn:example:Team",
        attributes: [
          { name: "displayName", required: true },
          ...groupSchema.attributes.filter(({ name }) => name === "members"),
        ],
      }),
    });
    const app = await appWith(storage, { resourceTypes: [userResourceType, groupResourceType, team] });
    const user = await createUser(app, "ann");
    const group = await createGroup(app, "Readers", [user]);
    const made = await app.send("POST", "/org/Teams", {
      schemas: ["urn:example:Team"],
      displayName: "Ops",
      members: [{ value: user }],
    });
    expect(made.body.members).toEqual([
      { value: user, type: "User", $ref: `https://app.example/scim/v2/Users/${user}` },
    ]);
    const { groups } = (await app.send("GET", `/Users/${user}`)).body as { groups: Record<string, string>[] };
    expect(groups.map(({ $ref }) => $ref).sort()).toEqual([
      `https://app.example/scim/v2/Groups/${group}`,
      `https://app.example/scim/v2/org/Teams/${made.body.id}`,
    ]);
    const unknown = await app.send(
      "PATCH",
      `/org/Teams/${made.body.id}`,
      patch({ op: "add", path: "members", value: [{ value: "no" }] }),
    );
    expect(unknown).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
    await app.send("DELETE", `/Users/${user}`);
    expect((await app.send("GET", `/org/Teams/${made.body.id}`)).body).not.toHaveProperty("members");
  });

  it("extensions of users and groups, one of which must be there [req 44] [req 45] [req 48] [req 63]", async () => {
    const app = await appWith(storage, { resourceTypes: [staff, unit] });
    const user = { schemas: [USER, BADGE], userName: "ann" };
    const missing = await app.send("POST", "/Users", user);
    expect(missing).toMatchObject({ status: 400, body: { scimType: "invalidValue", detail: `${BADGE} is required` } });
    const made = await app.send("POST", "/Users", { ...user, [BADGE.toUpperCase()]: { NUMBER: 7, colour: "green" } });
    expect(made.body).toMatchObject({ schemas: [USER, BADGE], [BADGE]: { number: 7, colour: "green" } });
    const path = `/Users/${made.body.id}`;
    const taken = await app.send("POST", "/Users", { ...user, userName: "bob", [BADGE]: { number: 7 } });
    expect(taken).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    expect((await app.send("PUT", path, { schemas: [USER], userName: "ann" })).status).toBe(400);
    expect((await app.send("PATCH", path, patch({ op: "remove", path: BADGE }))).body.scimType).toBe("mutability");
    const both = patch({ op: "add", value: { [ENTERPRISE]: { department: "x" }, [BADGE]: { colour: "red" } } });
    expect((await app.send("PATCH", path, both)).body).toMatchObject({
      schemas: [USER, ENTERPRISE, BADGE],
      [BADGE]: { number: 7, colour: "red" },
    });
    const group = await app.send("POST", "/Groups", {
      schemas: [GROUP, UNIT],
      displayName: "g",
      [UNIT]: { costCenter: "12" },
    });
    const filter = encodeURIComponent(`${UNIT.toLowerCase()}:COSTCENTER eq "12"`);
    expect((await app.send("GET", `/Groups?filter=${filter}`)).body).toMatchObject({
      totalResults: 1,
      Resources: [{ id: group.body.id }],
    });
    const gone = await app.send(
      "PATCH",
      `/Groups/${group.body.id}?attributes=displayName,${UNIT}`,
      patch({ op: "remove", path: UNIT }),
    );
    expect(gone.body.schemas).toEqual([GROUP]);
  });

  it("two types that share a schema share neither resources nor unique values [req 25] [req 63]", async () => {
    const admin = defineResourceType({ name: "Admin", endpoint: "/Admins", schema: userSchema });
    const app = await appWith(storage, { resourceTypes: [userResourceType, admin] });
    const user = await createUser(app, "ann");
    const made = await app.send("POST", "/Admins", { schemas: [USER], userName: "ann" });
    expect(made).toMatchObject({ status: 201, body: { meta: { resourceType: "Admin" } } });
    expect((await app.send("POST", "/Admins", { schemas: [USER], userName: "ANN" })).status).toBe(409);
    expect((await app.send("GET", `/Admins/${user}`)).status).toBe(404);
    expect((await app.send("GET", "/Admins")).body.totalResults).toBe(1);
    const { body } = await app.send("GET", "/Schemas");
    const ids = (body.Resources as { id: string }[]).map(({ id }) => id);
    expect(ids.slice(0, 2)).toEqual([USER, ENTERPRISE]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("discovery of resource types of the application's own", () => {
  const app = createApp({ resourceTypes: [everythingType, deviceType, userResourceType] });

  it("shows them so that they can be read back, every characteristic as it was [req 27] [req 30] [req 31] [req 34]", async () => {
    const resourceTypes = (await app.send("GET", "/ResourceTypes")).body;
    const schemas = (await app.send("GET", "/Schemas")).body;
    expect(defineResourceTypes({ resourceTypes, schemas })).toEqual([everythingType, deviceType, userResourceType]);
    const one = (await app.send("GET", "/ResourceTypes/Device")).body;
    expect(one).toMatchObject({
      endpoint: "/inventory/Devices",
      schema: DEVICE,
      schemaExtensions: [{ schema: ETHERNET, required: false }],
    });
    expect(defineResourceTypes({ resourceTypes: one, schemas: schemas.Resources })).toEqual([deviceType]);
  });

  it.each([
    ["a name", { name: "user" }, "Two resource types are called user"],
    ["an endpoint", { endpoint: "/users" }, "have the same endpoint: /users"],
    ["the beginning of an endpoint", { endpoint: "/Users/external" }, "one endpoint begins with the other"],
    [
      "a schema with another meaning",
      { schema: defineSchema({ id: USER, attributes: [{ name: "x" }] }) },
      "has two different definitions",
    ],
  ])("refuses two types with %s in common, at once and clearly", (_, change, message) => {
    const other = defineResourceType({ name: "Person", endpoint: "/People", schema: userSchema, ...change });
    expect(() => createApp({ resourceTypes: [userResourceType, other] })).toThrow(TypeError);
    expect(() => createApp({ resourceTypes: [userResourceType, other] })).toThrow(message);
  });

  it.each([
    ["no type", { resourceTypes: [] }, "there is no resource type"],
    ["a type without schema", { resourceTypes: { name: "A", endpoint: "/A" } }, "Resource type A: schema"],
    [
      "a schema that is not there",
      { resourceTypes: { name: "A", endpoint: "A", schema: "urn:x:y" } },
      "Resource type A: schema urn:x:y is missing from",
    ],
    [
      "a wrong attribute",
      {
        resourceTypes: { name: "A", endpoint: "A", schema: "urn:x:y" },
        schemas: [
          { id: "urn:x:Y", attributes: [{ name: "b", type: "complex", subAttributes: [{ name: "c", type: "odd" }] }] },
        ],
      },
      "Schema urn:x:Y, attribute b, attribute c: type",
    ],
  ])("says where documents of another server are wrong: %s", (_, documents, message) => {
    expect(() => defineResourceTypes(documents)).toThrow(TypeError);
    expect(() => defineResourceTypes(documents)).toThrow(message);
  });
});
