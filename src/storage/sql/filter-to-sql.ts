import { type RawBuilder, sql as raw } from "kysely";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import type { AttributeDefinition, ResolvedPath } from "../../schema/definition.ts";
import { foldString } from "../../schema/fold.ts";
import { isText } from "../../schema/scalar.ts";
import { membershipAttribute } from "../membership-paths.ts";
import type { Partition } from "../storage.ts";
import { uniqueLookup } from "../unique-lookup.ts";
import type { SqlStatements } from "./sql-session.ts";

/** A condition on the table of resources. */
export type Condition = RawBuilder<boolean>;

/**
 * A filter as a condition, or `undefined` where it cannot be said exactly in columns: then the driver refuses it.
 *
 * Translated are `eq` on `id`, `externalId`, `displayName`, a unique attribute, `members.value` and `groups.value`, and
 * `and` and `or` of these.
 */
export function filterToSql(sql: SqlStatements, filter: ResolvedFilter, partition: Partition): Condition | undefined {
  switch (filter.type) {
    case "and":
    case "or": {
      const terms = filter.terms.map((term) => filterToSql(sql, term, partition)).filter((term) => term !== undefined);
      if (terms.length < filter.terms.length) return undefined;
      return raw<boolean>`(${raw.join(terms, filter.type === "and" ? raw` and ` : raw` or `)})`;
    }
    case "never":
      return raw<boolean>`1 = 0`;
    case "comparison":
      if (filter.operator !== "eq" || typeof filter.value !== "string" || !isText(filter.value)) return undefined;
      return (
        membershipEq(sql, filter.path, filter.value, partition) ??
        uniqueEq(sql, filter, partition) ??
        columnEq(filter.path, filter.value)
      );
    case "valuePath": {
      const inner = filter.filter;
      const isPlain = inner.type === "comparison" && membershipAttribute(inner.path) !== undefined;
      return isPlain ? filterToSql(sql, inner, partition) : undefined;
    }
    default:
      return undefined;
  }
}

function columnEq(path: ResolvedPath, value: string): Condition | undefined {
  const { extension, attribute, sub } = path;
  if (extension !== undefined || sub !== undefined || attribute === undefined || !isTextual(attribute))
    return undefined;
  if (attribute.caseExact && attribute.name === "id") return raw<boolean>`id = ${value}`;
  if (attribute.caseExact && attribute.name === "externalId") return raw<boolean>`external_id = ${value}`;
  if (!attribute.caseExact && attribute.name === "displayName") {
    return raw<boolean>`display_name_folded = ${foldString(value)}`;
  }
  return undefined;
}

function uniqueEq(sql: SqlStatements, filter: ResolvedFilter, { tenant, type }: Partition): Condition | undefined {
  const lookup = uniqueLookup(filter);
  if (lookup === undefined) return undefined;
  return raw<boolean>`id in (select resource_id from ${raw.table(sql.names.unique_values)}
    where tenant = ${tenant} and type = ${type} and attribute = ${lookup.attribute} and key = ${lookup.key})`;
}

function membershipEq(
  sql: SqlStatements,
  path: ResolvedPath,
  value: string,
  partition: Partition,
): Condition | undefined {
  const attribute = membershipAttribute(path);
  if (attribute === undefined || path.sub?.name !== "value" || !isTextual(path.sub)) return undefined;
  return attribute === "members"
    ? hasMember(sql, idEq("member", path.sub, value), partition)
    : isBelow(sql, idEq("group", path.sub, value), partition);
}

/** An id compared as the definition has it: exactly, or folded. */
function idEq(side: "member" | "group", definition: AttributeDefinition, value: string): Condition {
  const exact = side === "member" ? raw.ref("m.member_value") : raw.ref("m.group_id");
  const folded = side === "member" ? raw.ref("m.member_folded") : raw.ref("m.group_folded");
  return definition.caseExact ? raw<boolean>`${exact} = ${value}` : raw<boolean>`${folded} = ${foldString(value)}`;
}

function hasMember(sql: SqlStatements, member: Condition, { tenant, type }: Partition): Condition {
  return raw<boolean>`id in (select m.group_id from ${raw.table(sql.names.memberships)} m
    where m.tenant = ${tenant} and m.group_type = ${type} and ${member})`;
}

/** Members of the group, members of its member groups, and so on; UNION leaves rings. */
function isBelow(sql: SqlStatements, group: Condition, { tenant }: Partition): Condition {
  return raw<boolean>`id in (with recursive below (id) as (
      select m.member_value from ${raw.table(sql.names.memberships)} m where m.tenant = ${tenant} and ${group}
      union
      select m.member_value from below cross join ${raw.table(sql.names.memberships)} m
        where m.tenant = ${tenant} and m.group_id = below.id)
    select id from below)`;
}

function isTextual(definition: AttributeDefinition): boolean {
  return definition.type === "string" && !definition.multiValued;
}
