import { describe, expect, it } from "vitest";
import { applyOperationsInTurns } from "../../src/patch/apply-operations.ts";
import { applyPatch } from "../../src/patch/apply-patch.ts";
import { readPatchRequest } from "../../src/patch/read-patch-request.ts";
import { URN } from "../../src/protocol/urns.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { createWork } from "../../src/work/work.ts";
import { createApp, createUser, patch } from "../helpers/scim-app.ts";

const LIMIT = 1_000_000_000;
const emails = Array.from({ length: 4000 }, (_, index) => ({ value: `é${index}@x`, display: `Ünal ${index}` }));
const user = { schemas: [URN.user], userName: "a", emails };

function terms(count: number): string {
  return Array.from({ length: count }, (_, index) => `display co "q${index}"`).join(" or ");
}

/** One operation whose filter has so many terms and finds nothing. */
function operation(count: number): { op: string; path: string } {
  return { op: "remove", path: `emails[${terms(count)}]` };
}

function costOf(count: number): number {
  const work = createWork({ limit: LIMIT });
  applyPatch(user, [operation(count)], userResourceType, { work });
  return LIMIT - work.left;
}

describe("the work of a PATCH", () => {
  it("[req 161] grows with the elements and with the terms of the filter", () => {
    expect(costOf(1)).toBeGreaterThan(4000);
    expect(costOf(400) - costOf(200)).toBeGreaterThan(4000 * 200);
  });

  it("[req 161] is refused beyond the budget of the request, and the attribute is named", async () => {
    const app = createApp({ limits: { maxWork: 1_000_000 } });
    const id = await createUser(app, "a");
    const filled = await app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "emails", value: emails }));
    expect(filled.status).toBe(200);
    const answer = await app.send("PATCH", `/Users/${id}`, patch(operation(400)));
    expect([answer.status, answer.body.scimType, answer.body.detail]).toEqual([
      400,
      "tooMany",
      "The request needs too much work for comparing the values of emails.display",
    ]);
  });

  it("has a limit of its own where no budget is given", () => {
    const operations = Array.from({ length: 40 }, () => operation(480));
    expect(() => applyPatch(user, operations, userResourceType)).toThrow(
      expect.objectContaining({ scimType: "tooMany" }),
    );
  });

  it("lets others run between operations and between elements, with the same result", async () => {
    let time = 0;
    const clock = () => {
      time += 20;
      return time;
    };
    const Operations = [
      { op: "replace", path: 'emails[display co "99"].type', value: "work" },
      { op: "remove", path: 'emails[type eq "work" and display ew "1"]' },
      { op: "replace", path: 'emails[type eq "work"].display', value: "x" },
    ];
    const message = { schemas: [URN.patchOp], Operations };
    const { operations, paths } = readPatchRequest(message, userResourceType, undefined, {
      work: createWork({ clock }),
    });
    let others = 0;
    const timer = setInterval(() => {
      others += 1;
    }, 0);
    const patched = await applyOperationsInTurns(user, operations, paths);
    clearInterval(timer);
    expect(others).toBeGreaterThan(5);
    expect(patched).toEqual(applyPatch(user, Operations, userResourceType));
  });
});
