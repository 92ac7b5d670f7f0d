import { sql } from "kysely";
import { NotFoundError, PreconditionFailedError } from "../../errors/request-errors.ts";
import { foldString } from "../../schema/fold.ts";
import type { GroupRef, MemberChange, MemberOutcome, MemberPage, MemberRef, Partition } from "../storage.ts";
import type { Database } from "./sqlite-access.ts";

/** Rows in one INSERT, well below SQLite's limit of bound values. */
const CHUNK = 500;

/** `MemberStorage.page`, in the order of the members' ids; the cursor is the last one. */
export async function pageMembers(
  db: Database,
  { tenant, type }: Partition,
  groupId: string,
  query: { readonly after?: string; readonly take: number },
): Promise<MemberPage> {
  let select = db
    .selectFrom("scimkit_memberships")
    .select(["member_value", "member_type", "display"])
    .where("tenant", "=", tenant)
    .where("group_type", "=", type)
    .where("group_id", "=", groupId);
  if (query.after !== undefined) select = select.where("member_value", ">", query.after);
  const take = Math.max(0, query.take);
  const rows =
    take === 0
      ? []
      : await select
          .orderBy("member_value")
          .limit(take + 1)
          .execute();
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
  db: Database,
  partition: Partition,
  groupId: string,
  change: MemberChange,
): Promise<MemberOutcome> {
  const version = await groupVersion(db, partition, groupId);
  if (version === undefined) throw new NotFoundError();
  if (change.expectedVersion !== undefined && change.expectedVersion !== version) {
    throw new PreconditionFailedError({ expected: change.expectedVersion, actual: version });
  }
  const asked = [...change.add.map((member) => member.value), ...change.remove];
  const present = await membersAmong(db, partition, groupId, asked);
  const added = new Map(change.add.filter((ref) => !present.has(ref.value)).map((ref) => [ref.value, ref]));
  const removed = [...new Set(change.remove)].filter((id) => present.has(id));
  const unknown = change.unknown === "reject" ? await unknownAmong(db, partition.tenant, [...added.values()]) : [];
  if (unknown.length > 0 || added.size + removed.length === 0) return { added: [], removed: [], unknown, version };
  await insertMembers(db, partition, groupId, [...added.values()]);
  await deleteMembers(db, partition, groupId, removed);
  await db
    .updateTable("scimkit_resources")
    .set({ version: change.next.version, last_modified: change.next.lastModified })
    .where("tenant", "=", partition.tenant)
    .where("type", "=", partition.type)
    .where("id", "=", groupId)
    .execute();
  return { added: [...added.keys()], removed, unknown, version: change.next.version };
}

async function groupVersion(db: Database, { tenant, type }: Partition, groupId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("scimkit_resources")
    .select("version")
    .where("tenant", "=", tenant)
    .where("type", "=", type)
    .where("id", "=", groupId)
    .executeTakeFirst();
  return row?.version;
}

async function membersAmong(
  db: Database,
  { tenant, type }: Partition,
  groupId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await db
    .selectFrom("scimkit_memberships")
    .select("member_value")
    .where("tenant", "=", tenant)
    .where("group_type", "=", type)
    .where("group_id", "=", groupId)
    .where(sql<boolean>`member_value in (select value from json_each(${JSON.stringify(ids)}))`)
    .execute();
  return new Set(rows.map((row) => row.member_value));
}

async function unknownAmong(db: Database, tenant: string, refs: readonly MemberRef[]): Promise<string[]> {
  const ids = refs.map((ref) => ref.value);
  const rows = await db
    .selectFrom("scimkit_resources")
    .select(["type", "id"])
    .where("tenant", "=", tenant)
    .where("type", "in", ["User", "Group"])
    .where(sql<boolean>`id in (select value from json_each(${JSON.stringify(ids)}))`)
    .execute();
  const known = new Set(rows.map((row) => `${row.type} ${row.id}`));
  return refs.filter((ref) => !known.has(`${ref.type} ${ref.value}`)).map((ref) => ref.value);
}

async function insertMembers(
  db: Database,
  { tenant, type }: Partition,
  groupId: string,
  members: readonly MemberRef[],
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
      display: member.display === undefined ? null : JSON.stringify(member.display),
    }));
    await db.insertInto("scimkit_memberships").values(rows).execute();
  }
}

async function deleteMembers(
  db: Database,
  { tenant, type }: Partition,
  groupId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await db
    .deleteFrom("scimkit_memberships")
    .where("tenant", "=", tenant)
    .where("group_type", "=", type)
    .where("group_id", "=", groupId)
    .where(sql<boolean>`member_value in (select value from json_each(${JSON.stringify(ids)}))`)
    .execute();
}

interface GroupRow {
  readonly member: string;
  readonly group_id: string;
  readonly direct: 0 | 1;
  /** JSON. */
  readonly display: string | null;
}

/** `MemberStorage.groupsOf` in one query: from each id up, UNION leaving rings. */
export async function groupsOf(db: Database, tenant: string, ids: readonly string[]): Promise<Map<string, GroupRef[]>> {
  const { rows } = await sql<GroupRow>`
    with recursive up (member, group_type, group_id, direct) as (
      select m.member_value, m.group_type, m.group_id, 1
        from json_each(${JSON.stringify([...new Set(ids)])}) asked
        cross join scimkit_memberships m where m.tenant = ${tenant} and m.member_value = asked.value
      union
      select up.member, m.group_type, m.group_id, 0
        from up cross join scimkit_memberships m where m.tenant = ${tenant} and m.member_value = up.group_id)
    select up.member, up.group_id, max(up.direct) as direct,
        r.attributes -> '$.displayName' as display
      from up left join scimkit_resources r on r.tenant = ${tenant} and r.type = up.group_type and r.id = up.group_id
      group by up.member, up.group_id
      order by up.member, direct desc, up.group_id`.execute(db);
  const found = new Map<string, GroupRef[]>(ids.map((id) => [id, []]));
  for (const row of rows) {
    found.get(row.member)?.push({
      value: row.group_id,
      type: row.direct === 1 ? "direct" : "indirect",
      ...displayName(row.display),
    });
  }
  return found;
}

function displayName(json: string | null): Pick<GroupRef, "display"> {
  const display: unknown = json === null ? undefined : JSON.parse(json);
  return typeof display === "string" ? { display } : {};
}
