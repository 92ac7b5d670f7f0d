import { sql as raw } from "kysely";
import { NotFoundError } from "../../../errors/request-errors.ts";
import { isText } from "../../../schema/attributes/scalar.ts";
import { foldString } from "../../../values/fold.ts";
import { createWork } from "../../../work/work.ts";
import { changesMembers, type MemberPlan, memberOutcome, requireExpected } from "../../driver/plan-members.ts";
import type { MemberChange, MemberOutcome, MemberPage, MemberRef } from "../../member-storage.ts";
import type { Partition } from "../../stored-resource.ts";
import { fixedRows, insertedRows } from "../engine/fixed-statement.ts";
import { rowCount } from "../engine/row-count.ts";
import { rowsOf, type SqlSession } from "../engine/session.ts";
import type { MembershipRow } from "../engine/tables.ts";
import { checkedPlan, groupVersion } from "./member-plan.ts";
import { instantKey } from "./resource-rows.ts";

/** A label in the forms of its columns. One that no database can compare is kept, and found by no filter. */
function displayColumns(
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
  const target = { partition, groupId, hold: true };
  const version = await groupVersion(sql, target);
  if (version === undefined) throw new NotFoundError();
  requireExpected(change, version);
  const checked = await checkedPlan(sql, target, change);
  const outcome = memberOutcome(change, checked, version);
  if (!changesMembers(outcome)) return outcome;
  await insertMembers(sql, partition, groupId, checked.plan);
  await deleteMembers(sql, partition, groupId, outcome.removed);
  await updateGroup(sql, partition, groupId, change.next);
  return outcome;
}

/** `MemberStorage.preview`. */
export async function previewMembers(
  sql: SqlSession,
  partition: Partition,
  groupId: string,
  change: MemberChange,
): Promise<MemberOutcome> {
  const target = { partition, groupId, hold: false };
  const version = await groupVersion(sql, target);
  requireExpected(change, version);
  return memberOutcome(change, await checkedPlan(sql, target, change), version ?? change.next.version);
}

async function updateGroup(
  sql: SqlSession,
  { tenant, type }: Partition,
  groupId: string,
  { version, lastModified }: MemberChange["next"],
): Promise<void> {
  const set = { version, last_modified: lastModified, modified_instant: instantKey(lastModified) };
  await fixedRows(sql, {
    name: "members.update-group",
    values: [...Object.values(set), tenant, type, groupId],
    make: () =>
      sql.db
        .updateTable(sql.names.resources)
        .set(set)
        .where("tenant", "=", tenant)
        .where("type", "=", type)
        .where("id", "=", groupId),
  });
}

async function insertMembers(
  sql: SqlSession,
  { tenant, type }: Partition,
  groupId: string,
  { added, nowhere }: MemberPlan,
): Promise<void> {
  const pace = createWork();
  for (let start = 0; start < added.length; start += CHUNK) {
    await pace.pause();
    const rows = added.slice(start, start + CHUNK).map((member) => ({
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
    await insertedRows(sql, "members", rows, () => sql.db.insertInto(sql.names.memberships).values(rows));
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
    .where(sql.engine.among(raw.ref<string>("member_value"), ids));
  await rowsOf(sql, remove);
}
