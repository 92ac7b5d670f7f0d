import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compatible } from "../../src/dialects/compatible.ts";
import { isScimError } from "../../src/errors/scim-error.ts";
import { applyPatch } from "../../src/patch/apply-patch.ts";
import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { runs } from "../helpers/soak.ts";
import { resourcesOf, resourceTypes } from "../schema/arbitrary-type.ts";
import { sortedText } from "../schema/naive-resource.ts";
import { operationsOn, type PlainOperation, printOperation } from "./arbitrary-operations.ts";
import { freeze } from "./freeze.ts";
import { naivePatch, Refused } from "./naive-patch.ts";

const STORED = { readOnly: true, secrets: false };

const patches = resourceTypes.chain((type) =>
  fc.record({
    type: fc.constant(type),
    resource: resourcesOf(type, STORED).map((resource) => onlyOnce(withoutEmpty(resource), type)),
    operations: fc.array(operationsOn(type), { minLength: 1, maxLength: 4 }),
  }),
);

/** No storage holds empty objects and lists. */
function withoutEmpty(resource: Record<string, unknown>): Record<string, unknown> {
  const isEmpty = (value: unknown) => typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return JSON.parse(JSON.stringify(resource), (_, value) => {
    if (Array.isArray(value)) {
      const left = value.filter((each) => each !== undefined && !isEmpty(each));
      return left.length === 0 ? undefined : left;
    }
    return isEmpty(value) ? undefined : value;
  });
}

/** What only Okta and authentik send: what is read-only in a value without path. */
function isMarked({ spot, value }: PlainOperation, type: ResourceType): boolean {
  if (spot.kind !== "resource") return false;
  const readOnly = type.schema.attributes.filter(({ mutability }) => mutability === "readOnly");
  return readOnly.some(({ name }) => name in (value as object));
}

/** Elements that are the client's same are in storage once. */
function onlyOnce(resource: Record<string, unknown>, type: ResourceType): Record<string, unknown> {
  const owners = [{ members: resource, schema: type.schema }];
  for (const { schema } of type.extensions) {
    const members = resource[schema.id];
    if (members !== undefined) owners.push({ members: members as Record<string, unknown>, schema });
  }
  for (const { members, schema } of owners) {
    for (const { name, multiValued, subAttributes } of schema.attributes) {
      const list = members[name];
      if (!multiValued || !Array.isArray(list)) continue;
      const readOnly = new Set(subAttributes?.filter((sub) => sub.mutability === "readOnly").map((sub) => sub.name));
      const keyOf = (element: unknown) =>
        sortedText(JSON.parse(JSON.stringify(element), (key, value) => (readOnly.has(key) ? undefined : value)));
      members[name] = [...new Map(list.map((element) => [keyOf(element), element])).values()];
    }
  }
  const urns = type.extensions.map(({ schema }) => schema.id).filter((urn) => resource[urn] !== undefined);
  return { ...resource, schemas: [type.schema.id, ...urns] };
}

function naiveOutcome(
  resource: Record<string, unknown>,
  operations: readonly PlainOperation[],
  type: ResourceType,
): string {
  try {
    return sortedText(naivePatch(resource, operations, type));
  } catch (error) {
    if (error instanceof Refused) return "refused";
    throw error;
  }
}

describe("applyPatch on resources of random types", () => {
  it("does what a slow and plain reading of the RFC does, and no more [req 63] [req 137] [req 138] [req 144] [req 147] [req 157]", () => {
    fc.assert(
      fc.property(patches, ({ type, resource, operations }) => {
        const raw = operations.map(printOperation);
        let after: Record<string, unknown> | undefined;
        try {
          after = applyPatch(freeze(resource), freeze(raw), type);
        } catch (error) {
          if (!isScimError(error)) throw error;
        }
        expect(after === undefined ? "refused" : sortedText(after)).toBe(naiveOutcome(resource, operations, type));
        const named = new Set(operations.flatMap(namesIn));
        for (const [name, value] of Object.entries(resource)) {
          if (after !== undefined && name !== "schemas" && !named.has(name)) expect(after[name]).toBe(value);
        }
      }),
      runs({ seed: 7644, numRuns: 600 }),
    );
  });

  it("is the same under compatible, for want of any mark", () => {
    fc.assert(
      fc.property(patches, ({ type, resource, operations }) => {
        const raw = operations.filter((each) => !isMarked(each, type)).map(printOperation);
        expect(outcome(resource, raw, type, true)).toEqual(outcome(resource, raw, type, false));
      }),
      runs({ seed: 7644, numRuns: 300 }),
    );
  });
});

function namesIn({ spot, value }: PlainOperation): string[] {
  if (spot.kind === "attribute") return [spot.urn ?? spot.attribute.name];
  return spot.kind === "extension" ? [spot.urn] : Object.keys(value as object);
}

function outcome(
  resource: Record<string, unknown>,
  raw: Record<string, unknown>[],
  type: ResourceType,
  lenient: boolean,
): unknown {
  try {
    return applyPatch(resource, raw, type, lenient ? { dialect: compatible } : {});
  } catch (error) {
    if (!isScimError(error)) throw error;
    return { scimType: error.scimType, detail: error.detail };
  }
}
