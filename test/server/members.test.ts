import { describe, expect, it } from "vitest";
import type { MemberStorage } from "../../src/storage/member-storage.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { createApp, createGroup, createUser, GROUP, memberIds, patch, USER } from "../helpers/scim-app.ts";

/** How often each method of a storage was called. */
type Calls = Record<string, number>;

/** A storage that counts, inside transactions and out of them. */
function counting(storage: Storage, calls: Calls): Storage {
  const counted = <T extends object>(target: T, prefix: string): T =>
    new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name);
        if (name === "members") return counted(value as MemberStorage, "members.");
        if (typeof value !== "function" || typeof name !== "string") return value;
        return (...call: unknown[]) => {
          if (!["filter", "sort"].includes(name)) calls[prefix + name] = (calls[prefix + name] ?? 0) + 1;
          return Reflect.apply(value, object, call);
        };
      },
    });
  const resources = (inner: ResourceStorage): ResourceStorage => counted(inner, "");
  return {
    ...storage,
    resources: resources(storage.resources),
    transaction: (run) => storage.transaction((tx) => run({ ...tx, resources: resources(tx.resources) })),
  };
}

describe("members that do not exist", () => {
  it("[req 68] are accepted where the application says so, and count as members once they are there", async () => {
    let next = 0;
    const app = createApp({
      unknownMembers: "accept",
      newId: () => {
        next += 1;
        return `id${next}`;
      },
    });
    const created = await app.send("POST", "/Groups", {
      schemas: [GROUP],
      displayName: "g",
      members: [{ value: "later" }],
    });
    const group = String(created.body.id);
    expect([created.status, await memberIds(app, group)]).toEqual([201, ["later"]]);
    const added = await app.send(
      "PATCH",
      `/Groups/${group}`,
      patch({ op: "add", path: "members", value: [{ value: "too" }] }),
    );
    expect([added.status, await memberIds(app, group)]).toEqual([204, ["later", "too"]]);
    await app.send("PATCH", `/Groups/${group}`, patch({ op: "remove", path: 'members[value eq "too"]' }));
    expect(await memberIds(app, group)).toEqual(["later"]);
  });
});

describe("a resource just created", () => {
  it("is shown without a question about its groups, which cannot have it yet", async () => {
    const calls: Calls = {};
    const app = createApp({ storage: counting(memoryStorage(), calls) });
    const ann = await createUser(app, "ann");
    expect(calls).toEqual({ insert: 1 });
    await createGroup(app, "g", [ann]);
    expect(calls["members.groupsOf"]).toBeUndefined();
    const { body } = await app.send("GET", `/Users/${ann}`);
    expect(body.groups).toEqual([expect.objectContaining({ display: "g" })]);
    expect(calls["members.groupsOf"]).toBe(1);
  });

  it("shows the groups that named it before it was there, where unknown members are accepted", async () => {
    let next = 0;
    const app = createApp({
      unknownMembers: "accept",
      newId: () => {
        next += 1;
        return `id${next}`;
      },
    });
    // Each request takes an id for itself first.
    const group = await app.send("POST", "/Groups", {
      schemas: [GROUP],
      displayName: "g",
      members: [{ value: "id5", type: "User" }],
    });
    const user = await app.send("POST", "/Users", { schemas: [USER], userName: "ann" });
    expect(user.body).toMatchObject({ id: "id5", groups: [{ value: group.body.id, display: "g" }] });
  });
});

describe("a group of thousands", () => {
  it("[req 120, 161] takes as many calls to storage as a small one, for a change of all its members and for a question about one", async () => {
    const costs: Calls[] = [];
    for (const size of [3, 3000]) {
      const storage = memoryStorage();
      const app = createApp({ storage });
      const ids: string[] = [];
      for (let index = 0; index < size; index += 1) ids.push(await createUser(app, `user${index}`));
      const group = await createGroup(app, "g");
      const calls: Calls = {};
      const watched = createApp({ storage: counting(storage, calls) });
      const each = (op: (id: string) => object) =>
        watched.send("PATCH", `/Groups/${group}`, patch(...ids.map((id) => op(id))));
      expect((await each((value) => ({ op: "add", path: "members", value: [{ value }] }))).status).toBe(204);
      const one = ids.at(-1) ?? "";
      const probe = async (filter: string): Promise<unknown> =>
        (await watched.send("GET", `/Groups?attributes=id&filter=${encodeURIComponent(filter)}`)).body.totalResults;
      expect(await probe(`id eq "${group}" and members eq "${one}"`)).toBe(1);
      expect(await probe(`id eq "${group}" and members[value eq "nobody"]`)).toBe(0);
      expect((await each((id) => ({ op: "remove", path: `members[value eq "${id}"]` }))).status).toBe(204);
      expect(await memberIds(app, group)).toEqual([]);
      costs.push(calls);
    }
    expect(costs[1]).toEqual(costs[0]);
    expect(costs[0]?.["members.change"]).toBe(2);
    expect(costs[0]?.["members.page"]).toBeUndefined();
  });
});
