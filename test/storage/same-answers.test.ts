import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileResolved } from "../../src/filter/compile-filter.ts";
import { resolveFilter } from "../../src/filter/resolve-filter.ts";
import type { FilterTree } from "../../src/path/tree.ts";
import { groupResourceType } from "../../src/schema/definitions/group.ts";
import { userResourceType } from "../../src/schema/definitions/user.ts";
import { filterView } from "../../src/storage/fallback/filter-view.ts";
import type { ListQuery, Page, Sort } from "../../src/storage/list-query.ts";
import type { MemberRef } from "../../src/storage/member-storage.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import { sqliteStorage } from "../../src/storage/sqlite/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import type { Partition, StoredResource } from "../../src/storage/stored-resource.ts";
import { date, fittingWith, inBrackets, nest, resource, TEXT, test, word } from "../filter/arbitrary-filters.ts";
import { naiveMatch } from "../filter/naive-filter.ts";
import { EXTENSION, sampleType } from "../filter/sample-type.ts";
import { freshDatabase } from "../helpers/postgres/database.ts";
import { SOAK_SECONDS } from "../helpers/soak.ts";
import { naiveGroups, naiveSort, SORTS } from "./naive-listing.ts";

const indexed = ["text", "exact", "count", "since", "tags", "items.value", "items.rank", `${EXTENSION}:badge`];
const moreIndexes = { indexed, resourceTypes: [sampleType] };

/** Every storage whose answers must be the same. */
const STORAGES: Readonly<Record<string, () => Promise<Storage>>> = {
  memory: async () => memoryStorage(),
  SQLite: async () => sqliteStorage(":memory:"),
  "SQLite with more indexes": async () => sqliteStorage({ file: ":memory:", ...moreIndexes }),
  PostgreSQL: async () => postgresStorage(await freshDatabase()),
  "PostgreSQL with more indexes": async () =>
    postgresStorage({ connectionString: await freshDatabase(), ...moreIndexes }),
};

/** Two of each kind take turns, scene by scene. */
const TURNS = [
  ["memory", "SQLite", "PostgreSQL with more indexes"],
  ["memory", "SQLite with more indexes", "PostgreSQL"],
] as const;

const opened = new Map<string, Storage>();
beforeAll(async () => {
  for (const [name, open] of Object.entries(STORAGES)) opened.set(name, await open());
});
afterAll(async () => {
  for (const storage of opened.values()) await storage.close();
});

/** Scenes, each asked many questions: over 2,000 filters in an ordinary run, over 20,000 when soaking. */
const SCENES = SOAK_SECONDS === 0 ? { seed: 7644, numRuns: 34 } : { numRuns: 400 };
const QUESTIONS = 60;

const filters = fittingWith([
  test("id", TEXT, fc.constantFrom("r0", "r1", "R1", "r", "")),
  test("externalId", TEXT, word),
  test("meta.lastModified", ["eq", "ne", "gt", "ge", "lt", "le"], date),
  test("meta.created", ["eq", "ne", "gt", "ge", "lt", "le"], date),
  test("meta.resourceType", TEXT, fc.constantFrom("Sample", "sample", "S")),
  inBrackets("meta", test("version", TEXT, fc.constantFrom("1", "2"))),
]);

const stamp = fc.constantFrom("1999-12-31T23:59:59.999Z", "2011-05-13T04:42:34.000Z", "2011-05-13T04:42:34.500Z");
const stored = fc.record({ created: stamp, lastModified: stamp, externalId: fc.option(word), attributes: resource });
const resources: fc.Arbitrary<StoredResource[]> = fc.array(stored, { minLength: 5, maxLength: 15 }).map((all) =>
  all.map(({ created, lastModified, externalId, attributes }, index) => ({
    ...{ id: `r${index}`, version: String(index % 3), created, lastModified, unique: [] },
    attributes: JSON.parse(JSON.stringify({ ...attributes, externalId })),
  })),
);

interface Question {
  readonly tree: FilterTree;
  readonly sort: Sort | null;
  readonly take: number;
  readonly skip: number;
  readonly paged: boolean;
}

const question: fc.Arbitrary<Question> = fc.record({
  tree: filters,
  sort: fc.option(fc.constantFrom(...SORTS), { freq: 2 }),
  take: fc.integer({ min: 1, max: 6 }),
  skip: fc.integer({ min: 0, max: 6 }),
  paged: fc.constantFrom(true, false, false, false, false, false),
});

let tenants = 0;
/** Those whose turn it is. */
function asked(partition: Partition): [name: string, storage: Storage][] {
  const names = TURNS[Number(partition.tenant.slice(1)) % TURNS.length] ?? TURNS[0];
  return [...opened].filter(([name]) => names.some((each) => each === name));
}

/** Puts the resources into every storage, into a partition of their own. */
async function store(type: string, all: readonly StoredResource[]): Promise<Partition> {
  tenants += 1;
  const partition = { tenant: `t${tenants}`, type };
  for (const [, storage] of asked(partition)) {
    await storage.transaction(async (tx) => {
      for (const each of all) await tx.resources.insert(partition, each);
    });
  }
  return partition;
}

async function expectPage(partition: Partition, query: ListQuery, expected: Partial<Page> & { ids: string[] }) {
  for (const [name, storage] of asked(partition)) {
    const page = await storage.resources.list(partition, query);
    const found = page.resources.map((each) => each.id);
    expect([name, found, page.total], JSON.stringify(query.filter)).toEqual([name, expected.ids, expected.total]);
  }
}

/** All pages of a listing by cursor, of every storage. */
async function expectPages(partition: Partition, query: ListQuery, expected: readonly string[]) {
  for (const [name, storage] of asked(partition)) {
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page: Page = await storage.resources.list(partition, { ...query, after });
      found.push(...page.resources.map((each) => each.id));
      after = page.next;
    } while (after !== undefined && found.length <= expected.length);
    expect([name, found], JSON.stringify(query.filter)).toEqual([name, expected]);
  }
}

function byCreation(left: StoredResource, right: StoredResource): number {
  const [a, b] = [left, right].map(({ created, id }) => `${created} ${id}`);
  return a === undefined || b === undefined || a === b ? 0 : a < b ? -1 : 1;
}

const manyQuestions = fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS });

/** Asks the storages one question, and a slow reading of the RFC for the answer. */
async function expectSameAnswer(partition: Partition, all: readonly StoredResource[], asked: Question): Promise<void> {
  const { tree, sort, take, skip, paged } = asked;
  const filter = resolveFilter(tree, sampleType);
  const holds = compileResolved(filter);
  const matches = all.filter((each) => naiveMatch(tree, sampleType, filterView(partition, each)));
  expect(all.filter((each) => holds(filterView(partition, each)))).toEqual(matches);
  const sorted = sort === null ? matches.toSorted(byCreation) : naiveSort(partition, matches, sort);
  const ids = sorted.map((each) => each.id);
  const query: ListQuery = { filter, take, ...(sort === null ? {} : { sort }) };
  if (paged) await expectPages(partition, query, ids);
  const page = { ids: ids.slice(skip, skip + take), total: ids.length };
  await expectPage(partition, { ...query, skip, count: true }, page);
}

interface Team {
  readonly name: string | null;
  readonly members: readonly { readonly value: string; readonly display: string | null }[];
}

const label = fc.constantFrom("Team", "team", "Äb", "x");
const memberId = fc.constantFrom("u0", "u1", "u2", "g0", "g1", "g2", "g3", "nobody");
const members = fc.uniqueArray(fc.record({ value: memberId, display: fc.option(label) }), {
  selector: (each) => each.value,
  maxLength: 4,
});
const teamsOfFour: fc.Arbitrary<Team[]> = fc.array(fc.record({ name: fc.option(label), members }), {
  minLength: 4,
  maxLength: 4,
});

/** Filters on the memberships that this attribute shows. */
function aboutMemberships(attribute: string, types: fc.Arbitrary<string>): fc.Arbitrary<FilterTree> {
  const inner = fc.oneof(
    test("value", TEXT, fc.oneof(memberId, fc.constantFrom("G1", "U0"))),
    test("display", TEXT, label),
    test("type", TEXT, types),
  );
  const path = { schema: undefined, attribute, sub: undefined, position: 0 };
  const outer = inner.map((tree): FilterTree => ({ ...tree, path: { ...path, sub: tree.path.attribute } }));
  const present = fc.constant<FilterTree>({ type: "present", path });
  const leaf = fc.oneof(outer, inBrackets(attribute, nest(inner, 1)), present);
  const elsewhere = fc.constant<FilterTree>({ type: "present", path: { ...path, attribute: "displayName" } });
  const many = fc.array(fc.oneof({ weight: 6, arbitrary: nest(leaf, 1) }, elsewhere), { minLength: 3, maxLength: 9 });
  const row = fc.record({ type: fc.constantFrom("and" as const, "or" as const), terms: many });
  return fc.oneof(nest(leaf, 1), nest(row, 1));
}

const manyAboutMemberships = fc.array(
  fc.oneof(
    aboutMemberships("groups", fc.constantFrom("direct", "Indirect", "x")).map(
      (tree) => [userResourceType, tree] as const,
    ),
    aboutMemberships("members", fc.constantFrom("User", "group", "x")).map(
      (tree) => [groupResourceType, tree] as const,
    ),
  ),
  { minLength: QUESTIONS / 2, maxLength: QUESTIONS / 2 },
);

function resourceOf(id: string, attributes: Record<string, unknown>): StoredResource {
  const at = "2026-01-01T00:00:00.000Z";
  return { id, version: "1", created: at, lastModified: at, attributes, unique: [] };
}

/** Whether one comes from this group to the other by its members. */
function naiveReaches(rows: readonly (readonly MemberRef[])[], from: string, to: string): boolean {
  if (from === to) return true;
  const below = from.startsWith("g") ? (rows[Number(from.slice(1))] ?? []) : [];
  return below.some(({ value }) => naiveReaches(rows, value, to));
}

/** Three users and these teams, in every storage whose turn it is. */
async function storeTeams(teams: readonly Team[]) {
  const people = ["u0", "u1", "u2"].map((id) => resourceOf(id, {}));
  const users = await store("User", people);
  const groups = { tenant: users.tenant, type: "Group" };
  const all = teams.map(({ name }, index) => resourceOf(`g${index}`, name === null ? {} : { displayName: name }));
  const rows: MemberRef[][] = [];
  const refused: string[][] = [];
  for (const [index, team] of teams.entries()) {
    const refs = team.members.map(
      ({ value, display }): MemberRef => ({
        ...{ value, type: value.startsWith("g") ? "Group" : "User" },
        ...(display === null ? {} : { display }),
      }),
    );
    const makesCycle = ({ value }: MemberRef) => naiveReaches(rows, value, `g${index}`);
    refused.push(refs.filter(makesCycle).map(({ value }) => value));
    rows.push(refs.filter((ref) => !makesCycle(ref)));
  }
  for (const [, storage] of asked(users)) {
    await storage.transaction(async ({ resources }) => {
      for (const [index, group] of all.entries()) {
        await resources.insert(groups, group);
        const next = { version: "2", lastModified: group.lastModified };
        const change = { add: rows[index] ?? [], remove: [], next, unknown: "accept" as const };
        await resources.members?.change(groups, group.id, change);
        const add = refused[index]?.map((value) => ({ value })) ?? [];
        const outcome = await resources.members?.change(groups, group.id, { ...change, add });
        expect(outcome?.cyclic).toEqual(refused[index]);
      }
    });
  }
  return { users, people, groups, all, rows, memberships: naiveGroups(all, rows) };
}

describe("all storages", () => {
  it("find, count, order and page the same under any filter and sort, as a slow reading of the RFC has it", async () => {
    const property = fc.asyncProperty(resources, manyQuestions, async (all, questions) => {
      const partition = await store("Sample", all);
      await Promise.all(questions.map((each) => expectSameAnswer(partition, all, each)));
    });
    await fc.assert(property, { ...SCENES, endOnFailure: true });
  }, 120_000);

  it("see the same members and groups under any filter on them, chains among them, and refuse the same cycles", async () => {
    const property = fc.asyncProperty(teamsOfFour, manyAboutMemberships, async (teams, questions) => {
      const { users, people, groups, all, rows, memberships } = await storeTeams(teams);
      const ask = async ([type, tree]: (typeof questions)[number]): Promise<void> => {
        const [partition, candidates] = type === userResourceType ? [users, people] : [groups, all];
        const viewOf = (each: StoredResource) =>
          filterView(partition, each, {
            groups: memberships.get(each.id) ?? [],
            members: rows[all.indexOf(each)] ?? [],
          });
        const ids = candidates.filter((each) => naiveMatch(tree, type, viewOf(each))).map((each) => each.id);
        const query = { filter: resolveFilter(tree, type), take: 9, count: true };
        await expectPage(partition, query, { ids, total: ids.length });
      };
      await Promise.all(questions.map(ask));
    });
    await fc.assert(property, { ...SCENES, endOnFailure: true });
  }, 120_000);
});
