import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";
import { transformResource } from "../../src/dialects/dialect.ts";
import { strict } from "../../src/dialects/strict.ts";
import { isScimError } from "../../src/errors/scim-error.ts";
import { applyPatch } from "../../src/patch/apply-patch.ts";
import type { Dialect } from "../../src/patch/dialect.ts";
import { readPatchRequest } from "../../src/patch/read-patch-request.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { runs } from "../helpers/soak.ts";
import { anyJson, operations, users } from "./arbitraries.ts";
import { freeze } from "./freeze.ts";

const RUNS = runs({ seed: 20251, numRuns: 400 });

/** What comes of it, error or not, as something to compare. */
function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (!isScimError(error)) throw error;
    return { scimType: error.scimType, detail: error.detail };
  }
}

describe("applyPatch, whatever it is given", () => {
  it("changes nothing that its operations do not name, and never the resource it is given [req 157]", () => {
    fc.assert(
      fc.property(users, fc.array(operations, { maxLength: 4 }), (user, list) => {
        const before = freeze({ ...user, members: [{ value: "kept" }], locale: "no", roles: [{ value: "r" }] });
        const after = outcome(() => applyPatch(before, freeze(list), userResourceType));
        if (typeof after === "object" && after !== null && "userName" in after) {
          expect(after).toMatchObject({ members: [{ value: "kept" }], locale: "no", roles: [{ value: "r" }] });
          expect(after.userName).toBe(user.userName);
        }
      }),
      RUNS,
    );
  });

  it("gives a result or a ScimError for any JSON, under either dialect", () => {
    const resource = freeze({ userName: "u", displayName: "g", members: [{ value: "m" }], emails: [{ value: "e" }] });
    fc.assert(
      fc.property(anyJson, anyJson, (json, value) => {
        const list = [
          ...(Array.isArray(json) ? json : [json]),
          { op: "add", value },
          { op: "Remove", path: "members", value },
          { op: "replace", path: "emails", value },
        ];
        for (const dialect of [strict, compatible]) {
          for (const type of [userResourceType, groupResourceType]) {
            outcome(() => readPatchRequest(json, type, dialect));
            outcome(() => transformResource(dialect, json, type));
            for (const operation of list) outcome(() => applyPatch(resource, [operation], type, { dialect }));
          }
        }
      }),
      RUNS,
    );
  });

  it("adding twice equals adding once", () => {
    fc.assert(
      fc.property(users, operations, (user, operation) => {
        fc.pre(operation.op === "add" && !String(operation.path).includes("["));
        // No write lets two values be primary; where two are, an add that speaks of one may settle them only the second time.
        fc.pre(primaries(user) < 2);
        const once = applyPatch(user, [operation], userResourceType);
        expect(applyPatch(once, [operation], userResourceType)).toBe(once);
      }),
      RUNS,
    );
  });

  it("gives the very object back exactly when nothing changed [req 142]", () => {
    fc.assert(
      fc.property(users, fc.array(operations, { maxLength: 3 }), (user, list) => {
        const after = outcome(() => applyPatch(user, list, userResourceType));
        if (after === user) return;
        expect(after).not.toEqual(user);
      }),
      RUNS,
    );
  });
});

describe("applyPatch with a dialect, whatever it is given", () => {
  it("reads what bears no vendor's mark under compatible exactly as under strict", () => {
    fc.assert(
      fc.property(users, fc.array(operations, { maxLength: 4 }), (user, list) => {
        const under = (dialect: Dialect) => outcome(() => applyPatch(user, list, userResourceType, { dialect }));
        expect(under(compatible)).toEqual(under(strict));
      }),
      RUNS,
    );
  });

  it("never removes a member that a remove with a value does not list [req 151]", () => {
    const members = ["a", "b", "c"].map((value) => ({ value }));
    const listed = fc.oneof(
      fc
        .subarray(["a", "b", "x"])
        .map((ids) => ({ value: ids.map((value) => ({ $ref: null, value })) as unknown, ids })),
      fc.subarray(["a", "b", "x"]).map((ids) => ({ value: ids as unknown, ids })),
      fc
        .subarray(["a", "b", "x"])
        .map((ids) => ({ value: { members: ids.map((value) => ({ value })) } as unknown, ids })),
      anyJson
        .filter((value) => !String(JSON.stringify(value)).includes('"c"'))
        .map((value) => ({ value, ids: ["members", "add", "remove", "emails", "True", "a", "b"] })),
    );
    fc.assert(
      fc.property(
        listed,
        fc.constantFrom("remove", "Remove"),
        fc.constantFrom("members", undefined),
        (list, op, path) => {
          const operation = { op, ...(path === undefined ? {} : { path }), value: list.value };
          const after = outcome(() =>
            applyPatch({ displayName: "g", members }, [operation], groupResourceType, { dialect: compatible }),
          );
          if (typeof after === "object" && after !== null && "displayName" in after) {
            expect(after).toMatchObject({ members: expect.arrayContaining([{ value: "c" }]) });
          }
        },
      ),
      RUNS,
    );
  });
});

function primaries({ emails }: Record<string, unknown>): number {
  return Array.isArray(emails) ? emails.filter(({ primary }) => primary === true).length : 0;
}
