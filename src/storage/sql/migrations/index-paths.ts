import { sql as raw } from "kysely";
import { indexedValues } from "../engine/indexed-values.ts";
import { rowsOf, type SqlSession } from "../engine/session.ts";
import type { ResourceRow } from "../engine/tables.ts";
import { addIndexed } from "../operations/index-rows.ts";
import { readMarker, writeMarker } from "./migration-markers.ts";

/** Rows held in memory at once. */
const BATCH = 500;

/**
 * Indexes the paths of the options for the existing resources, and removes other paths from the index. Costs nothing if
 * the markers say that it has been done.
 */
export async function indexPaths(sql: SqlSession): Promise<void> {
  if (await areIndexed(sql)) return;
  const known = await indexedBefore(sql);
  const added = new Set([...sql.indexed].filter((path) => !known.includes(path)));
  const gone = known.filter((path) => !sql.indexed.has(path));
  if (gone.length > 0) {
    await rowsOf(sql, sql.db.deleteFrom(sql.names.indexed_values).where("path", "in", gone));
  }
  if (added.size > 0) await indexResources(sql, added);
  await writeMarker(sql, "indexed", JSON.stringify([...sql.indexed].sort()));
}

/** Whether the paths of the options, and no others, are indexed. */
export async function areIndexed(sql: SqlSession): Promise<boolean> {
  const known = await indexedBefore(sql);
  return known.length === sql.indexed.size && known.every((path) => sql.indexed.has(path));
}

async function indexedBefore(sql: SqlSession): Promise<readonly string[]> {
  return JSON.parse((await readMarker(sql, "indexed")) ?? "[]");
}

type ResourcePlace = Pick<ResourceRow, "tenant" | "type" | "id">;

async function indexResources(sql: SqlSession, paths: ReadonlySet<string>): Promise<void> {
  let after: ResourcePlace = { tenant: "", type: "", id: "" };
  for (;;) {
    const rows = await rowsOf(sql, resourcesBehind(sql, after));
    for (const row of rows) await addIndexed(sql, row, row.id, indexedValues(JSON.parse(row.attributes), paths));
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return;
    after = last;
  }
}

function resourcesBehind(sql: SqlSession, after: ResourcePlace) {
  return sql.db
    .selectFrom(sql.names.resources)
    .select(["tenant", "type", "id", "attributes"])
    .where(raw<boolean>`(tenant, type, id) > (${after.tenant}, ${after.type}, ${after.id})`)
    .orderBy("tenant")
    .orderBy("type")
    .orderBy("id")
    .limit(BATCH);
}
