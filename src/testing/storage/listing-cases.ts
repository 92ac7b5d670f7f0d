import type { ResourceStorage } from "../../storage/resource-storage.ts";
import type { Partition, StoredResource } from "../../storage/stored-resource.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame, expectScimError } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import { allPages, at, freshTenant, idsOf, insertAll, type ResourceSubject, upTo, userOf } from "./contract-data.ts";

/** Cases on listings. */
export type ListingCaseId =
  | "list.order"
  | "list.skip-take"
  | "list.total"
  | "list.take-zero"
  | "list.cursor-tiles"
  | "list.cursor-steady"
  | "list.id-order"
  | "list.id-order-pages"
  | "list.cursor-refused";

/** The guarantees on listings. */
export const listingCases: CaseTable<ListingCaseId, ResourceSubject> = {
  "list.order": {
    title: "lists by date of creation, then by id in binary order, in whatever order they were inserted [req 86]",
    async run({ resources }) {
      const { users } = freshTenant();
      const make = (id: string, second: number) => userOf(id, { id, created: at(second) });
      const inOrder = [make("z", 1), make("B", 2), make("a", 2), make("\uffff", 2), make("\u{1f600}", 2), make("c", 3)];
      await insertAll(resources, users, inOrder.toReversed());
      const ids = inOrder.map((one) => one.id);
      expectSame(idsOf(await resources.list(users, { take: 9 })), ids, "The order is by created, then id");
    },
  },
  "list.skip-take": {
    title: "returns as many as requested, after those that are skipped",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertNumbered(resources, users, 5);
      expectSame(idsOf(await resources.list(users, { take: 2 })), ["u-0", "u-1"], "The first two");
      expectSame(idsOf(await resources.list(users, { skip: 1, take: 2 })), ["u-1", "u-2"], "Two behind the first");
      expectSame(idsOf(await resources.list(users, { skip: 4, take: 2 })), ["u-4"], "What is left");
      expectSame(idsOf(await resources.list(users, { skip: 9, take: 2 })), [], "Nothing behind the end");
    },
  },
  "list.total": {
    title: "counts all matches on every page, if requested",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertNumbered(resources, users, 5);
      expectSame((await resources.list(users, { skip: 1, take: 2, count: true })).total, 5, "All are counted");
      expectSame((await resources.list(users, { skip: 9, take: 2, count: true })).total, 5, "Behind the end as well");
      await resources.remove(users, "u-0");
      const first = await resources.list(users, { take: 2, count: true });
      expectSame(first.total, 4, "The removed one is not counted");
      if (first.next === undefined) return;
      const second = await resources.list(users, { take: 2, count: true, after: first.next });
      expectSame(second.total, 4, "All are counted on a later page as well");
    },
  },
  "list.take-zero": {
    title: "returns only the total if no resources are requested",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertNumbered(resources, users, 3);
      expectSame(await resources.list(users, { take: 0, count: true }), { resources: [], total: 3 }, "Only the total");
    },
  },
  "list.cursor-tiles": {
    title: "pages by cursor through all resources once; next is absent exactly at the end",
    async run({ resources }) {
      appliesIf(resources.capabilities.cursor, "the storage has no cursors");
      const { users } = freshTenant();
      await insertNumbered(resources, users, 7);
      const all = upTo(7).map((n) => `u-${n}`);
      for (const take of [1, 2, 6, 7, 8]) {
        const pages = await allPages(resources, users, { take });
        expectSame(pages.flat(), all, `Pages of ${take} tile the listing`);
        expectSame(pages.length, Math.ceil(7 / take), `There is no empty page of ${take}`);
      }
    },
  },
  "list.cursor-steady": {
    title: "returns a resource that exists during the whole listing once, while others are added and removed [req 86]",
    async run({ resources }) {
      appliesIf(resources.capabilities.cursor, "the storage has no cursors");
      const { users } = freshTenant();
      const standing = upTo(20).map((n) => userOf(`s${n}`, { created: at(n * 10) }));
      await insertAll(resources, users, [
        ...standing,
        ...upTo(20).map((n) => userOf(`t${n}`, { created: at(n * 10 + 1) })),
      ]);
      let turn = 0;
      const pages = await allPages(resources, users, { take: 3 }, async (page) => {
        await disturb(resources, users, page.resources, turn);
        turn += 1;
      });
      const seen = pages.flat();
      const ofStanding = seen.filter((id) => id.startsWith("u-s"));
      expectSame(
        ofStanding,
        standing.map((one) => one.id),
        "Each resource that stayed was returned once, in order",
      );
      expectSame(new Set(seen).size, seen.length, "None was seen twice");
    },
  },
  "list.id-order": {
    title: "lists in binary order of ids if it has the capability, beginning after any id",
    async run({ resources }) {
      appliesIf(resources.capabilities.idOrder === true, "the storage does not list in the order of ids");
      const { users } = freshTenant();
      const ids = ["A", "Z", "a", "b", "z", "é", "\uffff", "\u{1f600}"];
      const made = ids.map((id, index) => userOf(id, { id, unique: [], created: at(ids.length - index) }));
      await insertAll(resources, users, made);
      const inOrder = async (after?: string) => idsOf(await resources.list(users, { order: "id", after, take: 9 }));
      expectSame(await inOrder(), ids, "The order is by id alone");
      expectSame(await inOrder("a"), ids.slice(3), "It begins behind an id");
      expectSame(await inOrder("aa"), ids.slice(3), "Also after an id that does not exist");
      expectSame(await inOrder("\u{1f601}"), [], "Nothing comes after the last");
    },
  },
  "list.id-order-pages": {
    title: "pages in the order of ids: next is the last id of a page, and absent exactly at the end",
    async run({ resources }) {
      appliesIf(resources.capabilities.idOrder === true, "the storage does not list in the order of ids");
      const { users } = freshTenant();
      await insertNumbered(resources, users, 7);
      const all = upTo(7).map((n) => `u-${n}`);
      for (const take of [1, 2, 7, 8]) {
        const pages = await allPages(resources, users, { order: "id", take });
        expectSame(pages.flat(), all, `Pages of ${take} tile the listing`);
        expectSame(pages.length, Math.ceil(7 / take), `There is no empty page of ${take}`);
      }
      const first = await resources.list(users, { order: "id", take: 2 });
      expectSame(first.next, "u-1", "The cursor is the last id");
    },
  },
  "list.cursor-refused": {
    title: "rejects an invalid cursor with InvalidValueError",
    async run({ resources }) {
      appliesIf(resources.capabilities.cursor, "the storage has no cursors");
      const { users } = freshTenant();
      await insertNumbered(resources, users, 3);
      for (const after of ["", "junk", "2", "{}", "[]", "null", "[1,2]", '["a"', "\u0000"]) {
        const work = resources.list(users, { take: 2, after });
        await expectScimError(work, "InvalidValueError", `${JSON.stringify(after)} is not a cursor`);
      }
    },
  },
};

async function insertNumbered(resources: ResourceStorage, users: Partition, count: number): Promise<void> {
  await insertAll(
    resources,
    users,
    upTo(count).map((n) => userOf(`${n}`, { created: at(n) })),
  );
}

/** Removes resources that were just returned, adds some before and after them, and replaces those that stay. */
async function disturb(
  resources: ResourceStorage,
  users: Partition,
  seen: readonly StoredResource[],
  turn: number,
): Promise<void> {
  for (const one of seen) {
    if (one.id.startsWith("u-s")) {
      await resources.replace(users, { ...one, version: `v${turn + 2}`, lastModified: at(9999) }, one.version);
    } else {
      await resources.remove(users, one.id);
    }
  }
  await resources.insert(users, userOf(`n${turn}`, { created: at(0) }));
  if (turn < 5) await resources.insert(users, userOf(`m${turn}`, { created: at(150 + turn) }));
  await resources.remove(users, `u-t${19 - turn}`);
}
