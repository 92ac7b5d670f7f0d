import { parsePath } from "../../src/path/parse-path.ts";
import type { ResolvedPath } from "../../src/schema/attributes/definition.ts";
import { resolvePath } from "../../src/schema/attributes/resolve-path.ts";
import { filterView } from "../../src/storage/fallback/filter-view.ts";
import type { Sort } from "../../src/storage/list-query.ts";
import type { GroupRef, MemberRef } from "../../src/storage/member-storage.ts";
import type { Partition, StoredResource } from "../../src/storage/stored-resource.ts";
import { EXTENSION, sampleType } from "../filter/sample-type.ts";

const PATHS = [
  ...["id", "externalId", "text", "exact", "flag", "count", "ratio", "since", "tags", "items", "items.rank", "name"],
  ...["items.labels", "name.formal", "meta.created", "meta.lastModified", "meta.version", `${EXTENSION}:badge`],
  `${EXTENSION}:boss.title`,
];

/** Sorts by attributes of every type and form, in both orders. */
export const SORTS: readonly Sort[] = PATHS.flatMap((text) => {
  const path = resolvePath(sampleType, parsePath(text).path);
  if (path === undefined) throw new Error(`no attribute ${text}`);
  return [
    { path, order: "ascending" as const },
    { path, order: "descending" as const },
  ];
});

/** What counts of a value: the primary element of a list, or else its first that is not null. */
function one(value: unknown): unknown {
  if (!Array.isArray(value)) return value ?? undefined;
  const there = value.filter((each) => each !== null);
  return there.find((each) => (each as { primary?: unknown }).primary === true) ?? there[0];
}

function keyOf(view: unknown, { extension, attribute, sub }: ResolvedPath): string | number | undefined {
  const definition = sub ?? attribute?.subAttributes?.find((each) => each.name === "value") ?? attribute;
  const names = [extension, attribute?.name, definition === attribute ? undefined : definition?.name];
  let value = view;
  for (const name of names) {
    if (name !== undefined) value = one((value as Record<string, unknown> | undefined)?.[name]);
  }
  if (value === undefined || definition?.type === "complex") return undefined;
  if (definition?.type === "dateTime") return Date.parse(String(value));
  if (typeof value !== "string") return Number(value);
  return definition?.caseExact ? value : value.toLowerCase();
}

/** Texts by the bytes of their UTF-8. */
function compare(left: string | number | undefined, right: string | number | undefined): number {
  if (left === undefined || right === undefined) return (left === undefined ? 1 : 0) - (right === undefined ? 1 : 0);
  if (typeof left === "number" || typeof right === "number") return Number(left) - Number(right);
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Sorts by what RFC 7644 section 3.4.2.3 says, slowly. */
export function naiveSort(partition: Partition, all: readonly StoredResource[], sort: Sort): StoredResource[] {
  const sign = sort.order === "ascending" ? 1 : -1;
  return all.toSorted((left, right) => {
    const [a, b] = [left, right].map((each) => keyOf(filterView(partition, each), sort.path));
    return sign * compare(a, b) || compare(left.id, right.id);
  });
}

/** The groups of everything, found by going over all memberships until nothing new comes. */
export function naiveGroups(
  groups: readonly StoredResource[],
  members: readonly (readonly MemberRef[])[],
): Map<string, GroupRef[]> {
  const found = new Map<string, Map<string, GroupRef>>();
  const put = (id: string, group: StoredResource, type: GroupRef["type"]): boolean => {
    const own = found.get(id) ?? new Map<string, GroupRef>();
    found.set(id, own);
    if (own.has(group.id)) return false;
    const { displayName } = group.attributes;
    own.set(group.id, { value: group.id, type, ...(typeof displayName === "string" ? { display: displayName } : {}) });
    return true;
  };
  for (const [index, group] of groups.entries())
    for (const { value } of members[index] ?? []) put(value, group, "direct");
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const [id, own] of found) {
      for (const below of [...own.keys()]) {
        for (const above of found.get(below)?.keys() ?? []) {
          const group = groups.find((each) => each.id === above);
          if (group !== undefined && put(id, group, "indirect")) isNew = true;
        }
      }
    }
  }
  return new Map([...found].map(([id, own]) => [id, [...own.values()]]));
}
