import type { ActionEvents, LinkAction, LinkEvent, LinkState } from "scimkit/provider";
import { describe, expect, expectTypeOf, it } from "vitest";
import { FAILURES } from "../../src/provider/links/failures.ts";
import { LINK_STATES } from "../../src/provider/links/link.ts";
import { LINK_TABLE, transitionOf } from "../../src/provider/links/link-table.ts";

/** What can come of each action. That nothing is missing here is checked against the types that the actions have. */
const EVENTS = {
  lookUp: ["matchedOne", "matchedOwned", "matchedForeign", "matchedNone", "matchUnsure", "neverMade"],
  lookUpBlocked: ["matchedOne", "matchedOwned", "matchedForeign", "matchedNone", "unchanged", "claimed", "neverMade"],
  lookUpIntent: [
    "matchedOne",
    "matchedOwned",
    "matchedForeign",
    "matchedNone",
    "matchUnsure",
    "claimed",
    "neverMade",
    "unfound",
  ],
  lookUpHolder: ["matchedOne", "matchedOwned", "matchedForeign", "holderUnseen", "holderIsFormer"],
  lookUpMissing: [
    "matchedOne",
    "matchedOwned",
    "matchedForeign",
    "matchedNone",
    "matchUnsure",
    "neverMade",
    "provenGone",
    "unfound",
  ],
  confirmGone: ["matchedOne", "matchedForeign", "provenGone", "unfound"],
  reclaim: ["matchedOne", "matchedOwned", "matchedForeign", "notFound", "refused", "unsupported", "unknown", "notSent"],
  revive: ["succeeded", "holderUnseen", "unknown"],
  create: [
    "succeeded",
    "notTaken",
    "misdirected",
    "conflict",
    "refused",
    "unsupported",
    "notFound",
    "unknown",
    "notSent",
  ],
  compare: [
    "out",
    "same",
    "different",
    "misdirected",
    "notFound",
    "notFoundYoung",
    "unreadable",
    "refused",
    "unsupported",
    "conflict",
    "precondition",
    "unknown",
    "notSent",
  ],
  update: [
    "succeeded",
    "notTaken",
    "misdirected",
    "moved",
    "conflict",
    "precondition",
    "notFound",
    "notFoundYoung",
    "unreadable",
    "refused",
    "unsupported",
    "unknown",
    "notSent",
  ],
  updateRest: ["held"],
  decide: ["inScope", "graced", "policyDelete", "policyDeactivate", "policyKeep", "policyUnlink"],
  deactivate: [
    "succeeded",
    "unconfirmed",
    "notTaken",
    "misdirected",
    "notFound",
    "conflict",
    "precondition",
    "refused",
    "unsupported",
    "unknown",
    "notSent",
  ],
  delete: ["succeeded", "stillThere", "notFound", "unsupported", "undeletable", "refused", "unknown", "notSent"],
  checkDeleted: ["notFound", "hasRemote", "backInScope", "misdirected", "unknown", "policyKeep", "policyUnlink"],
  checkRefused: ["notFound", "deactivateInstead", "reportRefusal"],
  leave: ["hasRemote", "hasIntent", "hasNothing"],
} as const satisfies { readonly [Action in LinkAction]: readonly ActionEvents[Action][] };

type Missing = { [Action in LinkAction]: Exclude<ActionEvents[Action], (typeof EVENTS)[Action][number]> }[LinkAction];

const rows = Object.entries(LINK_TABLE).flatMap(([state, row]) =>
  Object.entries(row).map(([event, transition]) => [state as LinkState, event as LinkEvent, transition] as const),
);
const states = LINK_STATES.filter((state) => state !== "gone");

/** The events that can happen in a state: those of the object, and those of the actions that begin there. */
function possible(state: LinkState): Set<LinkEvent> {
  const events = new Set<LinkEvent>(["inScope", "out"]);
  for (const [, , { next, action }] of rows) {
    if (next === state && action !== undefined) for (const event of EVENTS[action]) events.add(event);
  }
  return events;
}

describe("the link table", () => {
  it("knows all that can come of each action", () => {
    expectTypeOf<Missing>().toBeNever();
    expect(Object.values(EVENTS).every((events) => new Set<string>(events).size === events.length)).toBe(true);
  });

  it.each(states)("has a row for everything that can happen in the state %s, and none for what cannot", (state) => {
    const known = rows.filter(([from]) => from === state).map(([, event]) => event);
    expect(known.sort()).toEqual([...possible(state)].sort());
  });

  it("leads to states that it has rows for, or to the end", () => {
    for (const [, , { next }] of rows) expect([...states, "gone"]).toContain(next);
    expect(() => transitionOf("gone", "inScope")).toThrow(TypeError);
  });

  it("refuses a pair that cannot happen", () => {
    expect(() => transitionOf("leaving", "conflict")).toThrow(/no row for leaving on conflict/);
  });

  it("stores an intent before every request that changes something", () => {
    const durable: Partial<Record<LinkAction, LinkState>> = {
      ...{ create: "creating", revive: "creating", update: "updating", updateRest: "updating" },
      ...{ deactivate: "deactivating", delete: "deleting" },
    };
    for (const [from, event, { next, action }] of rows) {
      const state = action === undefined ? undefined : durable[action];
      if (state !== undefined) expect(next, `${from} on ${event}`).toBe(state);
    }
  });

  it("reaches the end only after a look-up or a proof, from every state with a remote id or an intent", () => {
    const proofs = new Set<LinkEvent>([
      "provenGone",
      "unfound",
      "succeeded",
      "matchedForeign",
      "misdirected",
      "neverMade",
    ]);
    for (const [from, event, { next, watch }] of rows) {
      if (next !== "gone") continue;
      if (from === "absent" || event === "hasNothing") continue;
      expect(proofs, `${from} on ${event}`).toContain(event);
      expect(watch === true, `${from} on ${event} leaves a watch`).toBe(event === "unfound");
    }
  });

  it("sends a create only from a look-up that found nothing", () => {
    for (const [from, event, { action }] of rows) {
      if (action === "create") expect(["matchedNone", "matchUnsure"], from).toContain(event);
    }
    // After a create of unknown outcome, finding nothing for certain is needed.
    expect(transitionOf("creating", "matchUnsure")).toEqual({ next: "blocked", failed: "unsureCreate" });
  });

  it("deletes only what the policy says must be deleted", () => {
    const deletions = rows.filter(([, , { action }]) => action === "delete");
    expect(new Set(deletions.map(([, event]) => event))).toEqual(new Set(["policyDelete"]));
    // A deletion that did not happen, or of which nobody knows, is never simply repeated.
    for (const event of ["inScope", "out"] as const)
      expect(transitionOf("deleting", event).action).toBe("checkDeleted");
    expect(transitionOf("deleting", "notSent")).toMatchObject({ next: "leaving", back: true });
  });

  it("has a sentence for each failure", () => {
    const codes = new Set(rows.flatMap(([, , { failed }]) => failed ?? []));
    for (const code of codes) expect(FAILURES[code]).toMatch(/^[a-z].{10,}$/);
    expect([...codes].sort()).toEqual(Object.keys(FAILURES).sort());
  });
});
