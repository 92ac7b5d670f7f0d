import { describe, expect, it } from "vitest";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { LIST, page, refusal, rejection, reset, respond, type Step, scripted } from "./scripted-server.ts";

function list(...resources: object[]): Step {
  return respond(200, { schemas: [LIST], totalResults: resources.length, Resources: resources });
}

const anna = { userName: "anna", externalId: "e-1" };

function filterOf(target: string | undefined): string | null {
  return new URL(target ?? "", "http://localhost").searchParams.get("filter");
}

describe("a create with unknown outcome", () => {
  it("is looked up by externalId after a pause, and never sent again [req C13]", async () => {
    const { client, arrived, waits } = await scripted([reset, list({ id: "7", ...anna })]);
    expect(await client.users.create(anna)).toEqual({
      outcome: "found",
      foundBy: "externalId",
      resource: { id: "7", ...anna },
    });
    expect(arrived.map(({ method }) => method)).toEqual(["POST", "GET"]);
    expect(filterOf(arrived[1]?.target)).toBe('externalId eq "e-1"');
    expect(waits).toHaveLength(1);
  });

  it("is then looked up by userName in any case [req C13] [req C33]", async () => {
    const { client, arrived } = await scripted([refusal(500), list(), list({ id: "7", userName: "ANNA" })]);
    expect(await client.users.create(anna)).toMatchObject({
      outcome: "found",
      foundBy: "userName",
      resource: { id: "7" },
    });
    expect(filterOf(arrived[2]?.target)).toBe('userName eq "anna"');
  });

  it("of a group is looked up by displayName", async () => {
    const { client, arrived } = await scripted([refusal(502), list({ id: "g", displayName: "Staff" })]);
    expect(await client.groups.create({ displayName: "Staff" })).toMatchObject({ foundBy: "displayName" });
    expect(filterOf(arrived[1]?.target)).toBe('displayName eq "Staff"');
  });

  it.each<[string, Step[]]>([
    ["nobody is found", [list(), list()]],
    ["filters are ignored and others come back", [list({ id: "1", userName: "eve" }, { id: "2", userName: "bob" })]],
    ["externalId comes back in another case", [list({ id: "1", userName: "x", externalId: "E-1" }), list()]],
    ["the one of that name has another externalId", [list(), list({ id: "1", userName: "anna", externalId: "e-9" })]],
    ["several are found", [list({ id: "1", ...anna }, { id: "2", ...anna })]],
    ["the lookup fails", [refusal(400, { scimType: "invalidFilter" })]],
    ["a page of a proxy comes", [page(200)]],
  ])("throws the original error if %s [req C32] [req C33]", async (_, lookups) => {
    const { client, arrived } = await scripted([reset, ...lookups]);
    expect(await rejection(client.users.create(anna))).toMatchObject({ reason: "network", outcome: "unknown" });
    expect(arrived.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("throws at once if the caller has switched the look-up off", async () => {
    const { client, arrived } = await scripted([reset]);
    expect(await rejection(client.users.create(anna, { lookup: false }))).toMatchObject({ outcome: "unknown" });
    expect(arrived).toHaveLength(1);
  });

  it("is looked up by the attributes that the caller names", async () => {
    const { client, arrived } = await scripted([reset, list({ id: "1", displayName: "A" })]);
    const made = await client.users.create({ ...anna, displayName: "A" }, { lookup: ["displayName"] });
    expect([made.foundBy, arrived.length]).toEqual(["displayName", 2]);
    expect(await rejection(client.users.create(anna, { lookup: ["emails"] }))).toBeInstanceOf(TypeError);
  });

  it("is looked up by the next attribute if the service provider rejects a filter", async () => {
    const { client, arrived } = await scripted([
      reset,
      refusal(400, { scimType: "invalidFilter" }),
      list({ id: "7", userName: "anna" }),
    ]);
    expect(await client.users.create(anna)).toMatchObject({ outcome: "found", foundBy: "userName" });
    expect(arrived).toHaveLength(3);
  });

  it("is looked up by paths like those of find", async () => {
    const emails = [{ type: "work", value: "anna@x.example" }];
    const { client, arrived } = await scripted([reset, list({ id: "7", emails })]);
    const lookup = ['emails[type eq "work"].value'];
    expect(await client.users.create({ ...anna, emails }, { lookup })).toMatchObject({
      resource: { id: "7" },
      foundBy: 'emails[type eq "work"].value',
    });
    expect(filterOf(arrived[1]?.target)).toBe('emails[type eq "work" and value eq "anna@x.example"]');
  });

  it("of another type is looked up by the attribute that its schema calls unique", async () => {
    const schema = defineSchema({
      id: "urn:example:Badge",
      name: "Badge",
      attributes: [{ name: "serial", type: "string", uniqueness: "server", caseExact: true }],
    });
    const type = defineResourceType({ name: "Badge", endpoint: "/Badges", schema });
    const { client, arrived } = await scripted([reset, list({ id: "1", serial: "s" }, { id: "2", serial: "S" })]);
    expect(await client.resource(type).create({ serial: "S" })).toMatchObject({
      resource: { id: "2" },
      foundBy: "serial",
    });
    expect(arrived[0]?.target).toBe("/scim/v2/Badges");
    expect(JSON.parse(arrived[0]?.body ?? "").schemas).toEqual(["urn:example:Badge"]);
  });
});

describe("a create that was refused", () => {
  it.each([400, 401, 403, 409, 413])("with %d throws without a look-up", async (status) => {
    const { client, arrived } = await scripted([refusal(status)]);
    expect(await rejection(client.users.create(anna))).toMatchObject({ status });
    expect(arrived).toHaveLength(1);
  });
});
