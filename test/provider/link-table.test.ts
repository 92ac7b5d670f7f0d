import { describe, expect, it } from "vitest";
import { linkTable, transitionOf } from "../../src/provider/links/link-table.ts";

describe("the link table", () => {
  it("has one row for each state and event", () => {
    const keys = linkTable().map(([state, event]) => `${state} ${event}`);
    expect(keys.length).toBeGreaterThan(60);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("knows in every state what an object in scope, or out of it, means", () => {
    const states = new Set(linkTable().map(([state]) => state));
    for (const state of states) {
      for (const event of ["inScope", "out"] as const) expect(transitionOf(state, event).next).toBeTruthy();
    }
  });

  it("leads to states that it knows, and from each of them on", () => {
    const states = new Set(linkTable().map(([state]) => state));
    for (const [, , { next }] of linkTable()) expect(states).toContain(next);
  });

  it("stores an intent before every request that changes something", () => {
    const durable = { create: "creating", update: "updating", deactivate: "deactivating", delete: "deleting" };
    for (const [, , { next, action }] of linkTable()) {
      if (action !== undefined && action in durable) expect(next).toBe(durable[action as keyof typeof durable]);
    }
  });

  it("refuses a pair that cannot happen", () => {
    expect(() => transitionOf("gone", "conflict")).toThrow(TypeError);
  });
});
