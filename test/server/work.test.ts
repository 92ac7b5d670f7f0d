import { describe, expect, it } from "vitest";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { createApp, createGroup, createUser, GROUP, patch } from "../helpers/scim-app.ts";

const refusal = (what: string) => ({
  status: 400,
  body: expect.objectContaining({ scimType: "tooMany", detail: `The request needs too much work for ${what}` }),
});

describe("the work of a request", () => {
  it("includes showing the groups of users and the members of groups", async () => {
    const app = createApp({ limits: { maxWork: 2000 } });
    const ids: string[] = [];
    for (let index = 0; index < 30; index += 1) ids.push(await createUser(app, `u${index}`));
    const group = await createGroup(app, "g0");
    const members = ids.map((value) => ({ value }));
    await app.send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: members }));
    expect((await app.send("GET", `/Groups/${group}?excludedAttributes=members`)).status).toBe(200);
    expect(await app.send("GET", "/Users?count=5")).toMatchObject({ status: 200 });
    expect(await app.send("GET", "/Users")).toMatchObject(refusal("showing resources with their members and groups"));
    for (let index = 1; index < 300; index += 30) await createGroup(app, `g${index}`, ids.slice(0, 20));
    expect(await app.send("GET", `/Users/${ids[0]}`)).toMatchObject({ status: 200 });
    expect(await app.send("GET", "/Users?count=8")).toMatchObject({ status: 400 });
  });

  it("is shared by the operations of a bulk request, of which the later ones are refused", async () => {
    const storage = memoryStorage();
    let reads = 0;
    const find: typeof storage.resources.find = (...asked) => {
      reads += 1;
      return storage.resources.find(...asked);
    };
    const counted = { ...storage, resources: { ...storage.resources, find } };
    const app = createApp({ storage: counted, limits: { maxWork: 100_000 }, bulk: true });
    const ids: string[] = [];
    for (let index = 0; index < 200; index += 1) ids.push(await createUser(app, `u${index}`));
    const group = await createGroup(app, "g", ids);
    const Operations = Array.from({ length: 60 }, (_, index) => ({
      method: "PATCH",
      path: `/Groups/${group}`,
      data: patch({ op: "remove", path: `members[display eq "${index}"]` }),
    }));
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];
    const answer = await app.send("POST", "/Bulk", { schemas, Operations });
    const results = answer.body.Operations as { status: string }[];
    expect([answer.status, results.length, results.at(0)?.status, results.at(-1)?.status]).toEqual([
      200,
      60,
      "204",
      "400",
    ]);
    // Nothing is read for an operation that comes after the budget is used up.
    expect(reads).toBe(results.filter(({ status }) => status === "204").length + 1);
  });

  it("lets a push of twelve thousand members through with the default limits", async () => {
    const app = createApp({ unknownMembers: "accept", limits: { maxBodyBytes: 4_000_000 } });
    const members = Array.from({ length: 12_000 }, (_, index) => ({
      value: `user-${index}`,
      display: `User ${index}`,
    }));
    const group = await createGroup(app, "g");
    const put = await app.send("PUT", `/Groups/${group}?attributes=id`, {
      schemas: [GROUP],
      displayName: "g",
      members,
    });
    expect(put.status).toBe(200);
    const replaced = patch({ op: "replace", path: "members", value: members.slice(1) });
    expect((await app.send("PATCH", `/Groups/${group}`, replaced)).status).toBe(204);
    expect((await app.send("GET", `/Groups/${group}`)).body.members).toHaveLength(11_999);
  });
});
