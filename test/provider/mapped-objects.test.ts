import { inspect } from "node:util";
import type { ScimEvent } from "scimkit";
import { defineMapping, type Mapping, providerGroupMappings, providerUserMappings, skip } from "scimkit/mapping";
import type { Change } from "scimkit/provider";
import { describe, expect, it } from "vitest";
import { providerRecords } from "../helpers/provider-records.ts";
import { type PushScene, pushScene, refusal } from "../helpers/push-scene.ts";
import { losesAnswers } from "../helpers/remote-app.ts";

const SECRET = "correct horse battery staple";

const withMapping = (mapping: Mapping) => ({ mappings: [...providerUserMappings, ...providerGroupMappings, mapping] });

const once = withMapping(
  defineMapping({
    name: "zz once",
    resourceType: "User",
    apply: "create",
    expression: () => ({ password: SECRET, nickName: "newcomer" }),
  }),
);

async function everythingStored({ storage }: PushScene): Promise<string> {
  return JSON.stringify(await providerRecords(storage));
}

describe("what applies to creates only", () => {
  it("[req C45] is sent with a create, and no update takes it away", async () => {
    const scene = pushScene();
    await scene.provider(once).sync();
    expect(await scene.user("ann")).toMatchObject({ nickName: "newcomer" });
    expect((await scene.provider(once).sync()).counts.writes).toBe(0);
    scene.change("ann", { title: "Boss" });
    for (const userUpdates of ["put", "patch"] as const) {
      await scene.provider({ ...once, userUpdates }).sync();
      expect(await scene.user("ann")).toMatchObject({ nickName: "newcomer", title: "Boss" });
      scene.change("ann", { displayName: "Ann" });
    }
  });

  it("is sent again if a user is created again", async () => {
    const scene = pushScene();
    await scene.provider(once).sync();
    await scene.remote.send("DELETE", `/Users/${(await scene.user("ann"))?.id}`);
    scene.change("ann", { title: "Boss" });
    scene.remote.bodies.splice(0);
    await scene.provider(once).sync();
    const made = scene.remote.bodies.find(({ line }) => line === "POST /Users");
    expect(made?.body).toMatchObject({ password: SECRET, nickName: "newcomer" });
  });

  it("is not taken away from somebody whose create had an unknown outcome", async () => {
    const scene = pushScene();
    scene.remote.fault = losesAnswers(scene.remote, "POST", 3);
    await scene.provider(once).sync();
    scene.remote.fault = () => undefined;
    scene.change("ann", { title: "Boss" });
    expect((await scene.provider(once).sync()).state).toBe("succeeded");
    expect(await scene.user("ann")).toMatchObject({ nickName: "newcomer", title: "Boss" });
  });

  it("[req C46] and is secret is stored nowhere, whatever the application returns", async () => {
    const scene = pushScene();
    const losing = losesAnswers(scene.remote, "POST", 1);
    scene.remote.fault = (request, body) => {
      if (!body.includes('"bob"') || request.method !== "POST") return losing(request, body);
      const detail = `the password ${SECRET} is too weak`;
      const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
      return Response.json({ schemas, status: "400", detail }, { status: 400 });
    };
    const told: string[] = [];
    const observe = (event: ScimEvent) => void told.push(inspect(event, { depth: 9 }));
    const run = await scene.provider({ ...once, observe }).sync();
    expect(run.failures).toHaveLength(2);
    expect(run.failures.map(({ reason }) => reason).join()).toContain("the password … is too weak");
    expect(JSON.stringify(run)).not.toContain(SECRET);
    expect(told.join()).toContain("the password … is too weak");
    expect(told.join()).not.toContain(SECRET);
    expect(await everythingStored(scene)).not.toContain(SECRET);
    const changes: Change[] = [];
    for await (const change of scene.provider(once).plan()) changes.push(change);
    expect(JSON.stringify(changes)).not.toContain(SECRET);
  });
});

describe("a mapping that throws", () => {
  const broken = withMapping(
    defineMapping({
      name: "zz broken",
      resourceType: "User",
      expression: ({ user }) => {
        if ((user as { id: string }).id === "b-id") throw new Error("no such department");
        return undefined;
      },
    }),
  );
  const scene = (): PushScene => {
    const made = pushScene();
    made.users = made.users.map((user) => (user.id === "bob" ? { ...user, id: "b-id" } : user));
    return made;
  };

  it("stops a sync that says of whom, by name and by id, and by which mapping", async () => {
    const { provider } = scene();
    const run = await provider(broken).sync();
    expect(run).toMatchObject({ state: "stopped", reason: 'The mapping "zz broken" of User bob (b-id) failed' });
    await expect(provider(broken).syncUser("b-id")).rejects.toThrow(
      'The mapping "zz broken" of User bob (b-id) failed',
    );
  });

  it("is named the same where it does not stop the sync", async () => {
    const { provider } = scene();
    const run = await provider({ ...broken, invalid: "skip" }).sync();
    expect(run.failures).toEqual([expect.objectContaining({ type: "User", id: "b-id", label: "bob" })]);
    expect(run.failures[0]?.reason).toContain("zz broken");
    expect(run.counts.created).toBe(4);
  });

  it("does not hold back removals that are due", async () => {
    const world = scene();
    await world.provider().sync();
    world.users = world.users.filter(({ id }) => id !== "ann");
    const run = await world.provider(broken).sync();
    expect(run).toMatchObject({ state: "stopped", counts: { deleted: 1 } });
    expect(await world.user("ann")).toBeUndefined();
  });

  it.each([
    ["stop", ["blocked"]],
    ["skip", ["blocked", "create", "create", "create", "create", "members", "members"]],
  ] as const)(
    "blocks that one object in a plan, and %s plans what a sync would do about the others",
    async (invalid, actions) => {
      const { provider } = scene();
      const planned: string[] = [];
      for await (const { action } of provider({ ...broken, invalid }).plan()) planned.push(action);
      expect(planned).toEqual(actions);
    },
  );
});

describe("a mapping that skips somebody", () => {
  it("leaves an account as it is, memberships too, and takes it up again", async () => {
    const scene = pushScene();
    const skipping = withMapping(
      defineMapping({
        name: "zz skip",
        resourceType: "User",
        expression: ({ user }) => ((user as { id: string }).id === "ann" ? skip("on leave") : undefined),
      }),
    );
    await scene.provider().sync();
    scene.change("ann", { title: "Boss" });
    expect(await scene.provider(skipping).sync()).toMatchObject({ state: "succeeded", counts: { kept: 1, writes: 0 } });
    expect(await scene.members("few")).toEqual(["ann"]);
    await scene.provider().sync();
    expect(await scene.user("ann")).toMatchObject({ title: "Boss", active: true });
  });
});

describe("a plan", () => {
  it("stores nothing at all, not even what it is the first to need", async () => {
    const scene = pushScene();
    const actions: string[] = [];
    const provider = scene.provider();
    for await (const change of provider.plan()) actions.push(change.action);
    expect(actions).toContain("create");
    expect(await everythingStored(scene)).toBe("[]");
    await provider.sync();
    expect((await scene.provider().sync()).counts.writes).toBe(0);
  });

  it("goes on with the others where the application fails for some", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    scene.change("ann", { title: "Boss" });
    scene.remote.fault = ({ method }) => (method === "PUT" ? refusal(500) : undefined);
    await scene.provider().sync();
    const cy = (await scene.user("cy"))?.id;
    scene.remote.fault = ({ url }) => (/Users\/./.test(url) && !url.endsWith(`/${cy}`) ? refusal(403) : undefined);
    scene.change("bob", { title: "Boss" });
    scene.change("cy", { title: "Boss" });
    const actions: [string, string][] = [];
    for await (const { id, action } of scene.provider().plan()) actions.push([id, action]);
    // Bob is read before he is written, so a sync would fail for him too.
    expect(actions).toEqual([
      ["ann", "blocked"],
      ["bob", "blocked"],
      ["cy", "update"],
    ]);
  });
});
