import { afterEach, describe, expect, it } from "vitest";
import { resolveFilter } from "../../src/filter/resolve-filter.ts";
import { parseFilter } from "../../src/path/parse-filter.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import type { ListQuery } from "../../src/storage/list-query.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { createWork } from "../../src/work/work.ts";
import { EVERY_STORAGE } from "../helpers/scim-app.ts";

const USERS = { tenant: "acme", type: "User" };
/** Each is created later than the one before, in another order than that of the ids. */
const IDS = ["e", "b", "E", "d", "a", "c"];

const anyOf = (...ids: string[]) =>
  resolveFilter(parseFilter(ids.map((id) => `id eq "${id}"`).join(" or ")), userResourceType);

describe.each(Object.keys(EVERY_STORAGE))("a filter that names several ids, over %s storage", (name) => {
  let storage: Storage | undefined;
  afterEach(async () => {
    await storage?.close();
    storage = undefined;
  });

  async function fill(others = 0): Promise<Storage> {
    const filled = EVERY_STORAGE[name]?.();
    if (filled === undefined) throw new RangeError(name);
    storage = filled;
    await filled.migrate();
    const insert = (tenant: string, id: string, second: number): Promise<void> => {
      const created = `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`;
      const attributes = { userName: `${id} of ${tenant}` };
      return filled.resources.insert(
        { tenant, type: "User" },
        { id, version: "1", created, lastModified: created, attributes, unique: [] },
      );
    };
    for (const [second, id] of IDS.entries()) await insert("acme", id, second);
    for (const id of ["x", "y"]) await insert("other", id, 0);
    for (let n = 0; n < others; n += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, k) => insert("acme", `other${n + k}`, 59)));
    }
    return filled;
  }

  it("finds those of its tenant, in the order of the list, page by page", async () => {
    const { resources } = await fill();
    const list = async (query: Omit<ListQuery, "filter">) => {
      const page = await resources.list(USERS, { ...query, filter: anyOf("a", "e", "x", "d", "none", "e") });
      return { ...page, ids: page.resources.map(({ id }) => id) };
    };
    expect(await list({ take: 10, count: true })).toMatchObject({ ids: ["e", "d", "a"], total: 3 });
    expect((await list({ take: 10, order: "id" })).ids).toEqual(["a", "d", "e"]);
    expect((await list({ take: 10, skip: 1 })).ids).toEqual(["d", "a"]);
    const first = await list({ take: 2 });
    expect([first.ids, (await list({ take: 2, after: first.next ?? "" })).ids]).toEqual([["e", "d"], ["a"]]);
  });

  it("costs nothing for the others", async () => {
    const { resources } = await fill(2000);
    const work = createWork({ limit: 1_000_000 });
    const { left } = work;
    const page = await resources.list(USERS, { filter: anyOf(...IDS), take: 10, work });
    expect(page.resources.map(({ id }) => id)).toEqual(IDS);
    expect(left - work.left).toBeLessThan(2000);
  });
});
