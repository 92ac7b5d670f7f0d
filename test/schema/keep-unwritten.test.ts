import { describe, expect, it } from "vitest";
import { URN } from "../../src/protocol/urns.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { keepUnwritten } from "../../src/schema/resources/keep-unwritten.ts";
import { badgeType } from "./badge-type.ts";

const machine = defineResourceType({
  name: "Machine",
  endpoint: "/Machines",
  schema: defineSchema({
    id: "urn:example:Machine",
    attributes: [
      { name: "label" },
      { name: "lastSeen", type: "dateTime", mutability: "readOnly" },
      { name: "health", type: "complex", subAttributes: [{ name: "state", mutability: "readOnly" }] },
      {
        name: "disks",
        type: "complex",
        multiValued: true,
        subAttributes: [{ name: "value" }, { name: "size", type: "integer" }, { name: "used", mutability: "readOnly" }],
      },
    ],
  }),
  extensions: [
    {
      schema: defineSchema({
        id: "urn:example:Audit",
        attributes: [{ name: "note" }, { name: "checkedBy", mutability: "readOnly" }],
      }),
    },
  ],
});

describe("keepUnwritten", () => {
  it("fills in the immutable attributes that a replacement leaves out, and no more [req 65] [req 130]", () => {
    const before = { number: "7", level: 1, holder: { value: "x", since: "2020", note: "n" } };
    const after = { label: "new" };
    const kept = keepUnwritten(badgeType, before, after);
    expect(kept).toEqual({ label: "new", number: "7", holder: { value: "x", since: "2020" } });
    expect(after).toEqual({ label: "new" });
    expect(keepUnwritten(badgeType, before, { number: "8" })).toMatchObject({ number: "8" });
  });

  it("keeps what only the service provider sets, at every level [req 64] [req 130]", () => {
    const before = {
      schemas: ["urn:example:Machine", "urn:example:Audit"],
      label: "old",
      lastSeen: "2026-01-01T00:00:00Z",
      health: { state: "good" },
      disks: [
        { value: "a", size: 1, used: "80 %" },
        { value: "b", used: "10 %" },
      ],
      "urn:example:Audit": { note: "old", checkedBy: "eve" },
    };
    const after = { schemas: ["urn:example:Machine"], disks: [{ value: "b" }, { value: "a", size: 2 }] };
    expect(keepUnwritten(machine, before, after)).toEqual({
      schemas: ["urn:example:Machine", "urn:example:Audit"],
      lastSeen: "2026-01-01T00:00:00Z",
      health: { state: "good" },
      disks: [
        { value: "b", used: "10 %" },
        { value: "a", size: 2 },
      ],
      "urn:example:Audit": { checkedBy: "eve" },
    });
  });

  it("keeps the label of a reference only with the reference [req 61] [req 130]", () => {
    const user = (manager?: object) => ({ userName: "u", ...(manager && { [URN.enterpriseUser]: { manager } }) });
    const before = user({ value: "1", displayName: "Ann" });
    expect(keepUnwritten(userResourceType, before, user({ value: "1", $ref: "../Users/1" }))).toEqual(
      user({ value: "1", $ref: "../Users/1", displayName: "Ann" }),
    );
    expect(keepUnwritten(userResourceType, before, user({ value: "2" }))).toEqual(user({ value: "2" }));
    expect(keepUnwritten(userResourceType, before, user())).toEqual(user());
  });
});
