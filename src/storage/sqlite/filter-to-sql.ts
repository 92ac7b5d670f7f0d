import { type RawBuilder, sql } from "kysely";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import type { AttributeDefinition, ResolvedPath } from "../../schema/definition.ts";
import { foldString } from "../../schema/fold.ts";
import { membershipAttribute } from "../membership-paths.ts";
import type { Partition } from "../storage.ts";
import { uniqueLookup } from "../unique-lookup.ts";
import { isWellFormed } from "./resource-rows.ts";

/** A condition on `scimkit_resources`. */
export type Condition = RawBuilder<boolean>;

/**
 * A filter as a condition, or `undefined` where it cannot be said exactly in columns: then the driver refuses it.
 *
 * Translated are `eq` on `id`, `externalId`, `displayName`, a unique attribute, `members.value` and `groups.value`, and
 * `and` and `or` of these.
 */
export function filterToSql(filter: ResolvedFilter, partition: Partition): Condition | undefined {
  switch (filter.type) {
    case "and":
    case "or": {
      const terms = filter.terms.map((term) => filterToSql(term, partition)).filter((term) => term !== undefined);
      if (terms.length < filter.terms.length) return undefined;
      return sql<boolean>`(${sql.join(terms, filter.type === "and" ? sql` and ` : sql` or `)})`;
    }
    case "never":
      return sql<boolean>`0`;
    case "comparison":
      if (filter.operator !== "eq" || typeof filter.value !== "string" || !isWellFormed(filter.value)) return undefined;
      return (
        membershipEq(filter.path, filter.value, partition) ??
        uniqueEq(filter, partition) ??
        columnEq(filter.path, filter.value)
      );
    case "valuePath": {
      const inner = filter.filter;
      const isPlain = inner.type === "comparison" && membershipAttribute(inner.path) !== undefined;
      return isPlain ? filterToSql(inner, partition) : undefined;
    }
    default:
      return undefined;
  }
}

function columnEq(path: ResolvedPath, value: string): Condition | undefined {
  const { extension, attribute, sub } = path;
  if (extension !== undefined || sub !== undefined || attribute === undefined || !isText(attribute)) return undefined;
  if (attribute.caseExact && attribute.name === "id") return sql<boolean>`id = ${value}`;
  if (attribute.caseExact && attribute.name === "externalId") return sql<boolean>`external_id = ${value}`;
  if (!attribute.caseExact && attribute.name === "displayName") {
    return sql<boolean>`display_name_folded = ${foldString(value)}`;
  }
  return undefined;
}

function uniqueEq(filter: ResolvedFilter, { tenant, type }: Partition): Condition | undefined {
  const lookup = uniqueLookup(filter);
  if (lookup === undefined) return undefined;
  return sql<boolean>`id in (select resource_id from scimkit_unique_values
    where tenant = ${tenant} and type = ${type} and attribute = ${lookup.attribute} and key = ${lookup.key})`;
}

function membershipEq(path: ResolvedPath, value: string, partition: Partition): Condition | undefined {
  const attribute = membershipAttribute(path);
  if (attribute === undefined || path.sub?.name !== "value" || !isText(path.sub)) return undefined;
  return attribute === "members"
    ? hasMember(idEq("member", path.sub, value), partition)
    : isBelow(idEq("group", path.sub, value), partition);
}

/** An id compared as the definition has it: exactly, or folded. */
function idEq(side: "member" | "group", definition: AttributeDefinition, value: string): Condition {
  const exact = side === "member" ? sql.ref("m.member_value") : sql.ref("m.group_id");
  const folded = side === "member" ? sql.ref("m.member_folded") : sql.ref("m.group_folded");
  return definition.caseExact ? sql<boolean>`${exact} = ${value}` : sql<boolean>`${folded} = ${foldString(value)}`;
}

function hasMember(member: Condition, { tenant, type }: Partition): Condition {
  return sql<boolean>`id in (select m.group_id from scimkit_memberships m
    where m.tenant = ${tenant} and m.group_type = ${type} and ${member})`;
}

/** Members of the group, members of its member groups, and so on; UNION leaves rings. */
function isBelow(group: Condition, { tenant }: Partition): Condition {
  return sql<boolean>`id in (with recursive below (id) as (
      select m.member_value from scimkit_memberships m where m.tenant = ${tenant} and ${group}
      union
      select m.member_value from below cross join scimkit_memberships m
        where m.tenant = ${tenant} and m.group_id = below.id)
    select id from below)`;
}

function isText(definition: AttributeDefinition): boolean {
  return definition.type === "string" && !definition.multiValued;
}
