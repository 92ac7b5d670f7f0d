import { describe, expect, it } from "vitest";
import type { DirectoryUser } from "../../src/directory/objects.ts";
import { providerGroupMappings, providerUserMappings } from "../../src/mapping/defaults/outbound.ts";
import {
  type MapOutboundOptions,
  mapOutbound,
  type OutboundOutcome,
} from "../../src/mapping/evaluation/map-outbound.ts";
import { MappingInvalidError } from "../../src/mapping/evaluation/mapping-invalid-error.ts";
import { previewMappings } from "../../src/mapping/evaluation/preview-mappings.ts";
import {
  type AnyMapping,
  defineMapping,
  type Mapping,
  type MappingExpression,
} from "../../src/mapping/expressions/define-mapping.ts";
import { remove, replace, skip } from "../../src/mapping/expressions/markers.ts";
import { providerVariables } from "../../src/mapping/expressions/provider-variables.ts";
import { URN } from "../../src/protocol/urns.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";

const ada: DirectoryUser = { id: "42", userName: "ada", displayName: "Ada" };

function mapping(name: string, expression: MappingExpression): Mapping {
  return defineMapping({ name, expression });
}

function map(mappings: readonly AnyMapping[], options: Partial<MapOutboundOptions> = {}): Promise<OutboundOutcome> {
  return mapOutbound({
    type: userResourceType,
    mappings,
    object: ada,
    provider: { name: "slack" },
    subjectId: "subject",
    phase: "create",
    ...options,
  });
}

async function mapped(mappings: readonly AnyMapping[], options: Partial<MapOutboundOptions> = {}) {
  const outcome = await map(mappings, options);
  if ("skipped" in outcome) throw new TypeError(outcome.reason);
  return outcome;
}

async function failure(
  mappings: readonly AnyMapping[],
  options: Partial<MapOutboundOptions> = {},
): Promise<MappingInvalidError> {
  try {
    await map(mappings, options);
  } catch (error) {
    if (error instanceof MappingInvalidError) return error;
    throw error;
  }
  throw new TypeError("nothing was thrown");
}

describe("the variables of a provider's mappings", () => {
  it("are user or group, provider, link, subject id and the schemas of the application", async () => {
    const link = { remoteId: "r1" };
    const variables = providerVariables({ type: userResourceType, object: ada, provider: { name: "x" }, link });
    expect({ ...variables }).toEqual({
      user: ada,
      provider: { name: "x" },
      link,
      subjectId: "42",
      schemas: [URN.user, URN.enterpriseUser],
    });
    const group = providerVariables({ type: groupResourceType, object: { id: "g" }, provider: {} });
    expect([group.group, group.user, group.link]).toEqual([{ id: "g" }, undefined, undefined]);
  });

  it("cannot be used to change the directory's object, and leave instances of classes as they are", async () => {
    const when = new Date(0);
    const object = { id: "1", name: { givenName: "Ada" }, tags: ["a"], when };
    const user = { ...providerVariables({ type: userResourceType, object, provider: {} }).user };
    expect(() => Object.assign(user.name as object, { givenName: "Eve" })).toThrow(TypeError);
    expect(() => (user.tags as string[]).push("b")).toThrow(TypeError);
    expect(user.when).toBe(when);
    expect(Object.isFrozen(object)).toBe(false);
  });
});

describe("mapping outbound", () => {
  it("gives a resource in canonical form, with schemas and a trace of who set what", async () => {
    const { resource, trace } = await mapped([
      mapping("1", () => ({ USERNAME: "ada", emails: [{ value: "a@b.c" }] })),
      mapping("2", () => ({ [URN.enterpriseUser]: { department: "Engines" }, emails: replace([{ value: "d@e.f" }]) })),
    ]);
    expect(resource).toEqual({
      schemas: [URN.user, URN.enterpriseUser],
      userName: "ada",
      externalId: "subject",
      emails: [{ value: "d@e.f" }],
      [URN.enterpriseUser]: { department: "Engines" },
    });
    expect(trace.map((step) => step.changes.map((change) => `${step.mapping} ${change.path}`))).toEqual([
      ["1 USERNAME", "1 emails"],
      [`2 ${URN.enterpriseUser}:department`, "2 emails"],
    ]);
  });

  it("makes the subject id the externalId where no mapping says anything of it", async () => {
    const base = mapping("a", () => ({ userName: "ada" }));
    expect((await mapped([base])).resource.externalId).toBe("subject");
    expect((await mapped([base], { subjectId: undefined })).resource.externalId).toBe("42");
    expect((await mapped([base, mapping("b", () => ({ externalId: "own" }))])).resource.externalId).toBe("own");
    expect((await mapped([base, mapping("b", () => ({ externalId: null }))])).resource.externalId).toBeUndefined();
    const taken = await mapped([...providerUserMappings, mapping("z", () => ({ externalId: remove }))]);
    expect(taken.resource.externalId).toBe("subject");
  });

  it("returns what must be cleared: what is named and has no value [req C44]", async () => {
    const { cleared, resource } = await mapped([
      mapping("a", () => ({
        ...{ userName: "ada", title: null, NickName: null, roles: [], timezone: undefined, groups: null, meta: null },
        [URN.enterpriseUser]: { division: null, department: "Engines" },
      })),
    ]);
    expect([...cleared].sort()).toEqual(["nickName", "roles", "title", `${URN.enterpriseUser}:division`].sort());
    expect(resource).not.toHaveProperty("title");
  });

  it("applies mappings for creation on creation only [req C45]", async () => {
    const mappings = [
      ...providerUserMappings,
      defineMapping({ name: "z", apply: "create", expression: () => ({ title: "New" }) }),
    ];
    expect((await mapped(mappings)).resource.title).toBe("New");
    expect((await mapped(mappings, { phase: "update" })).resource.title).toBeUndefined();
  });

  it("keeps passwords apart, and has them on creation only [req C46]", async () => {
    const mappings = [...providerUserMappings, mapping("z", () => ({ password: "t0p" }))];
    const created = await mapped(mappings);
    expect([created.secrets, created.cleared]).toEqual([{ password: "t0p" }, []]);
    expect(JSON.stringify([created.resource, created.trace])).not.toContain("t0p");
    const updated = await mapped(mappings, { phase: "update" });
    expect([updated.secrets, updated.cleared]).toEqual([{}, []]);
  });

  it("leaves an object out where a mapping skips it, saying which and why", async () => {
    const outcome = await map([...providerUserMappings, mapping("z", () => skip("not for robots"))]);
    expect(outcome).toMatchObject({ skipped: "z", reason: "not for robots" });
    expect(outcome).not.toHaveProperty("resource");
  });

  it("lets mappings see the link, so that they can tell an update", async () => {
    const byLink = mapping("z", ({ link }) => ({ title: link === undefined ? "new" : "known" }));
    expect((await mapped([...providerUserMappings, byLink])).resource.title).toBe("new");
    expect((await mapped([...providerUserMappings, byLink], { link: { remoteId: "1" } })).resource.title).toBe("known");
  });

  it("never reaches a prototype", async () => {
    const { resource } = await mapped([
      mapping("a", () => JSON.parse('{ "userName": "ada", "__proto__": { "polluted": true } }')),
    ]);
    expect(Object.getPrototypeOf(resource)).toBe(Object.prototype);
    expect((resource as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("a mapping's result that is not a resource", () => {
  it.each<[string, MappingExpression, string, string]>([
    ["a value of another type", () => ({ active: "yes" }), "active", "active must be true or false"],
    ["a list that is none", () => ({ emails: "a@b.c" }), "emails", "emails must be a list"],
    ["a sub-attribute", () => ({ emails: [{ value: 5 }] }), "emails[0].value", "emails[0].value must be a string"],
    [
      "an attribute of an extension",
      () => ({ [URN.enterpriseUser]: { department: 5 } }),
      `${URN.enterpriseUser}:department`,
      "must be a string",
    ],
    ["an attribute that is not known", () => ({ dispalyName: "Ada" }), "dispalyName", "dispalyName is not known"],
    ["members", () => ({ members: [] }), "members", "members come from the directory"],
  ])("names object, attribute and mapping: %s", async (_what, expression, attribute, reason) => {
    const error = await failure([
      mapping("a", () => ({ userName: "ada" })),
      mapping("b: wrong", expression),
      mapping("c", () => undefined),
    ]);
    expect(error).toMatchObject({
      name: "MappingInvalidError",
      status: 500,
      resourceType: "User",
      id: "42",
      attribute,
    });
    expect(error.mappings).toEqual(["b: wrong"]);
    expect(error.message).toContain("The mappings of User ada (42) give no valid resource: ");
    expect(error.message).toContain(reason);
    expect(error.message).toContain('(set by "b: wrong")');
  });

  it("says so where a required attribute is set by none", async () => {
    const error = await failure([mapping("a", () => ({ displayName: "Ada" }))]);
    expect(error).toMatchObject({ attribute: "userName", mappings: [] });
    expect(error.message).toBe(
      "The mappings of User ada (42) give no valid resource: userName is required (no mapping sets it)",
    );
  });

  it("names all mappings that had a part in it", async () => {
    const one = mapping("a", () => ({ userName: "ada", emails: [{ value: "a@b.c", primary: true }] }));
    const error = await failure([one, mapping("b", () => ({ emails: [{ value: "d@e.f", primary: true }] }))]);
    expect(error).toMatchObject({ attribute: "emails", mappings: ["a", "b"] });
  });

  it("tells no values", async () => {
    const error = await failure([mapping("a", () => ({ userName: "ada", active: "hunter2" }))]);
    expect(error.message).not.toContain("hunter2");
  });

  it("is reported without attribute if one name has two spellings", async () => {
    const error = await failure([mapping("a", () => ({ userName: "ada", USERNAME: "eve" }))]);
    expect(error).toMatchObject({ attribute: undefined, mappings: [] });
    expect(error.message).toContain("userName is given twice");
  });

  it("may have unknown attributes, if these are dropped", async () => {
    const unknown = mapping("z", () => ({ shoeSize: 38, emails: [{ value: "a@b.c", verified: true }] }));
    const outcome = await mapped([...providerUserMappings, unknown], { unknown: "drop" });
    expect(outcome.unknown).toEqual(["shoeSize", "emails[0].verified"]);
    expect(outcome.resource.emails).toEqual([{ value: "a@b.c" }]);
  });
});

it("previews the mappings of a provider", async () => {
  const variables = providerVariables({ type: groupResourceType, object: { id: "g", displayName: "G" }, provider: {} });
  expect((await previewMappings(providerGroupMappings, variables)).text).toBe(
    "00 directory group: 10 identity\n  displayName: set\n  externalId: set\n00 directory group: 80 extensions: nothing",
  );
});
