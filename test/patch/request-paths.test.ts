import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";
import { applyPatch } from "../../src/patch/apply-patch.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { countCalls } from "../helpers/call-counts.ts";
import { createApp, createUser, GROUP, patch } from "../helpers/scim-app.ts";

const COUNTED = ["parsePath", "resolveTarget"] as const;

describe("the paths of a PATCH", () => {
  it("are parsed once for all transforms and for the write, in a handler", async () => {
    const app = createApp({ dialect: "compatible" });
    const user = await createUser(app, "ann");
    const group = await app.send("POST", "/Groups", { schemas: [GROUP], displayName: "g" });
    const send = async (operation: object) => {
      const { status } = await app.send("PATCH", `/Groups/${String(group.body.id)}`, patch(operation));
      expect(status).toBe(204);
    };
    const add = { op: "Add", path: "members", value: [{ value: user }] };
    const remove = { op: "Remove", path: `members[value eq "${user}"]` };
    for (const operation of [add, remove]) {
      expect(await countCalls(COUNTED, () => send(operation))).toEqual({ parsePath: 1, resolveTarget: 1 });
    }
  });

  it("are parsed once for each text, however many operations have it", async () => {
    const operations = Array.from({ length: 20 }, (_, index) => ({
      op: "Replace",
      path: index % 2 === 0 ? "displayName" : 'emails[type eq "work"].value',
      value: `${index}`,
    }));
    const user = { userName: "a", emails: [{ type: "work", value: "x" }] };
    let patched: object = {};
    const counts = await countCalls(COUNTED, () => {
      patched = applyPatch(user, operations, userResourceType, { dialect: compatible });
    });
    expect(counts).toEqual({ parsePath: 2, resolveTarget: 2 });
    expect(patched).toMatchObject({ displayName: "18", emails: [{ type: "work", value: "19" }] });
  });

  it("are parsed in the grammar of the dialect in force, whatever transforms look for", () => {
    const operations = [{ op: "remove", path: "members[value eq 'a']" }];
    const group = { displayName: "g", members: [{ value: "a" }, { value: "b" }] };
    const under = (dialect?: typeof compatible) => applyPatch(group, operations, groupResourceType, { dialect });
    expect(under(compatible)).toMatchObject({ members: [{ value: "b" }] });
    expect(() => under()).toThrow(expect.objectContaining({ scimType: "invalidFilter" }));
    const others = {
      ...compatible,
      transforms: compatible.transforms.filter(({ filter }) => filter !== "singleQuotes"),
    };
    expect(() => under(others)).toThrow(expect.objectContaining({ scimType: "invalidFilter" }));
  });
});
