import { describe, expect, it } from "vitest";
import * as errors from "../../src/entries/errors.ts";
import { MappingError, MappingInvalidError } from "../../src/entries/mapping.ts";

type AnyError = new (detail: string, options: object) => errors.ScimError;

/** Every class of the family, with facts that its own constructor keeps. */
const FAMILY = Object.values<unknown>(errors).filter(
  (value): value is AnyError => typeof value === "function" && value.prototype instanceof errors.ScimError,
);

describe("the classes of errors", () => {
  it("each have a code of their own that begins with SCIM_", () => {
    const codes = [errors.ScimError as AnyError, ...FAMILY].map((Class) => new Class("a", {}).code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => !/^SCIM_[A-Z_]+$/.test(code))).toEqual([]);
    expect(FAMILY.length).toBeGreaterThan(20);
  });

  it("take the sentence first and facts second, and keep facts and status under another sentence", () => {
    for (const Class of FAMILY) {
      const facts = { attribute: "userName", path: "emails", position: 3, limit: 4, retryAfterMs: 5, allow: ["GET"] };
      const before = new Class("before", { ...facts, cause: "because" });
      const after = before.withDetail("after");
      expect(after).toBeInstanceOf(Class);
      expect(after.cause).toBe(before);
      expect({ ...after, message: after.message }).toEqual({ ...before, message: "after" });
      expect(errors.isScimError(after)).toBe(true);
    }
  });

  it("keep what a mapping's error knows under another sentence", () => {
    const mapping = new MappingError("a", {
      mapping: "names",
      resourceType: "User",
      status: 400,
      cause: new TypeError("x"),
    });
    expect(mapping.withDetail("b")).toMatchObject({ mapping: "names", resourceType: "User", status: 400, detail: "b" });
    const invalid = new MappingInvalidError("a", {
      ...{ resourceType: "User", id: "7", attribute: "emails", mappings: ["names"], trace: [] },
    });
    expect(invalid.withDetail("b")).toMatchObject({ id: "7", mappings: ["names"], detail: "b" });
  });

  it("tell a lost race by its status, whichever copy of the package threw it", () => {
    expect(errors.isPreconditionFailed(new errors.PreconditionFailedError())).toBe(true);
    expect(errors.isPreconditionFailed(new errors.ScimError("a", { status: 412 }))).toBe(true);
    expect(errors.isPreconditionFailed({ status: 412 })).toBe(false);
  });
});
