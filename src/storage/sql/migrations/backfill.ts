import { sql as raw } from "kysely";
import { indexedValues } from "../engine/indexed-values.ts";
import { searchDocument } from "../engine/search-document.ts";
import { rowsOf, type SqlSession } from "../engine/session.ts";
import type { MembershipRow, ResourceRow } from "../engine/tables.ts";
import { displayColumns } from "../operations/member-operations.ts";
import { addIndexed } from "../operations/resource-operations.ts";
import { instantKey } from "../operations/resource-rows.ts";
import { readNote, writeNote } from "./migration-markers.ts";

/** The form of search documents and index keys. Another one when either, or the folding of texts, changes: then all are written anew. */
const FORM_VERSION = "1";
/** Rows held in memory at once. */
const BATCH = 500;

/**
 * Works out for the rows that are there what newer columns hold of them, and which paths are indexed. Costs nothing where
 * the notes say that it has been done.
 */
export async function fillIn(sql: SqlSession): Promise<void> {
  const wanted = [...sql.indexed].sort();
  const isSearchable = (await readNote(sql, "search")) === FORM_VERSION;
  const known: readonly string[] = isSearchable ? JSON.parse((await readNote(sql, "indexed")) ?? "[]") : [];
  const added = new Set(wanted.filter((path) => !known.includes(path)));
  const gone = known.filter((path) => !sql.indexed.has(path));
  if (isSearchable && added.size + gone.length === 0) return;
  if (!isSearchable) {
    await rowsOf(sql, sql.db.deleteFrom(sql.names.indexed_values));
    await fillMemberships(sql);
    await writeNote(sql, "search", FORM_VERSION);
  } else if (gone.length > 0) {
    await rowsOf(sql, sql.db.deleteFrom(sql.names.indexed_values).where("path", "in", gone));
  }
  if (added.size > 0 || !isSearchable) await fillResources(sql, added, !isSearchable);
  await writeNote(sql, "indexed", JSON.stringify(wanted));
}

type ResourcePlace = Pick<ResourceRow, "tenant" | "type" | "id">;

async function fillResources(sql: SqlSession, added: ReadonlySet<string>, isWhole: boolean): Promise<void> {
  let after: ResourcePlace = { tenant: "", type: "", id: "" };
  for (;;) {
    const rows = await rowsOf(sql, resourcesBehind(sql, after));
    for (const row of rows) {
      const attributes: Readonly<Record<string, unknown>> = JSON.parse(row.attributes);
      if (isWhole) await fillSearch(sql, row, attributes);
      await addIndexed(sql, row, row.id, indexedValues(attributes, added));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return;
    after = last;
  }
}

function resourcesBehind(sql: SqlSession, after: ResourcePlace) {
  return sql.db
    .selectFrom(sql.names.resources)
    .select(["tenant", "type", "id", "created", "last_modified", "attributes"])
    .where(raw<boolean>`(tenant, type, id) > (${after.tenant}, ${after.type}, ${after.id})`)
    .orderBy("tenant")
    .orderBy("type")
    .orderBy("id")
    .limit(BATCH);
}

async function fillSearch(
  sql: SqlSession,
  row: ResourcePlace & Pick<ResourceRow, "created" | "last_modified">,
  attributes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const update = sql.db
    .updateTable(sql.names.resources)
    .set({
      search: sql.engine.json(JSON.stringify(searchDocument(attributes))),
      created_instant: instantKey(row.created),
      modified_instant: instantKey(row.last_modified),
    })
    .where("tenant", "=", row.tenant)
    .where("type", "=", row.type)
    .where("id", "=", row.id);
  await rowsOf(sql, update);
}

type MembershipPlace = Pick<MembershipRow, "tenant" | "group_id" | "group_type" | "member_value">;

async function fillMemberships(sql: SqlSession): Promise<void> {
  let after: MembershipPlace = { tenant: "", group_id: "", group_type: "", member_value: "" };
  for (;;) {
    const rows = await rowsOf(sql, labelsBehind(sql, after));
    for (const row of rows) {
      const { display, ...columns } = displayColumns(JSON.parse(row.display ?? "null") ?? undefined);
      const update = sql.db
        .updateTable(sql.names.memberships)
        .set(columns)
        .where("tenant", "=", row.tenant)
        .where("group_id", "=", row.group_id)
        .where("group_type", "=", row.group_type)
        .where("member_value", "=", row.member_value);
      if (display !== null) await rowsOf(sql, update);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return;
    after = last;
  }
}

function labelsBehind(sql: SqlSession, after: MembershipPlace) {
  return sql.db
    .selectFrom(sql.names.memberships)
    .select(["tenant", "group_id", "group_type", "member_value", "display"])
    .where("display", "is not", null)
    .where(
      raw<boolean>`(tenant, group_id, group_type, member_value)
        > (${after.tenant}, ${after.group_id}, ${after.group_type}, ${after.member_value})`,
    )
    .orderBy("tenant")
    .orderBy("group_id")
    .orderBy("group_type")
    .orderBy("member_value")
    .limit(BATCH);
}
