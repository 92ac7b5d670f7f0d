import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { subjectId } from "../../src/directory/subject-id.ts";

const ada = {
  id: "42",
  uuid: "4f1e",
  userName: "ada",
  upn: "ada@corp.example",
  emails: [{ value: "old@example.com" }, { value: "ada@example.com", primary: true }],
};

it("hashes the id and the secret by default, always to the same value", async () => {
  const expected = createHash("sha256").update("42-of this installation").digest("hex");
  expect(await subjectId(ada, { secret: "of this installation" })).toBe(expected);
  expect(await subjectId({ id: "42" }, { mode: "hashed", secret: "of this installation" })).toBe(expected);
  expect(await subjectId({ id: "43" }, { secret: "of this installation" })).not.toBe(expected);
  expect(await subjectId(ada, { secret: "of another" })).not.toBe(expected);
});

it.each([
  ["id", "42"],
  ["uuid", "4f1e"],
  ["username", "ada"],
  ["email", "ada@example.com"],
  ["upn", "ada@corp.example"],
] as const)("takes the %s of a user where that is the mode", async (mode, expected) => {
  expect(await subjectId(ada, { mode })).toBe(expected);
});

it("takes the first e-mail address where none is primary, or a plain text", async () => {
  expect(await subjectId({ id: "1", emails: [{ value: "a@b" }, { value: "c@d" }] }, { mode: "email" })).toBe("a@b");
  expect(await subjectId({ id: "1", email: "a@b" }, { mode: "email" })).toBe("a@b");
});

it.each(["uuid", "username", "email", "upn"] as const)("refuses a user without %s, naming both", async (mode) => {
  await expect(subjectId({ id: "7", emails: [] }, { mode })).rejects.toThrow(
    /^The user 7 has no \w+ for the subject id/,
  );
  await expect(subjectId({ id: "7", displayName: "Ada" }, { mode })).rejects.toThrow(/^The user Ada \(7\) has no /);
});

it("refuses a hashed id without a secret, and a mode that there is not", async () => {
  await expect(subjectId(ada)).rejects.toThrow(TypeError);
  await expect(subjectId(ada, { secret: "" })).rejects.toThrow(TypeError);
  await expect(subjectId(ada, { mode: "toString" as never })).rejects.toThrow('must be "hashed", "id"');
});
