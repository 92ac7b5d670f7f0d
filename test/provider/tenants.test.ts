import { describe, expect, it } from "vitest";
import { pushScene } from "../helpers/push-scene.ts";

describe("two tenants that call their providers by one name, on one storage", () => {
  it("share no link and no run, and cannot delete each other's accounts", async () => {
    const ours = pushScene();
    const theirs = pushScene();
    theirs.users = [{ id: "ann", userName: "ann of theirs", active: true }];
    theirs.groups = [];
    const { storage } = ours;
    const one = ours.provider({ tenant: "one", name: "slack" });
    const two = theirs.provider({ tenant: "two", name: "slack", storage });
    await one.sync();
    expect(await two.sync()).toMatchObject({ tenant: "two", counts: { created: 1 } });
    theirs.users = [];
    expect((await two.sync()).counts.deleted).toBe(1);
    expect(await ours.remote.all("/Users")).toHaveLength(3);
    expect(await ours.members("few")).toEqual(["ann"]);
    ours.remote.drain();
    expect((await one.sync()).counts.writes).toBe(0);
    expect([(await one.runs.list()).length, (await two.runs.list()).length]).toEqual([2, 2]);
  });

  it("may have names of which one is the beginning of another, whatever characters they are of", async () => {
    const first = pushScene();
    for (const [tenant, name] of [
      ["a", "b-c"],
      ["a/b", "c"],
      ["a%2Fb", "c"],
      ["1:a", "b"],
      ["a", "b"],
    ] as const) {
      const scene = pushScene({ storage: first.storage });
      expect((await scene.provider({ tenant, name }).sync()).counts.created, `${tenant} ${name}`).toBe(5);
    }
  });

  it("may not have names that a storage could take for each other", () => {
    for (const tenant of ["", "a\ud800", "a\udfff", "a\0"]) {
      expect(() => pushScene().provider({ tenant }), JSON.stringify(tenant)).toThrow(/createProvider: tenant: must/);
    }
  });
});
