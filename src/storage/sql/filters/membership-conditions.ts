import { type RawBuilder, sql as raw } from "kysely";
import type { ResolvedFilter } from "../../../filter/resolved.ts";
import { MAX_NESTING } from "../../driver/nesting.ts";
import type { Partition } from "../../stored-resource.ts";
import type { SqlStatements } from "../engine/session.ts";
import type { Condition } from "./condition.ts";
import type { Relation } from "./grouped-condition.ts";
import { formsAt } from "./json-search.ts";
import { type RowFields, rowCondition } from "./row-conditions.ts";

/**
 * The members `m` of a resource `r`, searched for each resource. `is true` keeps PostgreSQL from planning a join for
 * each subquery: among dozens of them it would look for the best order for minutes.
 */
export function membersRelation(sql: SqlStatements, { tenant, type }: Partition): Relation {
  const from = raw`from ${raw.table(sql.names.memberships)} m
    where m.tenant = ${tenant} and m.group_type = ${type} and m.group_id = r.id`;
  return {
    name: "members",
    any: (row) => raw<boolean>`(exists (select 1 ${from} and ${row}) is true)`,
    over: (aggregates) => raw<boolean>`(select ${aggregates} ${from})`,
  };
}

/** The ids of groups with a member `m` that has this condition, which an index of members evaluates. */
export function membersFound(sql: SqlStatements, found: Condition, { tenant, type }: Partition): RawBuilder<unknown> {
  return raw`select m.group_id from ${raw.table(sql.names.memberships)} m
    where m.tenant = ${tenant} and m.group_type = ${type} and ${found}`;
}

/** The condition of a filter on one member `m`. */
export function memberHolds(sql: SqlStatements, element: ResolvedFilter): Condition {
  return rowCondition(sql.engine, element, {
    value: { exact: raw.ref("m.member_value"), folded: raw.ref("m.member_folded") },
    type: { exact: raw.ref("m.member_type"), folded: raw`lower(m.member_type)` },
    display: { exact: raw.ref("m.display_text"), folded: raw.ref("m.display_folded") },
  });
}

/**
 * The groups `above` that a resource `r` belongs to, directly or through other groups: searched from each resource upwards.
 * A group that a resource belongs to in both ways counts as direct. LIMIT prevents that each term extracts the names
 * again.
 */
export function groupsRelation(sql: SqlStatements, { tenant }: Partition): Relation {
  const display = formsAt(sql.engine, { column: raw.ref("s.search"), path: ["displayName"] });
  const up = groupsUp(sql, tenant);
  const groups = raw`(select f.group_id, f.group_folded, f.depth, ${display.exact} as display, ${display.folded} as folded
      from (select up.group_id, max(up.group_folded) as group_folded, max(up.group_type) as group_type,
        min(up.depth) as depth from up group by up.group_id) f
      left join ${raw.table(sql.names.resources)} s
        on s.tenant = ${tenant} and s.type = f.group_type and s.id = f.group_id
      limit 1000000000) above`;
  return {
    name: "groups",
    any: (row) => raw<boolean>`(exists (${up} select 1 from ${groups} where ${row}) is true)`,
    over: (aggregates) => raw<boolean>`(${up} select ${aggregates} from ${groups})`,
  };
}

/** More ways are not counted: those are too many for any request. */
const MOST_WAYS = 100_000;

/** The work of finding one way from a resource up to a group: a group within many others has many. */
const WAY = 80;

/**
 * The work that a filter needs for the groups that a resource `r` belongs to. `group` is that for one group, `byte` that
 * for a byte of its search document. No name of a group is read.
 */
export function groupsWork(
  sql: SqlStatements,
  { tenant }: Partition,
  { group, byte }: { readonly group: number; readonly byte: number },
): RawBuilder<number> {
  return raw<number>`(${groupsUp(sql, tenant)}
    select coalesce(sum(f.ways * ${raw.lit(WAY)} + ${raw.lit(group)} + coalesce(length(s.search), 0) * ${raw.lit(byte)}), 0)
      from (select up.group_id, max(up.group_type) as group_type, count(*) as ways
        from (select * from up limit ${raw.lit(MOST_WAYS)}) up group by up.group_id) f
      left join ${raw.table(sql.names.resources)} s
        on s.tenant = ${tenant} and s.type = f.group_type and s.id = f.group_id)`;
}

/** The ways `up` from a resource `r` to the groups that it belongs to. */
function groupsUp(sql: SqlStatements, tenant: string): RawBuilder<unknown> {
  const memberships = raw.table(sql.names.memberships);
  return raw`with recursive up (group_type, group_id, group_folded, depth) as (
      select m.group_type, m.group_id, m.group_folded, 1 from ${memberships} m
        where m.tenant = ${tenant} and m.member_value = r.id
      union
      select m.group_type, m.group_id, m.group_folded, up.depth + 1 from up
        cross join ${sql.engine.lookups(
          memberships,
          raw`m.tenant = ${tenant} and m.member_value = up.group_id and up.depth < ${raw.lit(MAX_NESTING)}`,
        )})`;
}

/** The condition of a filter on one group `above` of a resource. */
export function groupHolds(sql: SqlStatements, element: ResolvedFilter): Condition {
  const type = sql.engine.binary(raw<string>`case when above.depth = 1 then 'direct' else 'indirect' end`);
  const fields: RowFields = {
    value: { exact: raw.ref("above.group_id"), folded: raw.ref("above.group_folded") },
    type: { exact: type, folded: type },
    display: { exact: raw.ref("above.display"), folded: raw.ref("above.folded") },
  };
  return rowCondition(sql.engine, element, fields);
}

/** The ids of all members below the groups with the condition `found`, as `m`: searched from these groups downwards. */
export function groupsFound(sql: SqlStatements, found: Condition, { tenant }: Partition): RawBuilder<unknown> {
  const memberships = raw.table(sql.names.memberships);
  return raw`with recursive below (id, depth) as (
      select m.member_value, 1 from ${memberships} m where m.tenant = ${tenant} and ${found}
      union
      select m.member_value, below.depth + 1 from below
        cross join ${sql.engine.lookups(
          memberships,
          raw`m.tenant = ${tenant} and m.group_id = below.id and below.depth < ${raw.lit(MAX_NESTING)}`,
        )})
    select below.id from below`;
}
