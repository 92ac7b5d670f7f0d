import fc from "fast-check";
import { memoryStorage } from "scimkit";
import { describe, expect, it } from "vitest";
import { BASE_URL, createApp, EVERY_STORAGE, GROUP, patch, USER } from "../helpers/scim-app.ts";

const IDS = ["u-a", "U-A", "u-b", "u-c"];

/** Selects nothing, but cannot be done without reading the group. */
const READS_THE_GROUP = { op: "remove", path: 'members[display eq "nobody has this label"]' };

const id = fc.constantFrom(...IDS, "U-B", "u-C", "nobody", "");
const element = fc.oneof(
  { weight: 8, arbitrary: id.map((value) => ({ value })) },
  { weight: 2, arbitrary: id.map((value) => ({ value, type: "User" })) },
  { weight: 1, arbitrary: id.map((value) => ({ value, type: "Group" })) },
  { weight: 1, arbitrary: id },
  { weight: 1, arbitrary: fc.constantFrom({}, { value: null }, null, { $ref: `${BASE_URL}/Users/u-a` }, 7) },
);
const elements = fc.array(element, { maxLength: 3 });
const value = fc.oneof(
  { weight: 6, arbitrary: elements },
  { weight: 1, arbitrary: element },
  { weight: 1, arbitrary: elements.map((members) => ({ members })) },
  { weight: 1, arbitrary: fc.constantFrom(null, {}, []) },
);
const path = fc.oneof(
  { weight: 6, arbitrary: id.map((each) => `members[value eq "${each}"]`) },
  { weight: 1, arbitrary: id.map((each) => `members[value eq "${each}" and type eq "User"]`) },
  { weight: 1, arbitrary: id.map((each) => `members[$ref eq "${BASE_URL}/Users/${each}"]`) },
  { weight: 1, arbitrary: id.map((each) => `members[not (value eq "${each}")]`) },
  { weight: 1, arbitrary: fc.constantFrom("members[not ($ref pr)]", "members[value pr]", "members") },
);
const operation = fc.oneof(
  { weight: 4, arbitrary: value.map((given) => ({ op: "add", path: "members", value: given })) },
  { weight: 2, arbitrary: value.map((members) => ({ op: "add", value: { members } })) },
  { weight: 5, arbitrary: path.map((given) => ({ op: "remove", path: given })) },
  { weight: 2, arbitrary: value.map((given) => ({ op: "remove", path: "members", value: given })) },
  { weight: 1, arbitrary: value.map((given) => ({ op: "replace", path: "members", value: given })) },
  { weight: 1, arbitrary: value.map((members) => ({ op: "replace", value: { members } })) },
);

describe.each(Object.keys(EVERY_STORAGE))("members over %s storage", (name) => {
  it("become the same whether the group is read or not, whatever operations are sent [req 141, 151, 157]", async () => {
    const storage = EVERY_STORAGE[name]?.() ?? memoryStorage();
    const app = createApp({ storage });
    for (const each of IDS) {
      const dates = { created: "2026-01-01T00:00:00.000Z", lastModified: "2026-01-01T00:00:00.000Z" };
      const user = { id: each, version: "1", ...dates, attributes: { schemas: [USER], userName: each }, unique: [] };
      await storage.resources.insert({ tenant: "acme", type: "User" }, user);
    }
    let n = 0;
    const membersAfter = async (start: readonly string[], operations: readonly object[]): Promise<unknown> => {
      n += 1;
      const members = start.map((each) => ({ value: each }));
      const { body } = await app.send("POST", "/Groups", { schemas: [GROUP], displayName: `g${n}`, members });
      const response = await app.send("PATCH", `/Groups/${body.id}`, patch(...operations));
      const shown = (await app.send("GET", `/Groups/${body.id}`)).body.members as { value: string }[] | undefined;
      return [response.status, (shown ?? []).map((each) => each.value).sort()];
    };
    const property = fc.asyncProperty(
      fc.uniqueArray(fc.constantFrom(...IDS)),
      fc.array(operation, { minLength: 1, maxLength: 4 }),
      async (start, operations) => {
        const expected = await membersAfter(start, [READS_THE_GROUP, ...operations]);
        expect(await membersAfter(start, operations)).toEqual(expected);
      },
    );
    await fc.assert(property, { numRuns: name === "postgres" ? 60 : 250, seed: 12, endOnFailure: true });
    await storage.close();
  });
});
