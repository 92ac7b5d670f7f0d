import { describe, expect, it } from "vitest";
import { providerRecords, storedLinks } from "../helpers/provider-records.ts";
import { between, type PushScene, pushScene, refusal } from "../helpers/push-scene.ts";

const MINUTE = 60_000;

type Timed = PushScene & { time: number };

function timed(options: Parameters<typeof pushScene>[0] = {}): Timed {
  return Object.assign(pushScene(options), { time: Date.parse("2026-01-01T00:00:00Z") });
}

function at(scene: Timed, more: Parameters<PushScene["provider"]>[0] = {}) {
  const sleep = async (ms: number) => {
    scene.time += ms;
  };
  return scene.provider({ now: () => scene.time, sleep, visibleMs: MINUTE, guard: false, ...more });
}

const linkOf = async (scene: PushScene, id: string) => (await storedLinks(scene.storage, "User")).get(id);
const remove = (scene: PushScene, id: string): void => {
  scene.users = scene.users.filter((user) => user.id !== id);
};

/** Responses to requests of one method, about one user by name. */
function answering(scene: PushScene, method: string, respond: (id: string) => Response | undefined): void {
  scene.remote.fault = (request) => {
    if (request.method !== method) return undefined;
    return respond(decodeURIComponent(new URL(request.url).pathname.split("/").at(-1) ?? ""));
  };
}

describe("a resource that was created a moment ago", () => {
  it("is not created again because the application does not show it yet, and is after a minute", async () => {
    const scene = timed();
    await at(scene).sync();
    const ann = await scene.user("ann");
    await scene.remote.send("DELETE", `/Users/${ann?.id}`);
    scene.change("ann", { title: "Boss" });
    scene.remote.drain();
    const young = await at(scene).sync();
    expect(young.failures).toEqual([expect.objectContaining({ id: "ann", code: "young" })]);
    expect(scene.remote.writes()).toEqual([]);
    scene.time += 2 * MINUTE;
    expect(await at(scene).sync()).toMatchObject({ state: "succeeded", counts: { created: 1 } });
  });
});

describe("a 404", () => {
  it("proves nothing where none of three known resources is shown", async () => {
    const scene = timed();
    await at(scene).sync();
    for (const user of await scene.remote.all("/Users")) await scene.remote.send("DELETE", `/Users/${user.id}`);
    scene.users = [...scene.users, { id: "dan", userName: "dan", active: true }];
    await at(scene).syncUser("dan");
    scene.time += 2 * MINUTE;
    const dan = await scene.user("dan");
    await scene.remote.send("DELETE", `/Users/${dan?.id}`);
    scene.change("ann", { title: "Boss" });
    scene.remote.drain();
    const run = await at(scene).sync();
    expect(run).toMatchObject({ state: "failed", reason: expect.stringContaining("none of the resources") });
    expect(scene.remote.writes()).toEqual([]);
    expect(await linkOf(scene, "ann")).toMatchObject({ state: "updating" });
  });

  it("to everything proves nothing, also where one resource is all there is", async () => {
    const scene = timed();
    scene.groups = [];
    scene.users = scene.users.slice(0, 1);
    await at(scene).sync();
    scene.time += 2 * MINUTE;
    scene.change("ann", { title: "Boss" });
    scene.remote.fault = () => refusal(404);
    scene.remote.drain();
    expect(await at(scene).sync()).toMatchObject({ state: "failed", counts: { created: 0 } });
    expect(scene.remote.writes()).toEqual([]);
  });
});

describe("a deletion", () => {
  it.each([
    ["is not repeated on somebody who is back, where it was not sent", 429],
    ["is not repeated on somebody who is back, where its outcome is unknown", 500],
    ["is not repeated on somebody who is back, where it was refused", 403],
  ])("%s", async (_, status) => {
    const scene = timed();
    await at(scene).sync();
    const [bob] = scene.users.filter(({ id }) => id === "bob");
    remove(scene, "bob");
    answering(scene, "DELETE", () => refusal(status));
    expect((await at(scene, { deleteRefused: "report" }).sync()).state).toBe("partly");
    if (bob !== undefined) scene.users = [...scene.users, bob];
    scene.time += 2 * MINUTE;
    scene.remote.drain();
    const plan: string[] = [];
    for await (const { action } of at(scene).plan()) plan.push(action);
    expect(plan).not.toContain("delete");
    expect((await at(scene).sync()).state).toBe("succeeded");
    expect(scene.remote.log).not.toContain("DELETE /Users/{id}");
    expect(await scene.user("bob")).toMatchObject({ active: true });
  });

  it("that is refused leaves no open account behind, and asks the policy again", async () => {
    const scene = timed();
    await at(scene).sync();
    remove(scene, "bob");
    answering(scene, "DELETE", () => refusal(403));
    await at(scene).sync();
    expect(await scene.user("bob")).toMatchObject({ active: false });
    expect(await linkOf(scene, "bob")).toMatchObject({ state: "deactivated" });
    scene.remote.fault = () => undefined;
    scene.remote.drain();
    const kept = await at(scene, { deprovision: { deleted: "keep" } }).sync();
    expect(kept).toMatchObject({ state: "succeeded", counts: { deleted: 0, writes: 0 } });
    expect((await at(scene).sync()).counts.deleted).toBe(1);
  });

  it("is believed only once the resource is gone", async () => {
    const scene = timed();
    await at(scene).sync();
    remove(scene, "bob");
    answering(scene, "DELETE", () => new Response(null, { status: 204 }));
    const run = await at(scene).sync();
    expect(run.failures).toEqual([expect.objectContaining({ id: "bob", label: "bob", code: "stillThere" })]);
    scene.remote.fault = () => undefined;
    expect((await at(scene).sync()).counts.deleted).toBe(1);
    expect(await scene.user("bob")).toBeUndefined();
  });

  it("of unknown outcome touches nobody who has taken the id since", async () => {
    const scene = timed();
    await at(scene).sync();
    const bob = await scene.user("bob");
    remove(scene, "bob");
    answering(scene, "DELETE", () => refusal(500));
    await at(scene).sync();
    scene.remote.fault = (request) =>
      request.method === "GET" && request.url.endsWith(`/Users/${bob?.id}`)
        ? Response.json({ schemas: bob?.schemas, id: bob?.id, userName: "someone.else", externalId: "theirs" })
        : undefined;
    scene.remote.drain();
    const run = await at(scene).sync();
    expect(run.failures).toEqual([expect.objectContaining({ id: "bob", code: "someoneElse" })]);
    expect(scene.remote.writes()).toEqual([]);
    expect(await linkOf(scene, "bob")).toBeUndefined();
  });
});

describe("an account that must be closed", () => {
  const leaving = { scope: { access: ({ id }: { id: string }) => id !== "bob" } };

  it("is reported as open where the application says so, and tried again", async () => {
    const scene = timed();
    await at(scene).sync();
    const open = async (response: Response) => {
      const body = response.status === 200 ? ((await response.json()) as Record<string, unknown>) : {};
      return body.userName === "bob" ? Response.json({ ...body, active: true }) : Response.json(body, response);
    };
    scene.remote.fault = between(scene.remote, { answer: open });
    const run = await at(scene, leaving).sync();
    expect(run.failures).toEqual([expect.objectContaining({ id: "bob", code: "notTaken" })]);
    scene.remote.fault = () => undefined;
    expect((await at(scene, leaving).sync()).counts.deactivated).toBe(1);
  });

  it("counts as closed where the application never shows who is active, and the link says that it was not confirmed", async () => {
    const scene = timed();
    await at(scene).sync();
    const hide = async (response: Response) => {
      const body = response.status === 200 ? ((await response.json()) as Record<string, unknown>) : {};
      return Response.json({ ...body, active: undefined }, response);
    };
    scene.remote.fault = between(scene.remote, { answer: hide });
    expect((await at(scene, leaving).sync()).counts.deactivated).toBe(1);
    expect(await linkOf(scene, "bob")).toMatchObject({ state: "deactivated", confirmed: false });
    scene.remote.fault = () => undefined;
    expect(await scene.user("bob")).toMatchObject({ active: false });
  });
});

describe("a create", () => {
  it("whose response is about another object's account links nothing, and that account is read again", async () => {
    const scene = timed();
    await at(scene).sync();
    const ann = await scene.user("ann");
    scene.users = [...scene.users, { id: "dan", userName: "dan", active: true }];
    answering(scene, "POST", () => Response.json({ ...ann, userName: "dan" }, { status: 201 }));
    const run = await at(scene).sync();
    expect(run.failures).toEqual([expect.objectContaining({ id: "dan", code: "misdirected" })]);
    expect(await linkOf(scene, "ann")).toMatchObject({ remoteId: ann?.id, sent: "unknown" });
    scene.remote.drain();
    await at(scene).sync();
    expect(scene.remote.writes(), "nothing changed, so it is not sent again").toEqual([]);
  });

  it("whose response is about an account of nobody's is not believed", async () => {
    const scene = timed();
    const admin = await scene.remote.send("POST", "/Users", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName: "admin",
    });
    const { id } = (await admin.json()) as { id: string };
    scene.groups = [];
    answering(scene, "POST", () => Response.json({ id }, { status: 201 }));
    const run = await at(scene).sync();
    expect(run.failures.map(({ code }) => code)).toEqual(["misdirected", "misdirected", "misdirected"]);
    scene.users = [];
    scene.remote.fault = () => undefined;
    await at(scene).sync();
    expect(await scene.user("admin")).toMatchObject({ id });
  });

  it("that was refused for a name nobody shows is not sent again before something changes", async () => {
    const scene = timed();
    answering(scene, "POST", () => refusal(409, "uniqueness"));
    await at(scene).sync();
    scene.remote.drain();
    expect((await at(scene).sync()).failures.map(({ code }) => code)).toContain("nameTaken");
    expect(scene.remote.writes()).toEqual([]);
    scene.change("ann", { userName: "ann.b" });
    await at(scene).sync();
    expect(scene.remote.writes()).toEqual(["POST /Users"]);
  });

  it("for a name that its own former account has, unseen, opens that account again", async () => {
    const scene = timed();
    await at(scene).sync();
    const ann = await scene.user("ann");
    scene.time += 2 * MINUTE;
    scene.change("ann", { title: "Boss" });
    let isHidden = true;
    scene.remote.fault = (request) => {
      const { searchParams, pathname } = new URL(request.url);
      if (request.method === "POST") return refusal(409, "uniqueness");
      if (isHidden && request.method === "GET" && pathname.endsWith(`/${ann?.id}`)) return refusal(404);
      return searchParams.has("filter") ? Response.json({ totalResults: 0, Resources: [] }) : undefined;
    };
    const run = await at(scene).sync();
    isHidden = false;
    scene.remote.fault = () => undefined;
    expect(run).toMatchObject({ state: "succeeded", counts: { failed: 0 } });
    expect(await scene.user("ann")).toMatchObject({ id: ann?.id, title: "Boss", active: true });
    expect(await linkOf(scene, "ann")).toMatchObject({ state: "linked", remoteId: ann?.id });
    expect(await scene.members("few")).toEqual(["ann"]);
  });

  it("of unknown outcome that is never found leaves a watch when its object is gone, and what turns up is removed", async () => {
    const scene = timed();
    scene.groups = [];
    const lost = await lostCreate(scene);
    remove(scene, "ann");
    await at(scene).sync();
    expect(await linkOf(scene, "ann")).toBeUndefined();
    expect(JSON.stringify(await providerRecords(scene.storage))).toContain("unknown create");
    scene.time += 60 * MINUTE;
    await scene.remote.send("POST", "/Users", lost);
    expect(await scene.user("ann")).toBeDefined();
    expect((await at(scene).sync()).counts.deleted).toBe(1);
    expect(await scene.user("ann")).toBeUndefined();
  });

  it("of unknown outcome is watched for 30 days, and then reported", async () => {
    const scene = timed();
    scene.groups = [];
    await lostCreate(scene);
    remove(scene, "ann");
    await at(scene).sync();
    scene.time += 31 * 1440 * MINUTE;
    expect((await at(scene).sync()).failures).toEqual([expect.objectContaining({ id: "ann", code: "unfound" })]);
    expect((await at(scene).sync()).state).toBe("succeeded");
  });
});

/** A create of Ann that nobody knows the outcome of, and that did not happen; returns what was sent. */
async function lostCreate(scene: Timed): Promise<object> {
  const sent: object[] = [];
  scene.remote.fault = (request, body) => {
    if (request.method !== "POST" || !body.includes('"ann"')) return undefined;
    sent.push(JSON.parse(body));
    return refusal(500);
  };
  await at(scene).sync();
  scene.remote.fault = () => undefined;
  return sent[0] ?? {};
}

describe("an update", () => {
  it("whose name is taken still closes the account, and says who has the name", async () => {
    const scene = timed();
    await at(scene).sync();
    scene.change("ann", { userName: "bob", active: false });
    const run = await at(scene).sync();
    expect(run.failures).toEqual([expect.objectContaining({ id: "ann", code: "valueTaken" })]);
    expect(await scene.user("ann")).toMatchObject({ active: false });
    expect(await linkOf(scene, "ann")).toMatchObject({ heldBy: { attribute: "userName", id: "bob" } });
    scene.change("bob", { userName: "robert" });
    expect(await at(scene).sync()).toMatchObject({ state: "succeeded", counts: { updated: 2 } });
    expect(await scene.user("bob")).toMatchObject({ active: false });
  });

  it("follows an id that the application changed, if the new one is ours and the old one is gone", async () => {
    const scene = timed();
    await at(scene).sync();
    const ann = await scene.user("ann");
    scene.change("ann", { title: "Boss" });
    scene.remote.fault = async (request, body) => {
      if (request.method !== "PUT") return undefined;
      await scene.remote.send("DELETE", `/Users/${ann?.id}`);
      return scene.remote.send("POST", "/Users", { ...JSON.parse(body), id: undefined });
    };
    await at(scene).sync();
    scene.remote.fault = () => undefined;
    const moved = await scene.user("ann");
    expect(moved?.id).not.toBe(ann?.id);
    expect(await linkOf(scene, "ann")).toMatchObject({ state: "linked", remoteId: moved?.id, formerId: ann?.id });
    await at(scene).sync();
    expect(await scene.members("few")).toEqual(["ann"]);
  });

  it("is not written into another account that a GET shows in its place", async () => {
    const scene = timed();
    await at(scene).sync();
    const [ann, bob] = [await scene.user("ann"), await scene.user("bob")];
    scene.change("ann", { title: "Boss" });
    answering(scene, "GET", (id) => (id === ann?.id ? Response.json(bob) : undefined));
    scene.remote.drain();
    const run = await at(scene).sync();
    expect(run.failures).toEqual([expect.objectContaining({ id: "ann", code: "misdirected" })]);
    expect(scene.remote.writes()).toEqual([]);
  });

  it("is not repeated because the application normalises what it was sent", async () => {
    const scene = timed();
    const upper = async (response: Response) => {
      if (response.status !== 200 && response.status !== 201) return response;
      const { displayName, ...rest } = (await response.json()) as Record<string, unknown>;
      return Response.json({ ...rest, displayName: String(displayName).toUpperCase() }, response);
    };
    scene.remote.fault = between(scene.remote, { answer: upper });
    scene.groups = [];
    await at(scene).sync();
    expect((await linkOf(scene, "ann"))?.shown).toEqual({ displayName: expect.stringMatching(/^[0-9a-f]{64}$/) });
    scene.change("ann", { title: "Boss" });
    answering(scene, "PUT", () => refusal(500));
    await at(scene).sync();
    scene.remote.fault = between(scene.remote, { answer: upper });
    scene.change("ann", { title: undefined });
    scene.remote.drain();
    await at(scene).sync();
    expect(scene.remote.writes(), "the title never arrived, and the name is as it was shown before").toEqual([]);
  });
});
