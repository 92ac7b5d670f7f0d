import { type RawBuilder, sql as raw } from "kysely";
import { NotFoundError, PreconditionFailedError } from "../../../errors/request-errors.ts";
import { isText } from "../../../schema/attributes/scalar.ts";
import { foldString } from "../../../values/fold.ts";
import type { GroupRef, MemberChange, MemberOutcome, MemberPage, MemberRef, Partition } from "../../storage.ts";
import { rowCount } from "../engine/row-count.ts";
import { rowOf, rowsOf, type SqlSession } from "../engine/session.ts";
import type { MembershipRow } from "../engine/tables.ts";
import { formsAt } from "../filters/json-search.ts";
import { instantKey } from "./resource-rows.ts";

/** A label in the forms of its columns. One that no database can compare is kept, and found by nothing. */
export function displayColumns(
  display: string | undefined,
): Pick<MembershipRow, "display" | "display_text" | "display_folded"> {
  if (display === undefined) return { display: null, display_text: null, display_folded: null };
  const text = isText(display) ? display : null;
  return {
    display: JSON.stringify(display),
    display_text: text,
    display_folded: text === null ? null : foldString(text),
  };
}

/** Rows in one INSERT, well below SQLite's limit of bound values. */
const CHUNK = 500;

/** `MemberStorage.page`, in the order of the members' ids; the cursor is the last one. */
export async function pageMembers(
  sql: SqlSession,
  { tenant, type }: Partition,
  groupId: string,
  query: { readonly after?: string; readonly take: number },
): Promise<MemberPage> {
  let select = sql.db
    .selectFrom(sql.names.memberships)
    .select(["member_value", "member_type", "display"])
    .where("tenant", "=", tenant)
    .where("group_type", "=", type)
    .where("group_id", "=", groupId);
  if (query.after !== undefined) select = select.where("member_value", ">", query.after);
  const take = Math.max(0, query.take);
  const rows = take === 0 ? [] : await rowsOf(sql, select.orderBy("member_value").limit(rowCount(take + 1)));
  const members = rows.slice(0, take).map(
    (row): MemberRef => ({
      value: row.member_value,
      type: row.member_type,
      ...(row.display === null ? {} : { display: JSON.parse(row.display) }),
    }),
  );
  const last = members.at(-1);
  return rows.length > take && last !== undefined ? { members, next: last.value } : { members };
}

/** `MemberStorage.change`. */
export async function changeMembers(
  sql: SqlSession,
  partition: Partition,
  groupId: string,
  change: MemberChange,
): Promise<MemberOutcome> {
  const version = await groupVersion(sql, partition, groupId);
  if (version === undefined) throw new NotFoundError();
  if (change.expectedVersion !== undefined && change.expectedVersion !== version) {
    throw new PreconditionFailedError(undefined, { expected: change.expectedVersion, actual: version });
  }
  const asked = [...change.add.map((member) => member.value), ...change.remove];
  const present = await membersAmong(sql, partition, groupId, asked);
  const added = new Map(change.add.filter((ref) => !present.has(ref.value)).map((ref) => [ref.value, ref]));
  const removed = [...new Set(change.remove)].filter((id) => present.has(id));
  const nowhere = await unknownAmong(sql, partition.tenant, [...added.values()]);
  const unknown = change.unknown === "reject" ? nowhere : [];
  if (unknown.length > 0 || added.size + removed.length === 0) return { added: [], removed: [], unknown, version };
  await insertMembers(sql, partition, groupId, [...added.values()], new Set(nowhere));
  await deleteMembers(sql, partition, groupId, removed);
  const update = sql.db
    .updateTable(sql.names.resources)
    .set({
      version: change.next.version,
      last_modified: change.next.lastModified,
      modified_instant: instantKey(change.next.lastModified),
    })
    .where("tenant", "=", partition.tenant)
    .where("type", "=", partition.type)
    .where("id", "=", groupId);
  await rowsOf(sql, update);
  return { added: [...added.keys()], removed, unknown, version: change.next.version };
}

/** The version now; other writers of this group wait from here to the end of the transaction. */
async function groupVersion(
  sql: SqlSession,
  { tenant, type }: Partition,
  groupId: string,
): Promise<string | undefined> {
  const select = sql.db
    .selectFrom(sql.names.resources)
    .select("version")
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("id", "=", groupId);
  return (await rowOf(sql, sql.engine.locksRows ? select.forNoKeyUpdate() : select))?.version;
}

async function membersAmong(
  sql: SqlSession,
  { tenant, type }: Partition,
  groupId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const select = sql.db
    .selectFrom(sql.names.memberships)
    .select("member_value")
    .where("tenant", "=", tenant)
    .where("group_type", "=", type)
    .where("group_id", "=", groupId)
    .where(among(sql, "member_value", ids));
  const rows = await rowsOf(sql, select);
  return new Set(rows.map((row) => row.member_value));
}

/** Those that are nowhere; those that are stay to the end of the transaction. */
async function unknownAmong(sql: SqlSession, tenant: string, refs: readonly MemberRef[]): Promise<string[]> {
  if (refs.length === 0) return [];
  const ids = refs.map((ref) => ref.value);
  const select = sql.db
    .selectFrom(sql.names.resources)
    .select(["type", "id"])
    .where("tenant", "=", tenant)
    .where("type", "in", ["User", "Group"])
    .where(among(sql, "id", ids));
  const rows = await rowsOf(sql, sql.engine.locksRows ? select.forKeyShare() : select);
  const known = new Set(rows.map((row) => `${row.type} ${row.id}`));
  return refs.filter((ref) => !known.has(`${ref.type} ${ref.value}`)).map((ref) => ref.value);
}

function among(sql: SqlSession, column: "member_value" | "id", ids: readonly string[]): RawBuilder<boolean> {
  return sql.engine.among(raw.ref<string>(column), ids);
}

async function insertMembers(
  sql: SqlSession,
  { tenant, type }: Partition,
  groupId: string,
  members: readonly MemberRef[],
  nowhere: ReadonlySet<string>,
): Promise<void> {
  for (let start = 0; start < members.length; start += CHUNK) {
    const rows = members.slice(start, start + CHUNK).map((member) => ({
      tenant,
      group_type: type,
      group_id: groupId,
      group_folded: foldString(groupId),
      member_value: member.value,
      member_folded: foldString(member.value),
      member_type: member.type,
      resource_type: nowhere.has(member.value) ? null : member.type,
      ...displayColumns(member.display),
    }));
    await rowsOf(sql, sql.db.insertInto(sql.names.memberships).values(rows));
  }
}

async function deleteMembers(
  sql: SqlSession,
  { tenant, type }: Partition,
  groupId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const remove = sql.db
    .deleteFrom(sql.names.memberships)
    .where("tenant", "=", tenant)
    .where("group_type", "=", type)
    .where("group_id", "=", groupId)
    .where(among(sql, "member_value", ids));
  await rowsOf(sql, remove);
}

interface GroupRow {
  readonly member: string;
  readonly group_id: string;
  readonly direct: 0 | 1;
  readonly display: string | null;
}

/** `MemberStorage.groupsOf` in one query: from each id up, UNION leaving rings. */
export async function groupsOf(
  sql: SqlSession,
  tenant: string,
  ids: readonly string[],
): Promise<Map<string, GroupRef[]>> {
  const memberships = raw.table(sql.names.memberships);
  const display = formsAt(sql.engine, { column: raw.ref("r.search"), path: ["displayName"] }).exact;
  const rows = await rowsOf(
    sql,
    raw<GroupRow>`
    with recursive up (member, group_type, group_id, direct) as (
      select m.member_value, m.group_type, m.group_id, 1
        from ${sql.engine.texts([...new Set(ids)])} asked
        cross join ${sql.engine.lookups(memberships, raw`m.tenant = ${tenant} and m.member_value = asked.value`)}
      union
      select up.member, m.group_type, m.group_id, 0
        from up cross join ${sql.engine.lookups(memberships, raw`m.tenant = ${tenant} and m.member_value = up.group_id`)})
    select found.member, found.group_id, found.direct, ${display} as display
      from (select up.member, up.group_id, max(up.group_type) as group_type, max(up.direct) as direct
        from up group by up.member, up.group_id) found
      left join ${raw.table(sql.names.resources)} r
        on r.tenant = ${tenant} and r.type = found.group_type and r.id = found.group_id
      order by found.member, found.direct desc, found.group_id`,
  );
  const found = new Map<string, GroupRef[]>(ids.map((id) => [id, []]));
  for (const row of rows) {
    found.get(row.member)?.push({
      value: row.group_id,
      type: row.direct === 1 ? "direct" : "indirect",
      ...(row.display === null ? {} : { display: row.display }),
    });
  }
  return found;
}
