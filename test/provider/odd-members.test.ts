import { describe, expect, it } from "vitest";
import { between, pushScene, refusal } from "../helpers/push-scene.ts";
import { patch } from "../helpers/scim-app.ts";

type Json = Record<string, unknown>;

describe("memberships", () => {
  it.each([true, false])("that are refused one by one leave the others in (PATCH: %s)", async (canPatch) => {
    const scene = pushScene({ capabilities: { patch: canPatch } });
    scene.users = Array.from({ length: 20 }, (_, index) => ({ id: `u${index}`, userName: `n${index}`, active: true }));
    scene.groups = [{ id: "g", displayName: "all", members: scene.users.map(({ id }) => id) }];
    const bad = new Set<unknown>();
    scene.remote.fault = lateBad(scene, bad);
    const run = await scene.provider().sync();
    expect(run.state).toBe("partly");
    expect(run.failures.map(({ reason }) => reason).sort()).toEqual([
      "the application refused the member n14 (u14)",
      "the application refused the member n3 (u3)",
    ]);
    expect(await scene.members("all")).toHaveLength(18);
    scene.remote.fault = () => undefined;
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect(await scene.members("all")).toHaveLength(20);
  });

  it("[req C59] that an application never shows are pushed once, and none is lost by a PUT", async () => {
    const scene = pushScene({ capabilities: { patch: false } });
    const sent: number[] = [];
    scene.remote.fault = between(scene.remote, {
      body: (body, method) => {
        if (method === "PUT" && "members" in body) sent.push((body.members as unknown[]).length);
        return body;
      },
      answer: async (answer, request) => {
        if (!request.url.includes("/Groups") || answer.status === 204) return answer;
        const { members: _, ...shown } = (await answer.json()) as Json;
        return Response.json(shown, { status: answer.status });
      },
    });
    await scene.provider().sync();
    expect((await scene.provider().sync()).counts.writes).toBe(0);
    scene.groups = scene.groups.map((group) => ({ ...group, displayName: `${group.displayName}s` }));
    await scene.provider().sync();
    expect(await scene.members("staffs")).toEqual(["ann", "bob", "cy"]);
    expect(sent.sort()).toEqual([1, 1, 3, 3]);
  });

  it("of a group that was deleted over there bring it back with all of them", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    const group = (await scene.remote.all("/Groups")).find(({ displayName }) => displayName === "staff");
    await scene.remote.send("DELETE", `/Groups/${group?.id}`);
    scene.groups = scene.groups.map((each) => ({ ...each, members: ["ann", "bob"] }));
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect(await scene.members("staff")).toEqual(["ann", "bob"]);
    expect((await scene.provider().sync()).counts.writes).toBe(0);
  });

  it("of somebody who was deleted over there heal by the run after the next", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    await scene.remote.send("DELETE", `/Users/${(await scene.user("bob"))?.id}`);
    scene.groups = scene.groups.map((each) => ({ ...each, members: ["ann", "bob", "cy"] }));
    expect((await scene.provider().sync()).state).toBe("partly");
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect(await scene.members("few")).toEqual(["ann", "bob", "cy"]);
    expect(await scene.members("staff")).toEqual(["ann", "bob", "cy"]);
  });
});

describe("memberships, after somebody left or a change was refused", () => {
  it("of somebody who is deactivated are not forgotten, and end when the directory ends them", async () => {
    const scene = pushScene();
    const scope = { access: ({ id }: { id: string }) => id !== "ann" };
    await scene.provider().sync();
    await scene.provider({ scope }).sync();
    await scene.provider({ scope }).sync();
    expect(await scene.members("few")).toEqual(["ann"]);
    scene.groups = scene.groups.map((group) => (group.id === "few" ? { ...group, members: [] } : group));
    await scene.provider({ scope }).sync();
    expect(await scene.members("few")).toEqual([]);
  });

  it("are pushed again to somebody who comes back, since an application may have dropped them", async () => {
    const scene = pushScene();
    const scope = { access: ({ id }: { id: string }) => id !== "ann" };
    await scene.provider().sync();
    await scene.provider({ scope }).sync();
    const few = (await scene.remote.all("/Groups")).find(({ displayName }) => displayName === "few");
    await scene.remote.send("PATCH", `/Groups/${few?.id}`, patch({ op: "remove", path: "members" }));
    // The first try to bring her back fails half-way.
    scene.remote.fault = ({ method }) => (method === "PUT" ? refusal(500) : undefined);
    await scene.provider().sync();
    scene.remote.fault = () => undefined;
    await scene.provider().sync();
    expect(await scene.members("few")).toEqual(["ann"]);
  });

  it("of a group whose new name is refused are pushed all the same", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    scene.remote.fault = (_, body) => (body.includes("displayName") ? refusal(409, "uniqueness") : undefined);
    scene.groups = [{ id: "staff", displayName: "few", members: ["ann"] }, ...scene.groups.slice(1)];
    expect((await scene.provider().sync()).state).toBe("partly");
    expect(await scene.members("staff")).toEqual(["ann"]);
  });

  it("of a user whose account is gone do not block others if all members are sent at once", async () => {
    const scene = pushScene({ capabilities: { patch: false } });
    const rules = {
      scope: { access: ({ id }: { id: string }) => id !== "ann" },
      deprovision: { leftScope: "delete" as const },
    };
    await scene.provider().sync();
    // The process ends between the deletion and forgetting the memberships.
    const before = await scene.storage.state.scan("memberships", { take: 100 });
    await scene.provider(rules).sync();
    for (const { key, value } of before) {
      await scene.storage.state.put("memberships", key, value, { expected: undefined });
    }
    scene.users = [...scene.users, { id: "dan", userName: "dan", active: true }];
    scene.groups = scene.groups.map((group) => ({ ...group, members: [...group.members, "dan"] }));
    expect((await scene.provider(rules).sync()).state).toBe("succeeded");
    expect(await scene.members("few")).toEqual(["dan"]);
  });

  it("that somebody else took out already count as taken out", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    scene.remote.fault = (_, body) => (body.includes('"remove"') ? refusal(400, "noTarget") : undefined);
    scene.groups = scene.groups.map((group) => ({ ...group, members: group.members.slice(1) }));
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect((await scene.provider().sync()).counts.writes).toBe(0);
  });
});

/** Refuses what names one of the bad, once it is known who they are over there. */
function lateBad(
  scene: ReturnType<typeof pushScene>,
  bad: Set<unknown>,
): ReturnType<typeof pushScene>["remote"]["fault"] {
  return async (request, body) => {
    if (!request.url.includes("/Groups/") || request.method === "GET") return undefined;
    if (bad.size === 0) for (const name of ["n3", "n14"]) bad.add((await scene.user(name))?.id);
    return [...bad].some((id) => body.includes(String(id))) ? refusal(400, "invalidValue") : undefined;
  };
}
