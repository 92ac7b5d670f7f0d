import { memoryStorage } from "scimkit";
import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";
import { isScimError } from "../../src/errors/scim-error.ts";
import { applyPatch } from "../../src/patch/apply-patch.ts";
import { createApp, EVERY_STORAGE, GROUP, patch } from "../helpers/scim-app.ts";
import { cases, comparable, type PatchCase } from "./patch-cases.ts";
import { typeOf } from "./patch-types.ts";

const DATES = { created: "2026-01-01T00:00:00.000Z", lastModified: "2026-01-01T00:00:00.000Z" };

/** The cases of ordinary groups; the others are applied to resources without a storage (patch.test.ts). */
const groups = cases.filter((test) => test.resourceType === "Group" && test.needsCustomSchema === undefined);

/** A group with its members as sorted ids: a response derives their labels, types and references. */
function summary(group: Record<string, unknown>): unknown {
  const { members, ...rest } = group;
  const ids = Array.isArray(members) ? members.map((member) => member.value) : [];
  return { rest: comparable(rest, undefined), members: [...new Set(ids)].sort() };
}

/** What the case must lead to, as patch.test.ts has proved it for resources without a storage. A request has operations. */
function expected(test: PatchCase): { status: number; scimType?: string | undefined; group: unknown } {
  if (test.operations.length === 0) return { status: 400, scimType: "invalidSyntax", group: summary(test.before) };
  try {
    return {
      status: 200,
      group: summary(applyPatch(test.before, test.operations, typeOf(test), { dialect: compatible })),
    };
  } catch (error) {
    if (!isScimError(error)) throw error;
    return { status: error.status, scimType: error.scimType, group: summary(test.before) };
  }
}

/** All ids of members that a case names. */
function memberIds(test: PatchCase): Set<string> {
  const ids = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) {
      if ("value" in value && typeof value.value === "string") ids.add(value.value);
      Object.values(value).forEach(visit);
    }
  };
  visit(test.before.members);
  for (const { value } of test.operations) visit(value);
  return ids;
}

describe.each(Object.keys(EVERY_STORAGE))("the PATCH cases of groups, by HTTP over %s storage", (name) => {
  it("are all of those without a schema of their own", () => {
    expect(groups).toHaveLength(73);
  });

  it("leave the groups that they must, in the storage [req 136-160]", async () => {
    const storage = EVERY_STORAGE[name]?.() ?? memoryStorage();
    const app = createApp({ storage, unknownMembers: "accept" });
    const wrong: unknown[] = [];
    for (const [position, test] of groups.entries()) {
      // A tenant for each case, since many of them have the same members.
      const tenant = `t${String.fromCharCode(97 + Math.floor(position / 26), 97 + (position % 26))}`;
      const { send } = app.as(tenant);
      for (const id of memberIds(test)) {
        const attributes = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: id };
        if (id === "") continue;
        await storage.resources.insert(
          { tenant, type: "User" },
          { id, version: "1", ...DATES, attributes, unique: [] },
        );
      }
      const body = { schemas: [GROUP], displayName: "none", ...test.before };
      const created = await send("POST", "/Groups", body);
      const response = await send("PATCH", `/Groups/${created.body.id}`, patch(...test.operations));
      const shown = await send("GET", `/Groups/${created.body.id}`);
      const is = {
        status: response.status === 204 ? 200 : response.status,
        scimType: response.body.scimType,
        group: summary(shown.body),
      };
      try {
        expect(is).toEqual({
          scimType: undefined,
          ...expected({ ...test, before: { displayName: "none", ...test.before } }),
        });
      } catch {
        wrong.push({ id: test.id, operations: test.operations, is, expected: expected(test) });
      }
    }
    expect(wrong).toEqual([]);
  });
});
