import { describe, expect, it } from "vitest";
import { InvalidValueError } from "../../src/errors/request-errors.ts";
import { isScimError } from "../../src/errors/scim-error.ts";
import { sourceUserMappings } from "../../src/mapping/defaults/inbound.ts";
import {
  evaluateMappings,
  type MappingContext,
  type MappingOutcome,
} from "../../src/mapping/evaluation/evaluate-mappings.ts";
import { MappingError } from "../../src/mapping/evaluation/mapping-error.ts";
import { orderMappings } from "../../src/mapping/evaluation/order-mappings.ts";
import { previewMappings } from "../../src/mapping/evaluation/preview-mappings.ts";
import { defineMapping, type Mapping, type MappingExpression } from "../../src/mapping/expressions/define-mapping.ts";
import { remove, replace, skip } from "../../src/mapping/expressions/markers.ts";
import { sourceVariables } from "../../src/mapping/expressions/source-variables.ts";

function mapping(name: string, expression: MappingExpression): Mapping {
  return defineMapping({ name, expression });
}

function evaluate(mappings: readonly Mapping[], context: Partial<MappingContext> = {}): MappingOutcome {
  return atOnce(evaluateMappings(orderMappings(mappings), {}, { phase: "create", ...context }));
}

/** An outcome for which nothing had to be waited for. */
function atOnce(outcome: MappingOutcome | Promise<MappingOutcome>): MappingOutcome {
  return outcome instanceof Promise ? expect.fail("it waited, and no mapping returned a promise") : outcome;
}

function mappedBy(outcome: MappingOutcome): unknown {
  return "value" in outcome ? outcome.value : undefined;
}

function errorOf(run: () => unknown): MappingError {
  try {
    run();
  } catch (error) {
    if (error instanceof MappingError) return error;
  }
  return expect.fail("no MappingError was thrown");
}

describe("evaluateMappings", () => {
  it("applies mappings in the order of their names, however they are listed", async () => {
    const outcome = evaluate([
      mapping("b", () => ({ x: "b", l: [2] })),
      mapping("a", () => ({ x: "a", l: [1] })),
      mapping("c", () => ({ l: [3] })),
    ]);
    expect(mappedBy(outcome)).toEqual({ x: "b", l: [1, 2, 3] });
  });

  it("hands the variables to each mapping", async () => {
    const outcome = evaluateMappings(
      [mapping("a", ({ userName }) => ({ login: userName }))],
      { userName: "bjensen" },
      { phase: "update" },
    );
    expect(mappedBy(atOnce(outcome))).toEqual({ login: "bjensen" });
  });

  it("returns a value of its own, whatever a mapping returns", async () => {
    const shared = Object.freeze({ list: Object.freeze([Object.freeze({ value: "a" })]) });
    const value = mappedBy(evaluate([mapping("a", () => shared)])) as { list: { value: string }[] };
    value.list.push({ value: "b" });
    expect(mappedBy(evaluate([mapping("a", () => shared)]))).toEqual({ list: [{ value: "a" }] });
  });

  it("applies a mapping for creation only when the object is created", async () => {
    const once = defineMapping({ name: "a", apply: "create", expression: () => ({ x: 1 }) });
    expect(mappedBy(evaluate([once], { phase: "create" }))).toEqual({ x: 1 });
    const later = evaluate([once], { phase: "update" });
    expect(mappedBy(later)).toEqual({});
    expect(later.trace).toEqual([{ mapping: "a", outcome: "not applied", changes: [] }]);
  });

  it("leaves out mappings for another resource type", async () => {
    const forUsers = defineMapping({ name: "a", resourceType: "User", expression: () => ({ x: 1 }) });
    expect(mappedBy(evaluate([forUsers], { resourceType: "Group" }))).toEqual({});
    expect(mappedBy(evaluate([forUsers], { resourceType: "User" }))).toEqual({ x: 1 });
    expect(mappedBy(evaluate([forUsers]))).toEqual({ x: 1 });
  });

  it("ends with the first mapping that skips the object, and evaluates none after it", async () => {
    const outcome = evaluate([
      mapping("a", () => ({ x: 1 })),
      mapping("b", () => skip("a guest")),
      mapping("c", () => expect.fail("evaluated after a skip")),
    ]);
    expect(outcome).toMatchObject({ skipped: { mapping: "b", reason: "a guest" } });
    expect(outcome.trace.map((step) => [step.mapping, step.outcome])).toEqual([
      ["a", "applied"],
      ["b", "skipped"],
    ]);
  });

  it("takes undefined and null for nothing said", async () => {
    const outcome = evaluate([
      mapping("a", () => undefined),
      mapping("b", () => null),
      mapping("c", () => ({ x: undefined })),
    ]);
    expect(mappedBy(outcome)).toEqual({});
    expect(outcome.trace.map((step) => step.outcome)).toEqual(["nothing", "nothing", "nothing"]);
  });

  it("refuses two mappings of one name", async () => {
    expect(() => evaluate([mapping("a", () => ({})), mapping("a", () => ({}))])).toThrow(/Two mappings are named "a"/);
  });
});

describe("mappings that return promises", () => {
  it("are waited for one after the other, and merge like the others", async () => {
    const order: string[] = [];
    const slow = (name: string) => async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
      return { x: name, l: [name] };
    };
    const outcome = await evaluateMappings(
      [mapping("a", slow("a")), mapping("b", () => ({ l: ["b"] })), mapping("c", slow("c"))],
      {},
      { phase: "create" },
    );
    expect(mappedBy(outcome)).toEqual({ x: "c", l: ["a", "b", "c"] });
    expect(outcome.trace.map((step) => step.mapping)).toEqual(["a", "b", "c"]);
    expect(order).toEqual(["a begins", "a ends", "c begins", "c ends"]);
  });

  it("fail like others when they reject, or resolve to what no mapping may return", async () => {
    const cause = new InvalidValueError("no");
    const rejecting = evaluateMappings([mapping("a", () => Promise.reject(cause))], {}, { phase: "create" });
    await expect(rejecting).rejects.toMatchObject({ mapping: "a", status: 400, cause });
    const odd = evaluateMappings([mapping("a", async () => [1])], {}, { phase: "create" });
    await expect(odd).rejects.toMatchObject({ mapping: "a", status: 500, cause: expect.any(TypeError) });
    const skipped = evaluateMappings([mapping("a", async () => skip("a guest"))], {}, { phase: "create" });
    expect(await skipped).toMatchObject({ skipped: { mapping: "a", reason: "a guest" } });
  });
});

describe("a mapping that fails", () => {
  it("is a 500 that names mapping and resource type, and nothing from inside", async () => {
    const cause = new Error("db password is hunter2");
    const failing = mapping("people: title", () => {
      throw cause;
    });
    const error = errorOf(() => evaluate([mapping("a", () => ({ x: 1 })), failing], { resourceType: "User" }));
    expect(error).toMatchObject({ status: 500, mapping: "people: title", resourceType: "User", cause });
    expect(isScimError(error)).toBe(true);
    expect(error.detail).toBe('The mapping "people: title" of User failed');
    expect(JSON.stringify(error)).not.toContain("hunter2");
    expect(error.trace).toHaveLength(1);
  });

  it("keeps the status of a ScimError that was thrown on purpose", async () => {
    const refusing = mapping("a", () => {
      throw new InvalidValueError("department is required", { attribute: "department" });
    });
    expect(errorOf(() => evaluate([refusing], { resourceType: "User" })).toJSON()).toMatchObject({
      status: "400",
      scimType: "invalidValue",
      detail: 'The mapping "a" of User refused: department is required',
    });
  });

  it.each([
    ["a text", "x"],
    ["a list", [1]],
    ["an instance of a class", new Date(0)],
    ["the remove marker", remove],
    ["a replacement as a whole", replace([])],
    ["a value that is no plain data", { a: new Date(0) }],
  ])("is one that returns %s", async (_what, result) => {
    const error = errorOf(() => evaluate([mapping("a", () => result as object)]));
    expect(error).toMatchObject({ status: 500, mapping: "a", cause: expect.any(TypeError) });
  });
});

describe("the trace", () => {
  const urn = "urn:example:2.0:User";
  const mappings = [
    mapping("1", () => ({
      name: { givenName: "A" },
      title: "x",
      emails: [{ value: "a" }],
      [urn]: { manager: { value: "1" } },
    })),
    mapping("2", () => ({ name: { givenName: "B", familyName: "C" }, title: null, emails: [{ value: "b" }] })),
    mapping("3", () => ({ emails: replace([]), name: "whole", title: remove })),
    mapping("4", () => undefined),
    mapping("5", () => ({ title: "again", name: { formatted: "D" } })),
  ];

  it("says which mapping set which attribute, whom it overrode and who overrode it", async () => {
    const changes = evaluate(mappings).trace.map((step) =>
      step.changes.map(({ path, action, overrides, overriddenBy }) => [path, action, overrides, overriddenBy]),
    );
    expect(changes).toEqual([
      [
        ["name.givenName", "set", [], ["2"]],
        ["title", "set", [], ["2"]],
        ["emails", "set", [], ["3"]],
        [`${urn}:manager.value`, "set", [], []],
      ],
      [
        ["name.givenName", "set", ["1"], ["3"]],
        ["name.familyName", "set", [], ["3"]],
        ["title", "clear", ["1"], ["3"]],
        ["emails", "append", [], ["3"]],
      ],
      [
        ["emails", "replace", ["1", "2"], []],
        ["name", "set", ["2"], ["5"]],
        ["title", "remove", ["2"], []],
      ],
      [],
      [
        ["title", "set", [], []],
        ["name", "set", ["3"], []],
        ["name.formatted", "set", [], []],
      ],
    ]);
  });

  it("is shown as text by previewMappings, beside the value", async () => {
    const preview = await previewMappings(mappings, {});
    expect(preview.value).toEqual({
      name: { formatted: "D" },
      title: "again",
      emails: [],
      [urn]: { manager: { value: "1" } },
    });
    expect(preview.text).toBe(
      [
        "1",
        "  name.givenName: set, overridden by 2",
        "  title: set, overridden by 2",
        "  emails: set, overridden by 3",
        `  ${urn}:manager.value: set`,
        "2",
        "  name.givenName: set, overriding 1, overridden by 3",
        "  name.familyName: set, overridden by 3",
        "  title: clear, overriding 1, overridden by 3",
        "  emails: append, overridden by 3",
        "3",
        "  emails: replace, overriding 1, 2",
        "  name: set, overriding 2, overridden by 5",
        "  title: remove, overriding 2",
        "4: nothing",
        "5",
        "  title: set",
        "  name: set, overriding 3",
        "  name.formatted: set",
      ].join("\n"),
    );
  });
});

describe("a preview", () => {
  it("shows a user's mapping that replaces what a built-in one set, and one that loses", async () => {
    const own = (name: string, title: string) => mapping(name, () => ({ title }));
    const variables = sourceVariables({ userName: "ada", title: "Countess" });
    const preview = await previewMappings(
      [own("Zz title", "Analyst"), own("-- title", "Nobody"), ...sourceUserMappings],
      variables,
    );
    expect(preview.value?.title).toBe("Analyst");
    expect(preview.text).toContain("-- title\n  title: set, overridden by 00 scim user: 50 profile");
    expect(preview.text).toContain("  title: set, overriding -- title, overridden by Zz title");
    expect(preview.text).toContain("Zz title\n  title: set, overriding 00 scim user: 50 profile");
  });

  it("ends with the reason of a skip", async () => {
    const preview = await previewMappings([mapping("a", () => skip("a guest"))], {});
    expect(preview).toMatchObject({ skipped: { mapping: "a", reason: "a guest" }, text: "a: skipped\n  a guest" });
    expect(preview.value).toBeUndefined();
  });

  it("ends with what a mapping threw", async () => {
    const failing = mapping("b", () => {
      throw new RangeError("no such title");
    });
    const preview = await previewMappings([mapping("a", () => ({ x: 1 })), failing], {}, { phase: "update" });
    expect(preview.error).toBeInstanceOf(MappingError);
    expect(preview.text).toBe("a\n  x: set\nb: failed\n  RangeError: no such title");
  });
});
