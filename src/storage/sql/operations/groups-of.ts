import { type RawBuilder, sql as raw } from "kysely";
import { compareUtf8 } from "../../../values/utf8-order.ts";
import { createWork, type Work } from "../../../work/work.ts";
import { MAX_NESTING } from "../../driver/nesting.ts";
import type { GroupRef } from "../../member-storage.ts";
import { fixedRows } from "../engine/fixed-statement.ts";
import type { SqlSession } from "../engine/session.ts";
import { formsAt } from "../filters/json-search.ts";

/** The work of reading a membership, and of following one that was read. */
const READ = 20;
const FOLLOW = 2;

interface MembershipRead {
  readonly member: string;
  readonly group_type: string;
  readonly group_id: string;
  /** Only in one of the rows of a group, as the next column: it can be long, and a group can have many rows. */
  readonly display: string | null;
  /** 1 if the group is a member of groups. */
  readonly above: number | null;
}

/** A group that resources are in. */
interface Group {
  readonly type: string;
  readonly id: string;
  display: string | undefined;
}

/** The groups that resources and groups are in directly, by their ids. */
type Memberships = ReadonlyMap<string, readonly Group[]>;

/**
 * `MemberStorage.groupsOf`. There is one statement for each level of nesting, and in each a group is looked up only
 * once: a recursive statement follows all ways to a group, and there are millions of them where many groups are members
 * of many others. What is read is charged, since nothing tells its amount before.
 */
export async function groupsOf(
  sql: SqlSession,
  tenant: string,
  ids: readonly string[],
  work: Work = createWork(),
): Promise<Map<string, GroupRef[]>> {
  const memberships = await membershipsAbove(sql, tenant, { ids, work });
  return new Map(ids.map((id) => [id, groupsAbove(memberships, id, work)]));
}

async function membershipsAbove(
  sql: SqlSession,
  tenant: string,
  { ids, work }: { readonly ids: readonly string[]; readonly work: Work },
): Promise<Memberships> {
  const memberships = new Map<string, Group[]>();
  const groups = new Map<string, Group>();
  let level = [...new Set(ids)];
  for (let height = 1; height <= MAX_NESTING && level.length > 0; height += 1) {
    const rows = await membershipRows(sql, tenant, level);
    work.spend(rows.length * READ, "finding groups");
    for (const id of level) memberships.set(id, []);
    const next = new Set<string>();
    for (const { member, group_type: type, group_id: id, display, above } of rows) {
      const key = `${type}\u0000${id}`;
      const group = groups.get(key) ?? { type, id, display: undefined };
      groups.set(key, group);
      if (display !== null) group.display = display;
      memberships.get(member)?.push(group);
      if (above !== null && !memberships.has(id)) next.add(id);
    }
    level = [...next];
  }
  return memberships;
}

/** Each id once, directly if there is a direct membership. If groups of several types have one id, the last type counts. */
function groupsAbove(memberships: Memberships, id: string, work: Work): GroupRef[] {
  const found = new Map<string, { group: Group; readonly type: GroupRef["type"] }>();
  let level = [id];
  for (let height = 1; height <= MAX_NESTING && level.length > 0; height += 1) {
    const above = level.flatMap((below) => memberships.get(below) ?? []);
    work.spend(above.length * FOLLOW, "finding groups");
    level = [];
    for (const group of above) {
      const known = found.get(group.id);
      if (known === undefined) {
        found.set(group.id, { group, type: height === 1 ? "direct" : "indirect" });
        level.push(group.id);
      } else if (compareUtf8(known.group.type, group.type) < 0) known.group = group;
    }
  }
  return [...found.values()].sort(inOrder).map(({ group: { id: value, display }, type }) => {
    return display === undefined ? { value, type } : { value, type, display };
  });
}

type Found = { readonly group: Group; readonly type: GroupRef["type"] };

/** Direct groups first, then by id. */
function inOrder(one: Found, other: Found): number {
  if (one.type !== other.type) return one.type === "direct" ? -1 : 1;
  return compareUtf8(one.group.id, other.group.id);
}

function membershipRows(sql: SqlSession, tenant: string, ids: readonly string[]): Promise<readonly MembershipRead[]> {
  return fixedRows(sql, {
    name: "members.groups-of",
    values: [tenant, sql.engine.list(ids), tenant, tenant],
    make: () => membershipsQuery(sql, tenant, ids),
  });
}

/** With ORDER BY PostgreSQL looks for the one row in the index rather than in the table. */
function membershipsQuery(sql: SqlSession, tenant: string, ids: readonly string[]): RawBuilder<MembershipRead> {
  const memberships = raw.table(sql.names.memberships);
  const display = formsAt(sql.engine, { column: raw.ref("r.search"), path: ["displayName"] }).exact;
  return raw<MembershipRead>`
    select found.member, found.group_type, found.group_id, ${display} as display,
        case when found.place = 1 then (select 1 from ${memberships} u
          where u.tenant = ${tenant} and u.member_value = found.group_id
          order by u.group_type, u.group_id limit 1) end as above
      from (select m.member_value as member, m.group_type, m.group_id,
          row_number() over (partition by m.group_type, m.group_id order by m.member_value) as place
        from ${sql.engine.texts(ids)} asked
          cross join ${sql.engine.lookups(memberships, raw`m.tenant = ${tenant} and m.member_value = asked.value`)}) found
      left join ${raw.table(sql.names.resources)} r
        on found.place = 1 and r.tenant = ${tenant} and r.type = found.group_type and r.id = found.group_id`;
}
