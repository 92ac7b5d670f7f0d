import { type RawBuilder, sql as raw } from "kysely";
import { TooManyError } from "../../../errors/request-errors.ts";
import type { Work } from "../../../work/work.ts";
import { MAX_NESTING } from "../../driver/nesting.ts";
import type { GroupRef } from "../../storage.ts";
import { fixedRows } from "../engine/fixed-statement.ts";
import type { SqlSession } from "../engine/session.ts";
import { formsAt } from "../filters/json-search.ts";

interface GroupRow {
  readonly member: string;
  readonly group_id: string;
  readonly direct: 0 | 1;
  /** How many ways lead from the resource up to the group. */
  readonly ways: number | string;
  /** Only in one of the rows of a group: it can be long, and a group can have many rows. */
  readonly display: string | null;
}

/** The work of finding a group of a resource, and of one way up to it. */
const GROUP = 20;
const WAY = 40;

/**
 * One statement follows so many ways up. Groups that are members of many others, which are members of many others, have
 * many more ways than there are groups.
 */
const MOST_WAYS = 200_000;

/**
 * `MemberStorage.groupsOf`. It is charged when the groups are found, since nothing tells their number before.
 *
 * @throws {TooManyError} for a resource that has too many ways up, and when the request needs too much work
 */
export async function groupsOf(
  sql: SqlSession,
  tenant: string,
  ids: readonly string[],
  work?: Work,
): Promise<Map<string, GroupRef[]>> {
  const asked = [...new Set(ids)];
  const rows = await groupRows(sql, tenant, asked, work);
  const found = new Map<string, GroupRef[]>(ids.map((id) => [id, []]));
  const displays = new Map<string, string>();
  for (const { group_id, display } of rows) if (display !== null) displays.set(group_id, display);
  for (const row of rows) {
    const display = displays.get(row.group_id);
    found.get(row.member)?.push({
      value: row.group_id,
      type: row.direct === 1 ? "direct" : "indirect",
      ...(display === undefined ? {} : { display }),
    });
  }
  return found;
}

async function groupRows(
  sql: SqlSession,
  tenant: string,
  asked: readonly string[],
  work: Work | undefined,
): Promise<readonly GroupRow[]> {
  const rows = await fixedRows(sql, {
    name: "members.groups-of",
    values: [sql.engine.list(asked), tenant, tenant, tenant],
    make: () => groupsQuery(sql, tenant, asked),
  });
  const ways = rows.reduce((sum, row) => sum + Number(row.ways), 0);
  work?.spend(rows.length * GROUP + ways * WAY, "finding groups");
  if (ways < MOST_WAYS) return rows;
  const half = Math.floor(asked.length / 2);
  if (half === 0) throw new TooManyError("A resource is in too many groups within groups");
  const first = await groupRows(sql, tenant, asked.slice(0, half), work);
  return [...first, ...(await groupRows(sql, tenant, asked.slice(half), work))];
}

/** One query, from each id upwards. UNION ends cycles. */
function groupsQuery(sql: SqlSession, tenant: string, ids: readonly string[]): RawBuilder<GroupRow> {
  const memberships = raw.table(sql.names.memberships);
  const display = formsAt(sql.engine, { column: raw.ref("r.search"), path: ["displayName"] }).exact;
  return raw<GroupRow>`
    with recursive up (member, group_type, group_id, depth) as (
      select m.member_value, m.group_type, m.group_id, 1
        from ${sql.engine.texts(ids)} asked
        cross join ${sql.engine.lookups(memberships, raw`m.tenant = ${tenant} and m.member_value = asked.value`)}
      union
      select up.member, m.group_type, m.group_id, up.depth + 1
        from up cross join ${sql.engine.lookups(
          memberships,
          raw`m.tenant = ${tenant} and m.member_value = up.group_id
          and up.depth < ${raw.lit(MAX_NESTING)}`,
        )})
    select found.member, found.group_id, found.direct, found.ways, ${display} as display
      from (select up.member, up.group_id, max(up.group_type) as group_type,
          case when min(up.depth) = 1 then 1 else 0 end as direct, count(*) as ways,
          row_number() over (partition by up.group_id order by up.member) as place
        from (select * from up limit ${raw.lit(MOST_WAYS)}) up group by up.member, up.group_id) found
      left join ${raw.table(sql.names.resources)} r
        on found.place = 1 and r.tenant = ${tenant} and r.type = found.group_type and r.id = found.group_id
      order by found.member, found.direct desc, found.group_id`;
}
