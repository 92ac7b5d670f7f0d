import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isScimError } from "../../src/errors/scim-error.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { parseProjection, project } from "../../src/schema/resources/project.ts";
import { readResource, validateResource } from "../../src/schema/resources/read-resource.ts";
import fullUser from "../conformance/rfc/rfc7643-8.3-enterprise-user.json" with { type: "json" };
import { runs } from "../helpers/soak.ts";

const SEED = runs({ seed: 7643, numRuns: 300 });

/** The full user with some of its values, at any depth, replaced by anything. */
const damagedUser = fc
  .array(fc.tuple(fc.nat(), fc.jsonValue()), { maxLength: 4 })
  .map((damages) => damages.reduce((user, [place, value]) => damage(user, place, value), structuredClone(fullUser)));

function damage<T extends object>(user: T, place: number, value: unknown): T {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [name, inner] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, name]);
      visit(inner);
    }
  };
  visit(user);
  const [container, name] = places[place % Math.max(places.length, 1)] ?? [];
  if (container !== undefined && name !== undefined) container[name] = value;
  return user;
}

describe("any input", () => {
  it("is read or rejected with an error of the protocol, never with another one", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), damagedUser), fc.constantFrom("drop", "reject"), (input, unknown) => {
        try {
          readResource(input, userResourceType, { unknown: unknown as "drop" | "reject" });
        } catch (error) {
          if (!isScimError(error)) throw error;
          expect(error.status).toBe(400);
        }
      }),
      SEED,
    );
  });

  it("once read, reads as itself", () => {
    fc.assert(
      fc.property(damagedUser, (input) => {
        let once: Record<string, unknown>;
        try {
          once = validateResource(input, userResourceType, { unknown: "drop" });
        } catch {
          return;
        }
        expect(validateResource(once, userResourceType)).toEqual(once);
      }),
      SEED,
    );
  });

  it("as a projection is understood or ignored", () => {
    const names = fc.string({
      unit: fc.constantFrom("u", "name", ".", ":", ",", " ", "$", "[", "emails", "value", "é"),
    });
    fc.assert(
      fc.property(names, names, (attributes, excludedAttributes) => {
        const projection = parseProjection({ attributes, excludedAttributes }, userResourceType);
        expect(project({ ...fullUser }, userResourceType, projection)).toMatchObject({ id: fullUser.id });
      }),
      SEED,
    );
  });
});
