import type { DirectoryChange } from "scimkit/directory";
import { defineResourceType, defineSchema, groupResourceType, userResourceType } from "scimkit/schema";
import { describe, expect, it } from "vitest";
import { type App, createApp, createUser, patch, STORAGES } from "../helpers/scim-app.ts";
import { createSourceApp, RecordingDirectory } from "../helpers/source-app.ts";

/** Names of properties that every object inherits, as far as a resource type can have them. */
const NAMES = ["constructor", "hasOwnProperty", "isPrototypeOf", "toString", "valueOf"];

const thingSchema = defineSchema({
  id: "urn:example:thing",
  attributes: [
    { name: "label", type: "string", required: true, uniqueness: "server" },
    { name: "count", type: "integer" },
  ],
});

const typeCalled = (name: string) => defineResourceType({ name, endpoint: `/${name}`, schema: thingSchema });

/** Every kind of request for one resource of the type. Returns the statuses. */
async function requestAll(app: Pick<App, "send">, name: string): Promise<number[]> {
  const body = { schemas: [thingSchema.id], label: "a", count: 1 };
  const created = await app.send("POST", `/${name}`, body);
  const path = `/${name}/${String(created.body.id)}`;
  const others: [string, string, object?][] = [
    ["GET", path],
    ["PUT", path, { ...body, count: 2 }],
    ["PATCH", path, patch({ op: "Replace", path: "count", value: 3 })],
    ["GET", `/${name}?sortBy=label&filter=${encodeURIComponent('label eq "a" and count gt 2')}`],
    ["GET", `/?filter=${encodeURIComponent(`meta.resourceType eq "${name}"`)}`],
    ["GET", `/ResourceTypes/${name}`],
    ["DELETE", path],
  ];
  const statuses = [created.status];
  for (const [method, target, sent] of others) statuses.push((await app.send(method, target, sent)).status);
  return statuses;
}

const DONE = [201, 200, 200, 200, 200, 200, 200, 204];

describe.each(NAMES)("a resource type called %s", (name) => {
  it.each(Object.keys(STORAGES))("is served like any other, over %s storage", async (storage) => {
    const app = createApp({ storage: STORAGES[storage]?.(), resourceTypes: [userResourceType, typeCalled(name)] });
    await app.storage.migrate();
    expect(await requestAll(app, name)).toEqual(DONE);
    await app.storage.close();
  });

  it("is accepted by a source with a directory and a subscriber, which are not called for it", async () => {
    const directory = new RecordingDirectory();
    const app = await createSourceApp({
      storage: STORAGES.memory?.() ?? expect.unreachable(),
      directory,
      resourceTypes: [userResourceType, groupResourceType, typeCalled(name)],
    });
    const seen: DirectoryChange[] = [];
    app.source.subscribe(async (changes) => void seen.push(...changes));
    expect(await requestAll(app, name)).toEqual(DONE);
    expect([directory.calls, seen]).toEqual([[], []]);
    const user = await createUser(app, "ann");
    expect([directory.calls.length, seen]).toEqual([1, [{ type: "user.changed", id: user }]]);
  });
});

it("a resource type called __proto__ is refused when it is defined", () => {
  expect(() => typeCalled("__proto__")).toThrow(/^Resource type __proto__: name: not a name/);
});
