import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";
import { strict } from "../../src/dialects/strict.ts";
import { isScimError } from "../../src/errors/scim-error.ts";
import { applyPatch } from "../../src/patch/apply-patch.ts";
import type { Dialect } from "../../src/patch/dialect.ts";
import { URN } from "../../src/protocol/urns.ts";
import { cases, casesOf, comparable, type PatchCase } from "./patch-cases.ts";
import { typeOf } from "./patch-types.ts";

/** Argued one by one in docs/decisions/051-patch-case-exceptions.md. */
const EXCEPTIONS: ReadonlySet<string> = new Set(["p041", "p298", "p458", "p460"]);

/** What we do where a source and the RFC differ. `none`: the case needs a schema that SCIM does not have. */
interface Decision {
  readonly follows: "source" | "rfc" | "own" | "none";
  readonly why: string;
  /** For `own`. */
  readonly outcome?: unknown;
}

const decisions = JSON.parse(
  readFileSync(new URL("./data/patch-vendor-decisions.json", import.meta.url), "utf8"),
) as Record<string, Decision>;

function outcome(test: PatchCase, dialect: Dialect): unknown {
  try {
    return comparable(applyPatch(test.before, test.operations, typeOf(test), { dialect }), test.compareOnly);
  } catch (error) {
    if (isScimError(error)) return { status: error.status, scimType: error.scimType };
    throw error;
  }
}

function sourceSays(test: PatchCase): unknown {
  return test.error === undefined
    ? comparable(test.after ?? {}, test.compareOnly)
    : { status: 400, scimType: test.error.scimType };
}

/** What the RFC has where the source of the case differs, else what the case says. */
function rfcSays(test: PatchCase): unknown {
  if (test.rfc?.error !== undefined) return { status: 400, scimType: test.rfc.error };
  return test.rfc?.after === undefined ? sourceSays(test) : comparable(test.rfc.after, test.compareOnly);
}

describe("the PATCH cases", () => {
  it("are all there, none left out by a profile nobody runs", () => {
    const counts = Object.groupBy(cases, ({ profile }) => profile);
    expect(Object.fromEntries(Object.entries(counts).map(([profile, list]) => [profile, list?.length]))).toEqual({
      rfc: 343,
      "rfc-status-only": 8,
      "rfc-ambiguous": 21,
      entra: 31,
      vendor: 126,
      "vendor-option": 12,
    });
  });

  it("have a decision each where a source and the RFC differ", () => {
    expect(Object.keys(decisions).sort()).toEqual(
      casesOf("vendor", "vendor-option")
        .map(({ id }) => id)
        .sort(),
    );
    expect(Object.values(decisions).every(({ why }) => why.length > 0)).toBe(true);
  });
});

describe.each([strict, compatible])("the RFC's PATCH cases, dialect $name [req 136-160]", (dialect) => {
  it.each(casesOf("rfc", "rfc-status-only").filter(({ id }) => !EXCEPTIONS.has(id)))("$id", (test) => {
    expect(outcome(test, dialect)).toEqual(rfcSays(test));
  });

  it.each(cases.filter(({ id }) => ["p298", "p458", "p460"].includes(id)))(
    "$id leaves out the name of a manager, which is read-only",
    (test) => {
      const after = structuredClone(test.after) as Record<string, { manager: { displayName?: string } }>;
      delete after[URN.enterpriseUser]?.manager.displayName;
      expect(outcome(test, dialect)).toEqual(comparable(after, test.compareOnly));
    },
  );
});

describe("Entra ID's PATCH cases and those on which the RFC is silent, dialect compatible", () => {
  it.each(casesOf("entra", "rfc-ambiguous").filter(({ id }) => !EXCEPTIONS.has(id)))("$id", (test) => {
    expect(outcome(test, compatible)).toEqual(rfcSays(test));
  });

  it("p041 makes the element that Entra ID's Replace asks for", () => {
    const [test] = cases.filter(({ id }) => id === "p041");
    if (test === undefined) throw new TypeError("p041 is gone");
    expect(outcome(test, strict)).toEqual({ status: 400, scimType: "noTarget" });
    expect(outcome(test, compatible)).toMatchObject({ addresses: [{ type: "work", formatted: "1111 Street Rd" }] });
  });
});

describe("PATCH cases where a source and the RFC differ, dialect compatible", () => {
  const decided = casesOf("vendor", "vendor-option").map((test) => ({ ...test, decision: decisions[test.id] }));

  it.each(decided.filter(({ decision }) => decision?.follows !== "none"))(
    "$id follows $decision.follows: $decision.why",
    ({ decision, ...test }) => {
      const expected = { source: sourceSays, rfc: rfcSays, own: () => decision?.outcome, none: () => undefined };
      expect(outcome(test, compatible)).toEqual(expected[decision?.follows ?? "none"](test));
    },
  );

  it.each(decided.filter(({ decision }) => decision?.follows === "none"))(
    "$id needs a schema that cannot be: $decision.why",
    (test) => {
      expect(() => typeOf(test)).toThrow(TypeError);
    },
  );
});
