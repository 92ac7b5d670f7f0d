import { defineResourceType, defineSchema, groupResourceType, userResourceType } from "scimkit/schema";
import { describe, expect, it } from "vitest";
import { createApp, createGroup, createUser, patch, STORAGES } from "../helpers/scim-app.ts";

const names = ["constructor", "toString", "hasOwnProperty"];

describe.each(names)("a resource type with the name %s, which every object has", (name) => {
  const urn = `urn:example:${name}`;
  const type = defineResourceType({
    name,
    endpoint: `/${name}`,
    schema: defineSchema({
      id: urn,
      name,
      attributes: [
        { name: "label", type: "string", multiValued: false, uniqueness: "server" },
        { name: "parts", type: "complex", multiValued: true, subAttributes: [{ name: "value", type: "string" }] },
      ],
    }),
  });

  it.each(Object.entries(STORAGES))("works in every request, over %s storage", async (_storage, storage) => {
    const app = createApp({
      storage: storage(),
      resourceTypes: [userResourceType, groupResourceType, type],
      bulk: true,
      unknownMembers: "reject",
    });
    await app.storage.migrate();
    const created = await app.send("POST", `/${name}`, { schemas: [urn], label: "a", parts: [{ value: "x" }] });
    expect([created.status, created.text]).toEqual([201, expect.stringContaining(name)]);
    const path = `/${name}/${created.body.id}`;
    await createUser(app, "u");
    const group = await createGroup(app, "g", [String(created.body.id)]);
    const bulk = {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
      Operations: [{ method: "POST", path: `/${name}`, bulkId: "1", data: { schemas: [urn], label: "b" } }],
    };
    const answers = [
      await app.send("GET", path),
      await app.send("PUT", path, { schemas: [urn], label: "a", parts: [{ value: "y" }] }),
      await app.send("PATCH", path, patch({ op: "remove", path: 'parts[value eq "y"]' })),
      await app.send("GET", `/${name}?filter=${encodeURIComponent('label sw "a" or not (parts pr)')}&sortBy=label`),
      await app.send("GET", "/?sortBy=id"),
      await app.send("GET", `/?filter=${encodeURIComponent(`meta.resourceType eq "${name}"`)}`),
      await app.send("POST", "/Bulk", bulk),
      await app.send("GET", `/Groups/${group}`),
      await app.send("GET", `/ResourceTypes/${name}`),
      await app.send("GET", `/Schemas/${urn}`),
      await app.send("GET", "/Schemas"),
    ];
    expect(answers.map(({ status, text }) => (status === 200 ? 200 : text))).toEqual(answers.map(() => 200));
    expect(answers[5]?.body.totalResults).toBe(1);
    expect(answers[7]?.text).toContain(`/scim/v2${path}`);
    expect((await app.send("DELETE", path)).status).toBe(204);
    await app.storage.close();
  });
});
