import { describe, expect, it } from "vitest";
import { between, pushScene, refusal } from "../helpers/push-scene.ts";
import { losesAnswers } from "../helpers/remote-app.ts";
import { ENTERPRISE, patch, USER } from "../helpers/scim-app.ts";

type Json = Record<string, unknown>;

describe("an application that stores something else than it was sent", () => {
  it("is not written to again for that", async () => {
    const scene = pushScene();
    scene.change("ann", { userName: "Ann", title: " Boss ", nickName: "annie" });
    scene.remote.fault = between(scene.remote, {
      body: ({ nickName: _, ...body }) => ({
        ...body,
        ...(typeof body.userName === "string" ? { userName: body.userName.toLowerCase() } : {}),
        ...(typeof body.title === "string" ? { title: body.title.trim() } : {}),
      }),
    });
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect(await scene.user("ann")).toMatchObject({ title: "Boss" });
    for (const userUpdates of ["put", "patch"] as const) {
      expect((await scene.provider({ userUpdates }).sync()).counts.writes).toBe(0);
    }
  });

  it("is written to once after a change with an unknown outcome, and then no more", async () => {
    const scene = pushScene();
    scene.remote.fault = between(scene.remote, { body: ({ title: _, ...body }) => body });
    await scene.provider().sync();
    scene.change("ann", { title: "Boss" });
    const dropping = scene.remote.fault;
    scene.remote.fault = losesAnswers(scene.remote, "PUT");
    expect((await scene.provider().sync()).state).toBe("partly");
    scene.remote.fault = dropping;
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect((await scene.provider().sync()).counts.writes).toBe(0);
  });

  it("that returns nothing in its responses to writes works all the same", async () => {
    const scene = pushScene();
    scene.remote.fault = between(scene.remote, {
      answer: (answer, { method }) =>
        method === "PUT" || method === "PATCH" ? new Response(null, { status: 204 }) : answer,
    });
    await scene.provider().sync();
    scene.change("ann", { title: "Boss" });
    scene.groups = scene.groups.map((group) => ({ ...group, displayName: `${group.displayName}s` }));
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect((await scene.provider().sync()).counts.writes).toBe(0);
  });

  it("may have ids that have to be encoded", async () => {
    let count = 0;
    const newId = () => {
      count += 1;
      return `a b/ü%25?#"\\${count}`;
    };
    const scene = pushScene({ handler: { newId } });
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect(await scene.members("staff")).toEqual(["ann", "bob", "cy"]);
    scene.change("ann", { title: "Boss" });
    scene.groups = scene.groups.map((group) => ({ ...group, members: ["bob"] }));
    scene.users = scene.users.filter(({ id }) => id !== "cy");
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect(await scene.members("staff")).toEqual(["bob"]);
    expect(await scene.user("cy")).toBeUndefined();
    expect((await scene.provider().sync()).counts.writes).toBe(0);
  });
});

describe("what is taken away in the directory", () => {
  it.each(["put", "patch"] as const)(
    "is taken away by %s also within an extension, and what others put there stays",
    async (userUpdates) => {
      const scene = pushScene();
      scene.change("ann", {
        enterprise: { department: "A", division: "B" },
        name: { givenName: "Ann", familyName: "A", middleName: "M" },
        emails: [{ value: "ann@x.example", type: "work", display: "Ann" }],
      });
      await scene.provider({ userUpdates }).sync();
      const ann = await scene.user("ann");
      await scene.remote.send(
        "PATCH",
        `/Users/${ann?.id}`,
        patch({ op: "add", path: `${ENTERPRISE}:costCenter`, value: "theirs" }),
      );
      scene.change("ann", {
        enterprise: { division: "B" },
        name: { givenName: "Ann", familyName: "A" },
        emails: [{ value: "ann@x.example", type: "work" }],
      });
      expect((await scene.provider({ userUpdates }).sync()).state).toBe("succeeded");
      const after = await scene.user("ann");
      expect(after?.[ENTERPRISE]).toEqual({ division: "B", costCenter: "theirs" });
      expect(after?.name).toEqual({ givenName: "Ann", familyName: "A" });
      expect(after?.emails).toEqual([{ value: "ann@x.example", type: "work" }]);
      scene.change("ann", { enterprise: undefined });
      await scene.provider({ userUpdates }).sync();
      expect((await scene.user("ann"))?.[ENTERPRISE]).toEqual({ costCenter: "theirs" });
      expect((await scene.provider({ userUpdates }).sync()).counts.writes).toBe(0);
    },
  );

  it("is taken away also if it was put there by a change whose outcome nobody knew", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    scene.change("ann", { title: "Boss" });
    scene.remote.fault = losesAnswers(scene.remote, "PUT");
    await scene.provider().sync();
    scene.change("ann", { title: undefined });
    await scene.provider().sync();
    expect((await scene.user("ann"))?.title).toBeUndefined();
  });

  it("is taken away also if a change that should have done it did not arrive", async () => {
    const scene = pushScene();
    scene.change("ann", { title: "Boss" });
    await scene.provider().sync();
    scene.change("ann", { title: undefined });
    scene.remote.fault = ({ method }) => (method === "PUT" ? refusal(500) : undefined);
    await scene.provider().sync();
    scene.remote.fault = () => undefined;
    await scene.provider().sync();
    expect((await scene.user("ann"))?.title).toBeUndefined();
  });

  it("is taken away also from somebody who was deactivated meanwhile", async () => {
    const scene = pushScene();
    scene.change("ann", { title: "Boss" });
    const allowed = new Set(["ann", "bob", "cy"]);
    const scope = { access: ({ id }: { id: string }) => allowed.has(id) };
    await scene.provider({ scope }).sync();
    allowed.delete("ann");
    await scene.provider({ scope }).sync();
    expect((await scene.user("ann"))?.active).toBe(false);
    scene.change("ann", { title: undefined });
    allowed.add("ann");
    await scene.provider({ scope }).sync();
    const ann = await scene.user("ann");
    expect(ann).toMatchObject({ active: true });
    expect(ann?.title).toBeUndefined();
  });
});

describe("PATCH", () => {
  it("that stops being understood is no more used, for groups and their members", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    scene.remote.fault = ({ method }) => (method === "PATCH" ? refusal(501) : undefined);
    scene.groups = [
      { id: "staff", displayName: "all staff", members: ["ann", "cy"] },
      { id: "few", displayName: "few", members: ["ann", "bob"] },
    ];
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect(await scene.members("all staff")).toEqual(["ann", "cy"]);
    expect(await scene.members("few")).toEqual(["ann", "bob"]);
    expect(scene.remote.log.filter((line) => line.startsWith("PATCH"))).toHaveLength(3);
    expect((await scene.provider().sync()).counts.writes).toBe(0);
  });

  it("replaces PUT if that is not supported", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    scene.remote.fault = ({ method }) => (method === "PUT" ? refusal(405) : undefined);
    scene.change("ann", { title: "Boss" });
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect(await scene.user("ann")).toMatchObject({ title: "Boss" });
  });
});

describe("an application whose look-ups cannot be relied on", () => {
  it("is not read from end to end for each new user because it ignores filters", async () => {
    const scene = pushScene();
    for (let index = 0; index < 60; index += 1) {
      await scene.remote.send("POST", "/Users", { schemas: [USER], userName: `other${index}` });
    }
    scene.remote.fault = async (request) => {
      const url = new URL(request.url);
      if (request.method !== "GET" || !url.searchParams.has("filter")) return undefined;
      url.searchParams.delete("filter");
      return scene.remote.send("GET", url.pathname.replace("/scim/v2", "") + url.search);
    };
    const run = await scene.provider().sync();
    expect(run).toMatchObject({ state: "succeeded", counts: { adopted: 0, created: 5 } });
    // Two keys each, one page each.
    expect(scene.remote.log.filter((line) => line === "GET /Users")).toHaveLength(6);
  });

  it("that says there is one and shows none proves nothing about a create of unknown outcome", async () => {
    const scene = pushScene();
    scene.groups = [];
    scene.users = scene.users.slice(0, 1);
    scene.remote.fault = losesAnswers(scene.remote, "POST");
    await scene.provider().sync();
    scene.remote.fault = between(scene.remote, {
      answer: async (answer, request) =>
        request.url.includes("filter=") ? Response.json({ totalResults: 1, Resources: [] }) : answer,
    });
    scene.remote.drain();
    expect((await scene.provider().sync()).failures[0]?.reason).toContain("it is unknown whether it was created");
    expect(scene.remote.writes()).toEqual([]);
    scene.remote.fault = () => undefined;
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect(await scene.remote.all("/Users")).toHaveLength(1);
  });

  it("for one attribute is repeated for another", async () => {
    const scene = pushScene();
    scene.groups = [];
    const blind = (request: Request) =>
      request.url.includes("filter=externalId") ? refusal(400, "invalidFilter") : undefined;
    const losing = losesAnswers(scene.remote, "POST", 1);
    scene.remote.fault = async (request, body) => blind(request) ?? losing(request, body);
    await scene.provider().sync();
    scene.remote.fault = blind;
    expect((await scene.provider().sync()).state).toBe("succeeded");
    expect(await scene.remote.all("/Users")).toHaveLength(3);
  });

  it("with a name that is taken by what only a 409 without a type tells of is reported, and the others go on", async () => {
    const scene = pushScene();
    scene.remote.fault = (request, body) =>
      request.method === "POST" && body.includes('"bob"') ? new Response(null, { status: 409 }) : undefined;
    const run = await scene.provider().sync();
    expect(run.failures.map(({ label }) => label)).toEqual(["bob"]);
    expect(run.counts.created).toBe(4);
  });
});

describe("credentials that end in the middle of a run", () => {
  it("stop it, and the next one goes on without waiting for what was refused", async () => {
    const scene = pushScene();
    let posts = 0;
    scene.remote.fault = ({ method }) => {
      if (method !== "POST") return undefined;
      posts += 1;
      return posts > 1 ? refusal(401) : undefined;
    };
    const first = await scene.provider({ concurrency: 1 }).sync();
    expect(first).toMatchObject({
      state: "partly",
      counts: { created: 1 },
      reason: expect.stringContaining("credentials"),
    });
    scene.remote.fault = () => undefined;
    const slept: number[] = [];
    const run = await scene.provider({ sleep: async (ms) => void slept.push(ms) }).sync();
    expect(run).toMatchObject({ state: "succeeded", counts: { created: 4 } });
    expect(slept).toEqual([]);
  });
});

describe("deactivating", () => {
  it("happens also where an application does not show who is active", async () => {
    const scene = pushScene();
    const sent: unknown[] = [];
    const hide = async (answer: Response): Promise<Response> => {
      if (answer.status === 204) return answer;
      const { active: _, ...shown } = (await answer.json()) as Json;
      return Response.json(shown, { status: answer.status });
    };
    scene.remote.fault = between(scene.remote, {
      body: (body, method) => {
        if (method === "PUT") sent.push(body.active);
        return body;
      },
      answer: hide,
    });
    await scene.provider().sync();
    scene.change("ann", { active: false });
    await scene.provider().sync();
    expect(sent).toEqual([false]);
    await scene.provider({ scope: { access: ({ id }) => id !== "bob" } }).sync();
    expect(await scene.user("bob")).toMatchObject({ active: false });
  });

  it("sends nothing that the application sets itself", async () => {
    const scene = pushScene();
    await scene.provider().sync();
    scene.remote.bodies.splice(0);
    await scene.provider({ scope: { access: ({ id }) => id !== "ann" } }).sync();
    const body = scene.remote.bodies.at(-1)?.body as Json;
    expect(Object.keys(body).sort()).toEqual(["active", "displayName", "externalId", "schemas", "userName"]);
  });
});
