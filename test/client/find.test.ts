import { describe, expect, it } from "vitest";
import type { LookupKey } from "../../src/client/resources/lookup.ts";
import type { Resource } from "../../src/protocol/resources.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { enterpriseUserSchema } from "../../src/schema/definitions/enterprise-user.ts";
import { LIST, page, refusal, rejection, reset, respond, type Step, scripted } from "./scripted-server.ts";

const once = { retry: { attempts: 1 } };
const byName: LookupKey = { attribute: "userName", value: "anna" };
const byExternalId: LookupKey = { attribute: "externalId", value: "E-1" };

/** A page of a listing; `total` is what it announces. */
function list(resources: readonly object[], total: number | undefined = resources.length): Step {
  return respond(200, { schemas: [LIST], totalResults: total, Resources: resources });
}

function queryOf(target: string | undefined): URLSearchParams {
  return new URL(target ?? "", "http://localhost").searchParams;
}

describe("find", () => {
  it("sends one request, and returns the resources that have the value", async () => {
    const anna = { id: "7", userName: "anna" };
    const { client, arrived } = await scripted([list([anna])]);
    expect(await client.users.find(byName)).toEqual({ outcome: "found", resources: [anna], by: "userName" });
    expect(arrived).toHaveLength(1);
    expect(queryOf(arrived[0]?.target).get("filter")).toBe('userName eq "anna"');
  });

  it("returns both of two resources, and stops there: the value is ambiguous [req C32]", async () => {
    const { client, arrived } = await scripted([
      list([{ id: "1", userName: "anna" }], 3),
      list([{ id: "2", userName: "anna" }], 3),
    ]);
    const result = await client.users.find(byName);
    expect(result).toMatchObject({ outcome: "found", resources: [{ id: "1" }, { id: "2" }] });
    expect(arrived).toHaveLength(2);
  });

  it("compares as the attribute's definition says: userName in any case, externalId exactly [req C33]", async () => {
    const { client } = await scripted([
      list([{ id: "1", userName: "ANNA" }]),
      list([{ id: "1", externalId: "e-1" }]),
      list([{ id: "1", externalId: "E-1" }]),
    ]);
    expect(await client.users.find(byName)).toMatchObject({ outcome: "found" });
    expect(await client.users.find(byExternalId)).toEqual({ outcome: "none", certain: true });
    expect(await client.users.find(byExternalId)).toMatchObject({ outcome: "found" });
  });

  it("compares letters beyond ASCII whatever their case and composition", async () => {
    const { client } = await scripted([list([{ id: "1", userName: "ÅSA@EXAMPLE.ORG" }])]);
    expect(await client.users.find({ attribute: "userName", value: "a\u030Asa@example.org" })).toMatchObject({
      outcome: "found",
    });
  });

  it("reads names of attributes in any case, and ids and values that are numbers as text", async () => {
    const { client } = await scripted([
      list([{ id: 7, USERNAME: "anna" }]),
      list([{ id: 7, externalid: 42 }]),
      list([{ id: 7 }]),
    ]);
    expect(await client.users.find(byName)).toMatchObject({ resources: [{ id: "7" }], by: "userName" });
    expect(await client.users.find({ attribute: "EXTERNALID", value: "42" })).toMatchObject({ by: "externalId" });
    expect(await client.users.find({ attribute: "id", value: "7" })).toMatchObject({ resources: [{ id: "7" }] });
  });

  it("passes its signal on", async () => {
    const { client, arrived } = await scripted([list([])]);
    const error = await rejection(client.users.find(byName, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ reason: "aborted" });
    expect(arrived).toEqual([]);
  });
});

describe("find by a path", () => {
  it("with brackets puts the value into them, and compares within one element", async () => {
    const work = (value: string): object => ({ type: "Work", value });
    const { client, arrived } = await scripted([
      list([
        { id: "1", emails: [work("other@x.example"), { type: "home", value: "anna@x.example" }] },
        { id: "2", EMAILS: [{ TYPE: "work", Value: "Anna@x.example" }] },
      ]),
    ]);
    const key = { attribute: 'Emails[Type eq "work"].Value', value: "anna@x.example" };
    expect(await client.users.find(key)).toMatchObject({
      outcome: "found",
      resources: [{ id: "2" }],
      by: 'emails[Type eq "work"].value',
    });
    expect(queryOf(arrived[0]?.target).get("filter")).toBe('emails[Type eq "work" and value eq "anna@x.example"]');
  });

  it("to a sub-attribute compares each element", async () => {
    const { client, arrived } = await scripted([list([{ id: "1", emails: [{ value: "a@x" }, { value: "b@x" }] }])]);
    expect(await client.users.find({ attribute: "emails.value", value: "b@x" })).toMatchObject({ outcome: "found" });
    expect(queryOf(arrived[0]?.target).get("filter")).toBe('emails.value eq "b@x"');
  });

  it("of an extension is written with its URN", async () => {
    const urn = enterpriseUserSchema.id;
    const { client, arrived } = await scripted([list([{ id: "1", [urn.toUpperCase()]: { EmployeeNumber: "17" } }])]);
    const key = { attribute: `${urn}:employeeNumber`, value: "17" };
    expect(await client.users.find(key)).toMatchObject({ outcome: "found", by: `${urn}:employeeNumber` });
    expect(queryOf(arrived[0]?.target).get("filter")).toBe(`${urn}:employeeNumber eq "17"`);
  });

  it("of another type is compared by that type's definitions", async () => {
    const schema = defineSchema({
      id: "urn:example:Badge",
      name: "Badge",
      attributes: [{ name: "serials", type: "string", multiValued: true, caseExact: true }],
    });
    const badge = defineResourceType({ name: "Badge", endpoint: "/Badges", schema });
    const { client } = await scripted([list([{ id: "1", serials: ["s", "t"] } as Resource])]);
    const badges = client.resource(badge);
    expect(await badges.find({ attribute: "serials", value: "t" })).toMatchObject({ outcome: "found" });
    expect(await badges.find({ attribute: "serials", value: "T" })).toMatchObject({ outcome: "none" });
  });

  it.each<[string, string, RegExp]>([
    ["does not exist", "nickname2", /no such attribute/],
    ["is not text", "active", /not text/],
    ["has parts", "emails", /not text/],
    ["is never returned", "password", /never returned/],
    ["is no path", "emails[type eq", /cannot be looked up by emails\[type eq/],
    ["filters by a part that does not exist", 'emails[kind eq "x"].value', /kind/],
  ])("that %s is a mistake of the caller", async (_, attribute, said) => {
    const { client, arrived } = await scripted([list([])]);
    const error = await rejection(client.users.find({ attribute, value: "x" }));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(said);
    expect(await rejection(client.users.find({ attribute: "userName", value: "" }))).toBeInstanceOf(TypeError);
    expect(arrived).toEqual([]);
  });
});

describe("find without a match", () => {
  it.each<[string, boolean, Step]>([
    ["an empty listing with totalResults 0", true, list([])],
    ["an empty listing without totalResults", false, respond(200, { schemas: [LIST], Resources: [] })],
    ["an empty page of a listing that is not empty", false, list([], 5)],
    ["other resources, all there are", true, list([{ id: "1", userName: "eve" }])],
    ["other resources, on the first of several pages", false, list([{ id: "1", userName: "eve" }], 2)],
    ["a SCIM 404", false, refusal(404)],
  ])("after %s is certain: %s", async (...[, certain, step]) => {
    const { client, arrived } = await scripted([step]);
    expect(await client.users.find(byName)).toEqual({ outcome: "none", certain });
    expect(arrived).toHaveLength(1);
  });

  it("reads every page of a listing whose filter is ignored, if it is thorough [req C33]", async () => {
    const people = ["eve", "bob", "anna"].map((userName, index) => ({ id: String(index), userName }));
    const pages = people.map((one) => list([one], people.length));
    const { client, arrived } = await scripted([...pages, ...pages]);
    expect(await client.users.find(byName, { thorough: true })).toMatchObject({ resources: [{ id: "2" }] });
    const nobody = { attribute: "userName", value: "nobody" };
    expect(await client.users.find(nobody, { thorough: true })).toEqual({ outcome: "none", certain: true });
    expect(arrived).toHaveLength(6);
  });

  it("is not certain if the pages contradict each other", async () => {
    const { client } = await scripted([
      list([{ id: "1", userName: "eve" }], 2),
      list([{ id: "1b", userName: "b" }], 3),
      list([], 3),
    ]);
    expect(await client.users.find(byName, { thorough: true })).toEqual({ outcome: "none", certain: false });
  });
});

describe("a failed find", () => {
  it.each([400, 405, 413, 414, 422, 501])("with %d is unanswerable: the filter was rejected", async (status) => {
    const { client } = await scripted([refusal(status, { detail: "no such filter" })], once);
    expect(await client.users.find(byName)).toMatchObject({
      outcome: "unanswerable",
      error: { status, detail: "no such filter" },
    });
  });

  it.each([401, 403, 408, 425, 429, 500, 502, 503, 504])("with %d throws: nothing is known", async (status) => {
    const { client } = await scripted([refusal(status)], once);
    expect(await rejection(client.users.find(byName))).toMatchObject({ status });
  });

  it.each<[string, Step, string]>([
    ["a page of HTML", page(200), "not-scim"],
    ["a 404 that is not SCIM", page(404), "not-scim"],
    ["a connection that breaks", reset, "network"],
  ])("with %s throws: nothing is known", async (_, step, reason) => {
    const { client } = await scripted([step], once);
    expect(await rejection(client.users.find(byName))).toMatchObject({ name: "TransportError", reason });
  });

  it("on a later page throws, since one match is already known", async () => {
    const { client } = await scripted([list([{ id: "1", userName: "anna" }], 2), refusal(404)]);
    expect(await rejection(client.users.find(byName))).toMatchObject({ status: 404 });
  });
});
