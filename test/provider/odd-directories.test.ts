import { arrayDirectory, type Directory } from "scimkit/directory";
import { describe, expect, it } from "vitest";
import { type PushScene, pushScene } from "../helpers/push-scene.ts";
import { losesAnswers } from "../helpers/remote-app.ts";
import { SOAK_SECONDS } from "../helpers/soak.ts";

/** The directory of a scene with some of its methods replaced. */
function directoryOf(scene: PushScene, other: (truth: Directory) => Partial<Directory>): { directory: Directory } {
  const truth = arrayDirectory({ users: () => scene.users, groups: () => scene.groups });
  return { directory: { ...truth, ...other(truth) } };
}

/** The directory of a scene as it is now; it may be large. */
function indexedOnce({ users, groups }: PushScene): Directory {
  const byId = new Map(users.map((user) => [user.id, user]));
  const members = new Map(groups.map((group) => [group.id, new Set(group.members)]));
  const ids = [...byId.keys()].sort();
  const pageOf = ({ after = "", take }: { after?: string; take: number }) => {
    const start = ids.findIndex((id) => id > after);
    const page = start < 0 ? [] : ids.slice(start, start + take);
    return { page, ...(start < 0 || start + take >= ids.length ? {} : { next: page.at(-1) }) };
  };
  return {
    ...arrayDirectory({ users: [], groups: groups.map((group) => ({ ...group, members: [] })) }),
    users: async (query) => {
      const { page, ...rest } = pageOf(query);
      return { objects: page.map((id) => ({ id })), ...rest };
    },
    usersById: async (wanted) => wanted.flatMap((id) => byId.get(id) ?? []),
    members: async (_, query) => {
      const { page, ...rest } = pageOf(query);
      return { members: page.map((value) => ({ value, type: "User" as const })), ...rest };
    },
    hasMembers: async (groupId, wanted) => new Set(wanted.filter((id) => members.get(groupId)?.has(id))),
  };
}

describe("a directory", () => {
  it("whose listings lack somebody loses nobody an account or a membership", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    const forgetful = directoryOf(scene, (truth) => ({
      users: async (query) => ({ ...(await truth.users(query)), objects: [] }),
      groups: async (query) => {
        const page = await truth.groups(query);
        return { ...page, objects: page.objects.filter(({ id }) => id === "staff") };
      },
      members: async () => ({ members: [] }),
    }));
    expect((await scene.provider(forgetful).sync()).counts.writes).toBe(0);
    expect(await scene.members("staff")).toEqual(["ann", "bob", "cy"]);
  });

  it("whose pages repeat stops the run, and does not keep it forever", async () => {
    const scene = pushScene();
    const circling = directoryOf(scene, (truth) => ({
      users: async (query) => ({ ...(await truth.users({ ...query, take: 1 })), next: "ann" }),
    }));
    const run = await scene.provider(circling).sync();
    expect(run).toMatchObject({ state: "stopped" });
    expect(run.reason).toContain("repeat");
    await expect(async () => {
      for await (const _ of scene.provider(circling).plan());
    }).rejects.toThrow("repeat");
  });

  it("whose members come in no order fails for that group, by its name, and takes nobody out", async () => {
    const scene = pushScene();
    scene.groups = scene.groups.map((group) => ({ ...group, displayName: `All ${group.id}` }));
    await scene.provider().sync();
    const disorderly = directoryOf(scene, (truth) => ({
      members: async (id, query) => {
        const page = await truth.members(id, query);
        return { ...page, members: [...page.members].reverse() };
      },
    }));
    const run = await scene.provider(disorderly).sync();
    expect(run.failures.map(({ id, label }) => [id, label])).toEqual([["staff", "All staff"]]);
    expect(run.failures[0]?.reason).toContain("order");
    expect(await scene.members("All staff")).toEqual(["ann", "bob", "cy"]);
  });

  it("that cannot be asked about somebody fails for that person by name", async () => {
    const scene = pushScene();
    scene.users = scene.users.map((user) => ({ ...user, id: `id of ${user.id}` }));
    scene.groups = [];
    await scene.provider().sync();
    scene.change("id of bob", { title: "Boss" });
    const silent = directoryOf(scene, (truth) => ({
      usersById: async (ids) => {
        if (ids.length === 1 && ids.includes("id of bob")) throw new TypeError("no connection");
        return truth.usersById(ids);
      },
    }));
    const run = await scene.provider(silent).sync();
    expect(run.failures).toEqual([
      { type: "User", id: "id of bob", label: "bob", code: "error", reason: "no connection" },
    ]);
  });

  it("that names a member twice has it sent once", async () => {
    const scene = pushScene();
    const repeating = directoryOf(scene, (truth) => ({
      members: async (id, query) => {
        const page = await truth.members(id, query);
        return { ...page, members: page.members.flatMap((member) => [member, member]) };
      },
    }));
    await scene.provider(repeating).sync();
    expect((await scene.provider(repeating).sync()).counts.writes).toBe(0);
  });

  it("may have ids of every kind", async () => {
    const scene = pushScene();
    const ids = ["a/b", "a/b/c", "%2F", "Ü ☃ 𝒳", "x".repeat(3000), "User/ann", '"\\', ".."];
    scene.users = ids.map((id, index) => ({ id, userName: `n${index}`, active: true }));
    scene.groups = [{ id: "Group/1", displayName: "all", members: ids }];
    expect((await scene.provider({ pageSize: 2 }).sync()).state).toBe("succeeded");
    expect(await scene.members("all")).toHaveLength(ids.length);
    expect((await scene.provider({ pageSize: 3 }).sync()).counts).toMatchObject({ writes: 0, checked: ids.length + 1 });
    scene.users = scene.users.slice(0, 2);
    scene.groups = [{ id: "Group/1", displayName: "all", members: ids.slice(0, 2) }];
    await scene.provider().sync();
    expect(await scene.remote.all("/Users")).toHaveLength(2);
    expect(await scene.members("all")).toHaveLength(2);
  });
});

describe("a directory, over several runs", () => {
  it("that deletes somebody and makes another of the same name comes out right by the next run", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    const before = await scene.user("ann");
    scene.users = [{ id: "ann2", userName: "ann", active: true }, ...scene.users.slice(1)];
    await scene.provider().sync();
    expect((await scene.provider().sync()).state).toBe("succeeded");
    const after = await scene.user("ann");
    expect(after?.id).not.toBe(before?.id);
    expect(after?.externalId).not.toBe(before?.externalId);
    expect((await scene.provider().sync()).counts.writes).toBe(0);
  });

  it("never gives a new user the account that was created for another user of that name by a request whose response was lost", async () => {
    const scene = pushScene();
    scene.groups = [];
    scene.users = [{ id: "old", userName: "ann", title: "hers", active: true }];
    scene.remote.fault = losesAnswers(scene.remote, "POST");
    await scene.provider().sync();
    scene.remote.fault = () => undefined;
    scene.users = [{ id: "new", userName: "ann", active: true }];
    await scene.provider().sync();
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect(await scene.remote.all("/Users")).toHaveLength(1);
    expect((await scene.user("ann"))?.title).toBeUndefined();
  });

  it("in which two swap their names has both reported, and neither loses an account", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    const ann = await scene.user("ann");
    scene.change("ann", { userName: "bob" });
    scene.change("bob", { userName: "ann" });
    for (let count = 0; count < 3; count += 1) {
      const run = await scene.provider().sync();
      expect(run.failures.map(({ id }) => id).sort()).toEqual(["ann", "bob"]);
      expect(run.counts).toMatchObject({ deleted: 0, created: 0 });
    }
    scene.change("bob", { userName: "bobby" });
    await scene.provider().sync();
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect((await scene.user("bob"))?.id).toBe(ann?.id);
  });

  it("of thousands costs a few requests an object once, and none after that", async () => {
    const scene = pushScene();
    const size = SOAK_SECONDS > 0 ? 5000 : 1000;
    scene.users = Array.from({ length: size }, (_, index) => ({
      id: `u${index}`,
      userName: `n${index}`,
      active: true,
    }));
    scene.groups = [{ id: "all", displayName: "all", members: scene.users.map(({ id }) => id) }];
    const calls = { state: 0 };
    const directory = indexedOnce(scene);
    let made = 0;
    scene.remote.fault = (request, body) => {
      if (request.url.includes("filter=")) return Response.json({ totalResults: 0, Resources: [] });
      if (request.method === "PATCH") return new Response(null, { status: 204 });
      if (request.method === "GET" && /Users\/r/.test(request.url)) {
        return Response.json({ id: request.url.split("/").at(-1), userName: "n" });
      }
      if (request.method !== "POST") return undefined;
      made += 1;
      return Response.json({ ...JSON.parse(body), id: `r${made}` }, { status: 201 });
    };
    const state = new Proxy(scene.storage.state, {
      get: (target, name) => {
        calls.state += 1;
        const member = target[name as keyof typeof target] as (...values: unknown[]) => unknown;
        return member.bind(target);
      },
    });
    const storage = { ...scene.storage, state, transaction: scene.storage.transaction.bind(scene.storage) };
    await scene.provider({ storage, directory }).sync();
    // Two look-ups and a create each, and the members by hundreds.
    expect(scene.remote.drain().length).toBeLessThan(3 * (size + 1) + 60);
    expect(calls.state).toBeLessThan((size + 1) * 10);
    calls.state = 0;
    const again = await scene.provider({ storage, directory }).sync();
    expect(again.counts).toMatchObject({ checked: size + 1, writes: 0 });
    // One request makes sure that the application is there.
    expect(scene.remote.drain()).toEqual(["GET /Users/{id}"]);
    // A handful of bulk readings for each page of a hundred.
    expect(calls.state).toBeLessThan((size / 100) * 8 + 60);
  });
});

describe("the guard", () => {
  it("counts its share of those who are in use, not of those who left long ago", async () => {
    const scene = pushScene();
    scene.groups = [];
    scene.users = Array.from({ length: 80 }, (_, index) => ({ id: `u${index}`, userName: `n${index}`, active: true }));
    let allowed = 80;
    const access = ({ id }: { id: string }) => Number(id.slice(1)) < allowed;
    await scene.provider({ scope: { access } }).sync();
    allowed = 20;
    const approved = await scene.provider({ scope: { access } }).sync({ approveRemovals: true });
    expect(approved.counts.deactivated).toBe(60);
    // A fifth of all eighty would let sixteen of the last twenty go.
    allowed = 5;
    expect(await scene.provider({ scope: { access } }).sync()).toMatchObject({
      state: "held",
      counts: { deactivated: 0 },
    });
  });
});
