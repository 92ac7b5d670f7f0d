import { type RawBuilder, sql as raw } from "kysely";
import type { ResolvedFilter } from "../../../filter/resolved.ts";
import type { Partition } from "../../storage.ts";
import type { SqlStatements } from "../engine/session.ts";
import type { Condition } from "./condition.ts";
import { formsAt } from "./json-search.ts";
import { type RowFields, rowCondition } from "./row-conditions.ts";

/** The resources `r` with a member that matches the filter: searched in the members of each. */
export function membersCondition(sql: SqlStatements, element: ResolvedFilter, { tenant, type }: Partition): Condition {
  return raw<boolean>`exists (select 1 from ${raw.table(sql.names.memberships)} m
    where m.tenant = ${tenant} and m.group_type = ${type} and m.group_id = r.id and ${memberHolds(sql, element)})`;
}

/** Their ids, found by an index of members with the condition `found`. */
export function membersFound(
  sql: SqlStatements,
  { element, found }: { readonly element: ResolvedFilter; readonly found: Condition },
  { tenant, type }: Partition,
): RawBuilder<unknown> {
  return raw`select m.group_id from ${raw.table(sql.names.memberships)} m
    where m.tenant = ${tenant} and m.group_type = ${type} and ${found} and ${memberHolds(sql, element)}`;
}

function memberHolds(sql: SqlStatements, element: ResolvedFilter): Condition {
  return rowCondition(sql.engine, element, {
    value: { exact: raw.ref("m.member_value"), folded: raw.ref("m.member_folded") },
    type: { exact: raw.ref("m.member_type"), folded: raw`lower(m.member_type)` },
    display: { exact: raw.ref("m.display_text"), folded: raw.ref("m.display_folded") },
  });
}

/**
 * The resources `r` that belong to a group that matches the filter, directly or through other groups: searched from
 * each resource upwards. UNION ends cycles.
 */
export function groupsCondition(sql: SqlStatements, element: ResolvedFilter, { tenant }: Partition): Condition {
  const memberships = raw.table(sql.names.memberships);
  return raw<boolean>`exists (with recursive up (group_type, group_id, group_folded, direct) as (
      select m.group_type, m.group_id, m.group_folded, 1 from ${memberships} m
        where m.tenant = ${tenant} and m.member_value = r.id
      union
      select m.group_type, m.group_id, m.group_folded, 0 from up
        cross join ${sql.engine.lookups(memberships, raw`m.tenant = ${tenant} and m.member_value = up.group_id`)})
    select 1 from up left join ${raw.table(sql.names.resources)} g
      on g.tenant = ${tenant} and g.type = up.group_type and g.id = up.group_id
      where ${groupHolds(sql, element)})`;
}

/** The ids of all members below the groups with the condition `found`, as `m`: searched from these groups downwards. */
export function groupsFound(sql: SqlStatements, found: Condition, { tenant }: Partition): RawBuilder<unknown> {
  const memberships = raw.table(sql.names.memberships);
  return raw`with recursive below (id) as (
      select m.member_value from ${memberships} m where m.tenant = ${tenant} and ${found}
      union
      select m.member_value from below
        cross join ${sql.engine.lookups(memberships, raw`m.tenant = ${tenant} and m.group_id = below.id`)})
    select below.id from below`;
}

/** A group that a resource belongs to in both ways counts as direct. */
const GROUP_TYPE: RawBuilder<string> = raw<string>`case
  when exists (select 1 from up d where d.group_id = up.group_id and d.direct = 1) then 'direct' else 'indirect' end`;

function groupHolds(sql: SqlStatements, element: ResolvedFilter): Condition {
  const type = sql.engine.binary(GROUP_TYPE);
  const fields: RowFields = {
    value: { exact: raw.ref("up.group_id"), folded: raw.ref("up.group_folded") },
    type: { exact: type, folded: type },
    display: formsAt(sql.engine, { column: raw.ref("g.search"), path: ["displayName"] }),
  };
  return rowCondition(sql.engine, element, fields);
}
