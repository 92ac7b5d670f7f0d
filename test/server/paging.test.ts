import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type App, createApp, createGroup, createUser, STORAGES } from "../helpers/scim-app.ts";
import { runs } from "../helpers/soak.ts";

/** What somebody else does while a client goes from page to page. */
type Step =
  | { readonly does: "create"; readonly type: "User" | "Group"; readonly label: string }
  | { readonly does: "delete"; readonly which: number }
  | { readonly does: "relabel"; readonly which: number; readonly label: string };

const label = fc.constantFrom("a", "B", "b", "c", "D", "é", "ee", "z");
const type = fc.constantFrom<"User" | "Group">("User", "Group");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant("create" as const), type, label }),
  fc.record({ does: fc.constant("delete" as const), which: fc.nat(20) }),
  fc.record({ does: fc.constant("relabel" as const), which: fc.nat(20), label }),
);

interface Resource {
  readonly id: string;
  readonly type: "User" | "Group";
  label: string;
}

/** Resources of both types, and which of them were there unchanged since `mark`. */
class World {
  readonly app: App;
  readonly #all: Resource[] = [];
  #steady: Set<string> = new Set();
  #made = 0;

  constructor(app: App) {
    this.app = app;
  }

  async create(kind: "User" | "Group", text: string): Promise<void> {
    this.#made += 1;
    const id =
      kind === "User"
        ? await createUser(this.app, `user-${this.#made}`, { displayName: text })
        : await createGroup(this.app, text);
    this.#all.push({ id, type: kind, label: text });
  }

  mark(): void {
    this.#steady = new Set(this.#all.map(({ id }) => id));
  }

  async do(action: Step): Promise<void> {
    if (action.does === "create") return this.create(action.type, action.label);
    const resource = this.#all[action.which % Math.max(1, this.#all.length)];
    if (resource === undefined) return;
    this.#steady.delete(resource.id);
    const path = `/${resource.type}s/${resource.id}`;
    if (action.does === "delete") {
      await this.app.send("DELETE", path);
      this.#all.splice(this.#all.indexOf(resource), 1);
      return;
    }
    await this.app.send("PATCH", path, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "replace", path: "displayName", value: action.label }],
    });
    resource.label = action.label;
  }

  /** In the order asked for, save that of equals. */
  steady(order: string | undefined, types: readonly string[]): Resource[] {
    const found = this.#all.filter((each) => this.#steady.has(each.id) && types.includes(each.type));
    if (order === undefined)
      return found.toSorted((left, right) => types.indexOf(left.type) - types.indexOf(right.type));
    const sign = order === "ascending" ? 1 : -1;
    return found.toSorted((left, right) => sign * Buffer.compare(keyOf(left), keyOf(right)));
  }
}

function keyOf(resource: Resource): Buffer {
  return Buffer.from(resource.label.toLowerCase());
}

describe.each(Object.entries(STORAGES))("a client that pages by cursor over %s", (_, storageOf) => {
  it.each([
    ["one type", "/Users", ["User"]],
    ["all types", "/", ["User", "Group"]],
  ] as const)("[req 86, 94, 123] sees what is there throughout once and in order, of %s", async (_, path, types) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(type, label), { maxLength: 10 }),
        fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 6 }),
        fc.constantFrom(undefined, "ascending", "descending"),
        fc.integer({ min: 1, max: 4 }),
        async (initial, steps, sortOrder, count) => {
          const world = new World(createApp({ storage: storageOf() }));
          for (const [kind, text] of initial) await world.create(kind, text);
          world.mark();
          const parameters = new URLSearchParams({ count: String(count) });
          if (sortOrder !== undefined) {
            parameters.set("sortBy", "displayName");
            parameters.set("sortOrder", sortOrder);
          }
          const seen: string[] = [];
          let cursor: unknown = "";
          for (let page = 0; cursor !== undefined; page += 1) {
            parameters.set("cursor", String(cursor));
            const { status, body, text } = await world.app.send("GET", `${path}?${parameters}`);
            expect(status, text).toBe(200);
            const shown = (body.Resources as { id: string }[]).map(({ id }) => id);
            if (body.nextCursor !== undefined) expect(shown).toHaveLength(count);
            seen.push(...shown);
            cursor = body.nextCursor;
            for (const action of steps[page] ?? []) await world.do(action);
          }
          const steady = world.steady(sortOrder, types);
          const ids = new Set(steady.map(({ id }) => id));
          const shown = seen.filter((id) => ids.has(id));
          expect(shown.toSorted()).toEqual([...ids].toSorted());
          const labels = new Map(steady.map((each) => [each.id, keyOf(each).toString()]));
          if (sortOrder === undefined) expect(shown).toEqual(steady.map(({ id }) => id));
          else expect(shown.map((id) => labels.get(id))).toEqual(steady.map((each) => keyOf(each).toString()));
          await world.app.storage.close();
        },
      ),
      runs({ seed: 9865, numRuns: 25 }),
    );
  });
});
