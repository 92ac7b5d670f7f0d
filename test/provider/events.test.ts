import type { ScimEvent } from "scimkit";
import { defineMapping, providerGroupMappings, providerUserMappings } from "scimkit/mapping";
import { describe, expect, it } from "vitest";
import { pushScene, refusal } from "../helpers/push-scene.ts";

type Of<Type extends ScimEvent["type"]> = Extract<ScimEvent, { type: Type }>;

function listening() {
  const events: ScimEvent[] = [];
  const of = <Type extends ScimEvent["type"]>(type: Type): Of<Type>[] =>
    events.filter((event): event is Of<Type> => event.type === type);
  return { events, of, observe: (event: ScimEvent) => void events.push(event) };
}

describe("the observer of a provider", () => {
  it("gets runs, objects and memberships, with provider and tenant, and no value", async () => {
    const scene = pushScene();
    const { events, of, observe } = listening();
    const run = await scene.provider({ observe, tenant: "acme" }).sync();
    expect(of("provider.run").map(({ run: id, state }) => [id, state])).toEqual([
      [run.id, "running"],
      [run.id, "succeeded"],
    ]);
    expect(of("provider.object")).toHaveLength(5);
    expect(of("provider.object")[0]).toMatchObject({
      ...{ provider: "app", tenant: "acme", resourceType: "User", did: "created", writes: 1 },
      attributes: expect.arrayContaining(["userName", "externalId"]),
    });
    expect(of("provider.membership").map(({ groupId, added }) => [groupId, added])).toEqual([
      ["few", 1],
      ["staff", 3],
    ]);
    scene.change("ann", { title: "A secret title" });
    await scene.provider({ observe, tenant: "acme" }).sync();
    expect(of("provider.object").at(-1)).toMatchObject({ did: "updated", id: "ann", attributes: ["title"] });
    expect(JSON.stringify(events)).not.toContain("secret title");
  });

  it("hears what failed, of which object, by which request, and what was thrown", async () => {
    const scene = pushScene();
    const { of, observe } = listening();
    scene.remote.fault = (request, body) =>
      request.method === "POST" && body.includes('"bob"') ? refusal(400) : undefined;
    await scene.provider({ observe }).sync();
    const request = { method: "POST", route: "/Users" };
    expect(of("provider.error")).toEqual([
      expect.objectContaining({ ...{ provider: "app", tenant: "default", resourceType: "User", id: "bob", request } }),
    ]);
    expect(of("provider.error")[0]?.error).toMatchObject({ status: 400 });
    expect(of("provider.object").find(({ id }) => id === "bob")).toMatchObject({
      did: "failed",
      code: "refused",
      request,
    });
  });

  it("hears a mapping's own error, with its cause", async () => {
    const cause = new RangeError("no such title");
    const broken = defineMapping({
      name: "zz broken",
      resourceType: "User",
      expression: () => {
        throw cause;
      },
    });
    const scene = pushScene();
    const { of, observe } = listening();
    const mappings = [...providerUserMappings, ...providerGroupMappings, broken];
    const run = await scene.provider({ observe, mappings }).sync();
    expect(of("provider.error")[0]).toMatchObject({ id: "ann", error: { code: "SCIM_MAPPING", cause } });
    expect(run).toMatchObject({
      state: "stopped",
      failures: [{ type: "User", id: "ann", label: "ann", code: "SCIM_MAPPING" }],
    });
  });

  it("hears what ended a run before it began, and cannot stop one itself", async () => {
    const scene = pushScene();
    const { of, observe } = listening();
    const run = await scene.provider({ observe, scope: { memberOf: ["nobody"] } }).sync();
    expect(run.state).toBe("stopped");
    expect(of("provider.error")).toEqual([expect.objectContaining({ provider: "app", error: expect.any(TypeError) })]);
    const loud = scene.provider({
      observe: () => {
        throw new TypeError("an observer that fails");
      },
    });
    expect((await loud.sync()).state).toBe("succeeded");
  });

  it("of progress hears each object, and cannot stop a run by throwing or rejecting", async () => {
    const scene = pushScene();
    const checked: number[] = [];
    await scene.provider().sync({ onProgress: ({ counts }) => void checked.push(counts.checked) });
    expect(checked).toEqual(expect.arrayContaining([1, 2, 3, 4, 5]));
    const loud = (): never => {
      throw new TypeError("a watcher that fails");
    };
    expect((await scene.provider().sync({ onProgress: loud })).state).toBe("succeeded");
    expect((await scene.provider().sync({ onProgress: async () => loud() })).state).toBe("succeeded");
    expect((await scene.provider({ observe: async () => loud() }).sync()).state).toBe("succeeded");
  });
});
