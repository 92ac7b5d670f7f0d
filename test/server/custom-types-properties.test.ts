import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printFilter } from "../../src/path/print.ts";
import type { ResourceType } from "../../src/schema/attributes/definition.ts";
import { filtersOf } from "../filter/arbitrary-filter.ts";
import { naiveMatch } from "../filter/naive-filter.ts";
import { type App, createApp, STORAGES } from "../helpers/scim-app.ts";
import { runs } from "../helpers/soak.ts";
import { type Filling, resourcesOf, resourceTypes } from "../schema/arbitrary-type.ts";
import { naiveShown, naiveStored, sortedText } from "../schema/naive-resource.ts";

const ALL: Filling = { readOnly: true, secrets: true };

/** A random type and random resources of it, as a client sends them. */
const written = resourceTypes.chain((type) =>
  fc.record({ type: fc.constant(type), resources: fc.array(resourcesOf(type, ALL), { minLength: 1, maxLength: 3 }) }),
);

const searches = resourceTypes.chain((type) =>
  fc.record({
    type: fc.constant(type),
    filter: filtersOf(type),
    resources: fc.array(resourcesOf(type, ALL), { minLength: 1, maxLength: 4 }),
  }),
);

async function appFor(
  type: ResourceType,
  storage: keyof typeof STORAGES,
  dialect: "strict" | "compatible",
): Promise<App> {
  const made = STORAGES[storage]?.();
  const app = createApp({ ...(made && { storage: made }), resourceTypes: [type], dialect });
  await app.storage.migrate();
  return app;
}

function swapCase(text: string): string {
  return [...text]
    .map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
    .join("");
}

/** The same resource with all names in the other case. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [swapCase(name), renamed(member)]));
}

describe.each(Object.keys(STORAGES))("resources of random types over %s storage", (storage) => {
  it("are read back as they were written, but for what their characteristics say [req 34] [req 46] [req 47] [req 63] [req 64] [req 66] [req 67]", async () => {
    await fc.assert(
      fc.asyncProperty(written, fc.constantFrom("strict" as const, "compatible" as const), async (drawn, dialect) => {
        const { type, resources } = drawn;
        const app = await appFor(type, storage, dialect);
        for (const resource of resources) {
          const made = await app.send("POST", type.endpoint, resource);
          expect(made.status, made.text).toBe(201);
          const path = `${type.endpoint}/${made.body.id}`;
          const found = await app.storage.resources.find({ tenant: "acme", type: type.name }, String(made.body.id));
          expect(sortedText(found?.attributes)).toBe(sortedText(naiveStored(resource, type)));
          const { id, meta, ...shown } = (await app.send("GET", path)).body;
          expect(sortedText(shown)).toBe(sortedText(naiveShown(resource, type)));
          const put = await app.send("PUT", path, renamed(resource));
          expect(put.status, put.text).toBe(200);
          expect(put.body.meta).toEqual(meta);
        }
        await app.storage.close();
      }),
      runs({ seed: 7643, numRuns: storage === "memory" ? 80 : 40 }),
    );
  });

  it("are found by filters as a slow reading of the RFC finds them, under both dialects [req 63] [req 103] [req 104] [req 109]", async () => {
    await fc.assert(
      fc.asyncProperty(searches, fc.constantFrom("strict" as const, "compatible" as const), async (drawn, dialect) => {
        const { type, resources, filter } = drawn;
        const app = await appFor(type, storage, dialect);
        const expected: unknown[] = [];
        for (const resource of resources) {
          const { body } = await app.send("POST", type.endpoint, resource);
          if (naiveMatch(filter, type, naiveStored(resource, type))) expected.push(body.id);
        }
        const text = printFilter(filter);
        const { body } = await app.send("GET", `${type.endpoint}?filter=${encodeURIComponent(text)}`);
        const found = (body.Resources as { id: string }[] | undefined)?.map(({ id }) => id);
        expect(found?.sort(), text).toEqual(expected.sort());
        expect(body.totalResults).toBe(expected.length);
        await app.storage.close();
      }),
      runs({ seed: 7645, numRuns: storage === "memory" ? 100 : 40 }),
    );
  });
});
