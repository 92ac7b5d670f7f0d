import { describe, expect, it } from "vitest";
import { isScimError } from "../../src/errors/scim-error.ts";
import { applyPatch } from "../../src/patch/apply-patch.ts";
import type { Dialect } from "../../src/patch/dialect.ts";
import { casesOf, comparable, type PatchCase } from "./patch-cases.ts";
import { typeOf } from "./patch-types.ts";

function outcome(test: PatchCase, dialect: Dialect | undefined): unknown {
  try {
    return comparable(applyPatch(test.before, test.operations, typeOf(test), { dialect }), test.compareOnly);
  } catch (error) {
    if (isScimError(error)) return { error: error.scimType };
    throw error;
  }
}
function expected(test: PatchCase): unknown {
  const error = test.rfc?.error ?? test.error?.scimType;
  if (test.error !== undefined) return { error };
  return comparable(test.rfc?.after ?? test.after ?? {}, test.compareOnly);
}

describe.each([["strict", undefined]] as const)("PATCH cases of the RFC, %s", (_, dialect) => {
  it.each(casesOf("rfc", "rfc-status-only"))("$id", (test) => {
    expect(outcome(test, dialect)).toEqual(expected(test));
  });
});
