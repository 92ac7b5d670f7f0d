import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idOf, postGroup, postUser, sendBulk } from "../helpers/bulk-request.ts";
import { createApp, createUser, ENTERPRISE, memberIds, USER } from "../helpers/scim-app.ts";
import { runs } from "../helpers/soak.ts";

/** A creation: a user with a manager, or a group with members, given by their places in the request. */
interface Creation {
  readonly kind: "user" | "group";
  /** A user whose name is taken already. */
  readonly isTaken: boolean;
  /** -1 stands for a bulkId that nothing has. */
  readonly refersTo: readonly number[];
}

const SIZE = 6;

const creation: fc.Arbitrary<Creation> = fc.record({
  kind: fc.constantFrom("user", "user", "user", "group"),
  isTaken: fc.integer({ min: 0, max: 5 }).map((value) => value === 0),
  refersTo: fc.uniqueArray(fc.integer({ min: 0, max: SIZE * 6 }), { size: "max", maxLength: 2 }).map((places) =>
    // Seldom one that is not there.
    places.map((place) => (place === SIZE * 6 ? -1 : place % SIZE)),
  ),
});

/** Users refer to one user; groups to users and groups. What else was drawn is left out. */
function sensible(drawn: readonly Creation[]): readonly Creation[] {
  return drawn.map((each) => {
    const refersTo = each.refersTo.filter((place) => place === -1 || place < drawn.length);
    if (each.kind === "group") return { ...each, isTaken: false, refersTo: [...new Set(refersTo)] };
    return { ...each, refersTo: refersTo.filter((place) => place === -1 || drawn[place]?.kind === "user").slice(0, 1) };
  });
}

function operationOf({ kind, isTaken, refersTo }: Creation, name: string, names: readonly string[]): object {
  const references = refersTo.map((place) => `bulkId:${place === -1 ? "nobody" : names[place]}`);
  if (kind === "group") return postGroup(name, references);
  const manager = references[0] === undefined ? {} : { [ENTERPRISE]: { manager: { value: references[0] } } };
  return { ...postUser(name, { schemas: [USER], userName: isTaken ? "taken" : name, ...manager }), bulkId: name };
}

/** Everything that a creation refers to, directly or through others. */
function reach(creations: readonly Creation[], start: number): ReadonlySet<number> {
  const seen = new Set<number>();
  const open = [...(creations[start]?.refersTo ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(creations[next]?.refersTo ?? []));
  }
  return seen;
}

/** Whether a creation cannot be done: it, or something that it needs, is taken, unknown, or a group in a ring. */
function mustFail(creations: readonly Creation[], place: number): boolean {
  const needed = [place, ...reach(creations, place)];
  return needed.some((each) => {
    const one = creations[each];
    return one === undefined || one.isTaken || (one.kind === "group" && reach(creations, each).has(each));
  });
}

describe("any bulk request", () => {
  it("[req 169, 170] creates what can be created with the references it was given, and nothing else, in whatever order it stands", async () => {
    const drawn = fc.array(creation, { minLength: 1, maxLength: SIZE, size: "max" }).map(sensible);
    await fc.assert(
      fc.asyncProperty(drawn, fc.infiniteStream(fc.nat()), async (creations, lots) => {
        const names = creations.map((_, place) => `n${place}`);
        const app = createApp();
        await createUser(app, "taken");
        const order = creations
          .map((_, place) => ({ place, lot: lots.next().value as number }))
          .sort((a, b) => a.lot - b.lot)
          .map(({ place }) => place);
        const operations = order.map((place) => operationOf(creations[place] as Creation, names[place] ?? "", names));
        const results = await sendBulk(app, operations);
        expect(results.map(({ bulkId }) => bulkId)).toEqual(order.map((place) => names[place]));
        const ids = new Map(results.map((result) => [result.bulkId ?? "", idOf(result)]));
        for (const [index, place] of order.entries()) {
          expect(results[index]?.status === "201").toBe(!mustFail(creations, place));
        }
        const done = creations.flatMap((each, place) =>
          mustFail(creations, place) ? [] : [{ each, name: names[place] ?? "" }],
        );
        const stored = (await app.send("GET", "/Users")).body.totalResults;
        expect(stored).toBe(1 + done.filter(({ each }) => each.kind === "user").length);
        expect((await app.send("GET", "/Groups")).body.totalResults).toBe(
          done.filter(({ each }) => each.kind === "group").length,
        );
        for (const { each, name } of done) {
          const referred = each.refersTo.map((place) => ids.get(names[place] ?? "") ?? "").sort();
          const id = ids.get(name) ?? "";
          if (each.kind === "group") expect(await memberIds(app, id)).toEqual(referred);
          else {
            const { body } = await app.send("GET", `/Users/${id}`);
            const { manager } = (body[ENTERPRISE] ?? {}) as { manager?: { value: string } };
            expect(manager === undefined ? [] : [manager.value]).toEqual(referred);
          }
        }
      }),
      runs({ seed: 7644, numRuns: 300 }),
    );
  });
});
