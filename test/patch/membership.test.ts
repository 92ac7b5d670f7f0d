import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";
import { applyOperations } from "../../src/patch/apply-operations.ts";
import { splitMembership } from "../../src/patch/membership.ts";
import { readOperations } from "../../src/patch/read-operations.ts";
import { RequestPaths } from "../../src/patch/request-paths.ts";
import { URN } from "../../src/protocol/urns.ts";
import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";

type Json = Record<string, unknown>;

function read(list: readonly Json[], type: ResourceType = groupResourceType) {
  const paths = new RequestPaths(type);
  const { operations } = readOperations(list, paths, compatible);
  return {
    operations,
    split: splitMembership(operations, paths),
    apply: (group: Json) => applyOperations(group, operations, paths),
  };
}

const change = (...list: Json[]) => read(list).split?.members;

describe("splitMembership", () => {
  it("reads every way to add and remove members by value", () => {
    expect(
      change(
        {
          op: "add",
          path: "members",
          value: [
            { value: "a", display: "A" },
            { value: "g", type: "group" },
          ],
        },
        { op: "Add", path: `${URN.group}:members`, value: { value: "b", $ref: null } },
        { op: "add", value: { Members: [{ value: "c" }] } },
        { op: "remove", path: 'members[value eq "d"]' },
        { op: "Remove", path: "members", value: [{ $ref: null, value: "e" }] },
      ),
    ).toEqual({
      add: [{ value: "a", display: "A" }, { value: "g", type: "Group" }, { value: "b" }, { value: "c" }],
      remove: ["d", "e"],
    });
  });

  it("lets the later of two operations on a member win, so that no id stands on both sides", () => {
    const add = { op: "add", path: "members", value: [{ value: "a" }] };
    const remove = { op: "remove", path: 'members[value eq "a"]' };
    expect(change(add, remove)).toEqual({ add: [], remove: ["a"] });
    expect(change(remove, add)).toEqual({ add: [{ value: "a" }], remove: [] });
  });

  it("comes to nothing without operations, or where a list is empty", () => {
    expect(change()).toEqual({ add: [], remove: [] });
    expect(change({ op: "remove", path: "members", value: [] })).toEqual({ add: [], remove: [] });
    expect(change({ op: "add", path: "members", value: [] })).toEqual({ add: [], remove: [] });
  });

  it.each([
    { op: "replace", path: "members", value: [] },
    { op: "replace", path: 'members[value eq "a"]', value: { value: "b" } },
    { op: "remove", path: "members" },
    { op: "remove", path: "members.display" },
    { op: "remove", path: 'members[type eq "User"]' },
    { op: "remove", path: 'members[value sw "a"]' },
    { op: "remove", path: 'members[value eq "a"].display' },
    { op: "add", path: "displayName", value: "x" },
    { op: "add", value: { members: [{ value: "a" }], displayName: "x" } },
    { op: "add", value: {} },
    { op: "add", path: "members" },
    { op: "remove", path: "members", value: null },
    { op: "remove" },
  ])("leaves %j to applyOperations", (operation) => {
    const { operations, split } = read([operation, { op: "add", path: "members", value: { value: "a" } }]);
    expect(split).toEqual({ members: { add: [{ value: "a" }], remove: [] }, rest: operations.slice(0, 1) });
  });
});

describe("splitMembership and applyOperations", () => {
  it("refuses what applyOperations would refuse, and says where", () => {
    expect(() => change({ op: "add", path: "members", value: [{ display: "Nobody" }] })).toThrow(
      expect.objectContaining({ scimType: "invalidValue", detail: "Operations[0]: members[0].value is required" }),
    );
    expect(() => change({ op: "add", path: "members", value: [7] })).toThrow(
      "Operations[0]: members[0] must be an object with a value",
    );
    expect(() => change({ op: "add", path: "members", value: [{ value: "a" }, { value: "" }] })).toThrow(
      "Operations[0]: members[1].value must not be empty",
    );
  });

  it("tells ids by case, and so does applyOperations", () => {
    const { split, apply } = read([{ op: "Remove", path: "members", value: [{ value: "A" }] }]);
    expect(split?.members).toEqual({ add: [], remove: ["A"] });
    const group = { displayName: "g", members: [{ value: "a" }, { value: "A" }] };
    expect(apply(group).members).toEqual([{ value: "a" }]);
  });

  it("knows no members of a type that has none", () => {
    expect(read([], userResourceType).split).toBeUndefined();
  });

  it("comes to the same as applyOperations on a group", () => {
    const id = fc.constantFrom("a", "b", "c", "d");
    const operation = fc.oneof(
      fc
        .array(id, { maxLength: 3 })
        .map((ids) => ({ op: "add", path: "members", value: ids.map((value) => ({ value })) })),
      id.map((value) => ({ op: "remove", path: `members[value eq "${value}"]` })),
      fc.array(id, { maxLength: 3 }).map((value) => ({ op: "Remove", path: "members", value })),
    );
    fc.assert(
      fc.property(fc.uniqueArray(id), fc.array(operation, { maxLength: 5 }), (before, list) => {
        const { split, apply } = read(list);
        const { add = [], remove = [] } = split?.members ?? {};
        const folded = new Set([...before, ...add.map(({ value }) => value)]);
        for (const value of remove) folded.delete(value);
        const group = { displayName: "g", members: before.map((value) => ({ value })) };
        const { members = [] } = apply(group) as Partial<typeof group>;
        expect(new Set(members.map(({ value }) => value))).toEqual(folded);
      }),
      { seed: 20252, numRuns: 200 },
    );
  });
});
