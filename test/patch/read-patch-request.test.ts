import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";
import { strict } from "../../src/dialects/strict.ts";
import { readPatchRequest } from "../../src/patch/read-patch-request.ts";
import { URN } from "../../src/protocol/urns.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";

const schemas = [URN.patchOp];
const read = (body: unknown, dialect = strict) => readPatchRequest(body, userResourceType, dialect);

describe("readPatchRequest [req 136]", () => {
  it("reads operations in the one form, with their places", () => {
    const Operations = [
      { op: "ADD", path: "title", value: "t", name: "ignored" },
      { op: "remove", path: null },
    ];
    const { operations, transforms } = read({ schemas, Operations });
    expect({ operations, transforms }).toEqual({
      operations: [
        { op: "add", path: "title", value: "t", index: 0 },
        { op: "remove", index: 1 },
      ],
      transforms: [],
    });
  });

  it.each([
    ["no object", []],
    ["no schemas", { Operations: [{ op: "remove", path: "title" }] }],
    ["other schemas", { schemas: [URN.user], Operations: [{ op: "remove", path: "title" }] }],
    ["no Operations", { schemas }],
    ["operations in lower case", { schemas, operations: [{ op: "remove", path: "title" }] }],
    ["no operation", { schemas, Operations: [] }],
    ["an operation that is none", { schemas, Operations: ["add"] }],
    ["an unknown op", { schemas, Operations: [{ op: "move", path: "title" }] }],
    ["a path that is no text", { schemas, Operations: [{ op: "remove", path: 1 }] }],
  ])("refuses %s", (_, body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ status: 400, scimType: "invalidSyntax" }));
  });

  it("names the operation that is wrong", () => {
    const Operations = [{ op: "remove", path: "title" }, { op: "move" }];
    expect(() => read({ schemas, Operations })).toThrow("Operations[1]: op must be add, remove or replace");
    expect(() => read({ schemas, Operations: [{ op: "add", path: "emails[", value: 1 }] })).toThrow(
      /^Operations\[0\]: /,
    );
  });

  it("refuses more operations than it may read", () => {
    const Operations = [1, 2, 3].map(() => ({ op: "remove", path: "title" }));
    expect(() => readPatchRequest({ schemas, Operations }, userResourceType, strict, { maxOperations: 2 })).toThrow(
      expect.objectContaining({ status: 413 }),
    );
  });

  it("takes nothing from outside for what only a dialect says", () => {
    const Operations = [{ op: "remove", path: "members", removeValues: ["x"], createTarget: true, index: 7 }];
    expect(readPatchRequest({ schemas, Operations }, groupResourceType, compatible).operations).toEqual([
      { op: "remove", path: "members", index: 0 },
    ]);
  });

  it("says which transforms saw their mark, each once", () => {
    const Operations = [
      { op: "Replace", path: "active", value: "False" },
      { op: "Replace", path: "title", value: ["x"] },
      { op: "replace", path: "emails[type eq 'work'].value", value: "x" },
    ];
    const { operations, transforms } = read({ operations: Operations }, compatible);
    expect({ operations, transforms }).toEqual({
      operations: [
        { op: "replace", path: "active", value: false, createTarget: true, index: 0 },
        { op: "replace", path: "title", value: "x", createTarget: true, index: 1 },
        { op: "replace", path: 'emails[type eq "work"].value', value: "x", index: 2 },
      ],
      transforms: [
        "lower-case-operations",
        "missing-patch-schemas",
        "capitalised-op",
        "quoted-booleans",
        "wrapped-scalars",
        "single-quotes",
      ],
    });
  });
});
