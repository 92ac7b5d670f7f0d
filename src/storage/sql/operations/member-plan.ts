import { type RawBuilder, sql as raw } from "kysely";
import { foldString } from "../../../values/fold.ts";
import { type CheckedPlan, cyclicAmong, type MemberFacts, planMembers } from "../../driver/plan-members.ts";
import type { MemberChange } from "../../member-storage.ts";
import type { Partition } from "../../stored-resource.ts";
import { fixedRow, fixedRows } from "../engine/fixed-statement.ts";
import { rowsOf, type SqlSession } from "../engine/session.ts";
import { groupsOf } from "./groups-of.ts";

/** The group to change. */
export interface GroupTarget {
  readonly partition: Partition;
  readonly groupId: string;
  /**
   * Whether rows are locked to the end of the transaction: other writers of the group wait, and so do removers of its
   * new members.
   */
  readonly hold: boolean;
}

/** The group's version now; undefined where it does not exist. */
export async function groupVersion(sql: SqlSession, target: GroupTarget): Promise<string | undefined> {
  const { partition, groupId, hold } = target;
  const { tenant, type } = partition;
  const row = await fixedRow(sql, {
    name: hold ? "members.held-version" : "members.version",
    values: [tenant, type, groupId],
    make: () => {
      const select = sql.db
        .selectFrom(sql.names.resources)
        .select("version")
        .where("tenant", "=", tenant)
        .where("type", "=", type)
        .where("id", "=", groupId);
      return hold && sql.engine.locksRows ? select.forNoKeyUpdate() : select;
    },
  });
  return row?.version;
}

/** Computes a change, in most cases with one statement. */
export async function checkedPlan(sql: SqlSession, target: GroupTarget, change: MemberChange): Promise<CheckedPlan> {
  const { partition, groupId } = target;
  const plan = planMembers(groupId, change, await memberFacts(sql, target, change));
  if (plan.suspects.length === 0) return { plan, cyclic: [] };
  const above = await groupsOf(sql, partition.tenant, [groupId], change.work);
  return { plan, cyclic: cyclicAmong(plan, groupId, above.get(groupId) ?? []) };
}

interface FactRow {
  readonly fact: "type" | "member" | "holder";
  readonly id: string;
  readonly type: string | null;
}

async function memberFacts(sql: SqlSession, target: GroupTarget, change: MemberChange): Promise<MemberFacts> {
  const { list } = sql.engine;
  const { tenant, type } = target.partition;
  const added = change.add.map(({ value }) => value);
  const asked = [...added, ...change.remove];
  const rows = await fixedRows(sql, {
    name: target.hold ? "members.held-facts" : "members.facts",
    values: [tenant, type, target.groupId, list(asked), tenant, list(added), list(added), tenant],
    make: () => factsQuery(sql, target, { asked, added }),
  });
  const idsOf = (fact: FactRow["fact"]) => new Set(rows.filter((row) => row.fact === fact).map((row) => row.id));
  const types = Map.groupBy(
    rows.filter((row) => row.fact === "type"),
    (row) => row.id,
  );
  const present = idsOf("member");
  return {
    present,
    folded: await foldedMembers(
      sql,
      target,
      [...new Set(change.remove)].filter((id) => !present.has(id)),
    ),
    types: new Map([...types].map(([id, found]) => [id, found.map((row) => String(row.type))])),
    holders: idsOf("holder"),
  };
}

/** So many ids are looked up in one statement. */
const CHUNK = 500;

/**
 * The members whose ids are equal to these when folded. The condition on the group must not use the primary key, which
 * would read all members of the group.
 */
async function foldedMembers(
  sql: SqlSession,
  { partition: { tenant, type }, groupId }: GroupTarget,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const wanted = Map.groupBy(ids, foldString);
  const found = new Map<string, string[]>();
  const keys = [...wanted.keys()];
  for (let start = 0; start < keys.length; start += CHUNK) {
    const rows = await rowsOf(
      sql,
      sql.db
        .selectFrom(sql.names.memberships)
        .select(["member_value", "member_folded"])
        .where("tenant", "=", tenant)
        .where(sql.engine.among(raw.ref<string>("member_folded"), keys.slice(start, start + CHUNK)))
        .where(raw`group_type || ''`, "=", type)
        .where(raw`group_id || ''`, "=", groupId),
    );
    for (const row of rows) {
      for (const id of wanted.get(row.member_folded) ?? []) found.set(id, [...(found.get(id) ?? []), row.member_value]);
    }
  }
  return found;
}

/**
 * One statement of three parts, each of which looks the ids up in an index. With ORDER BY PostgreSQL looks for the one
 * row in the index rather than in the table.
 */
function factsQuery(
  { engine, names }: SqlSession,
  { partition: { tenant, type }, groupId, hold }: GroupTarget,
  { asked, added }: { readonly asked: readonly string[]; readonly added: readonly string[] },
): RawBuilder<FactRow> {
  const memberships = raw.table(names.memberships);
  const lock = hold && engine.locksRows ? raw`for key share` : raw``;
  return raw<FactRow>`
    select 'member' as fact, m.member_value as id, null as type from ${memberships} m
      where m.tenant = ${tenant} and m.group_type = ${type} and m.group_id = ${groupId}
        and ${engine.among(raw.ref("m.member_value"), asked)}
    union all
    select 'type', r.id, r.type from (select r.id, r.type from ${raw.table(names.resources)} r
      where r.tenant = ${tenant} and ${engine.among(raw.ref("r.id"), added)} ${lock}) r
    union all
    select 'holder', asked.value, null from ${engine.texts(added)} asked
      where (select 1 from ${memberships} m where m.tenant = ${tenant} and m.group_id = asked.value
        order by m.group_type, m.member_value limit 1) = 1`;
}
