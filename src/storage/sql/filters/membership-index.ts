import { type RawBuilder, sql as raw } from "kysely";
import type { ResolvedFilter } from "../../../filter/resolved.ts";
import { isText } from "../../../schema/attributes/scalar.ts";
import { membershipAttribute } from "../../driver/membership-paths.ts";
import type { Partition } from "../../storage.ts";
import type { SqlStatements } from "../engine/session.ts";
import { FALSE } from "./condition.ts";
import { groupsFound, membersFound } from "./membership-conditions.ts";
import { type Comparison, literalKey } from "./value-conditions.ts";

/**
 * The ids of exactly the resources that match a filter on memberships, found by an index; undefined if there is no
 * index for it. There is one for `eq` on `groups.value`, and on `members.value`, also with other terms on the same
 * member.
 */
export function membershipIds(
  sql: SqlStatements,
  filter: Extract<ResolvedFilter, { type: "comparison" | "valuePath" }>,
  partition: Partition,
): RawBuilder<unknown> | undefined {
  const attribute = membershipAttribute(filter.path);
  const element = filter.type === "valuePath" ? filter.filter : filter;
  const key = attribute === undefined ? undefined : keyTerm(element);
  if (key === undefined) return undefined;
  const literal = literalKey(key);
  if (literal === undefined || !isText(literal)) return raw`select null where ${FALSE}`;
  if (attribute === "members") {
    const column = raw.ref(key.path.sub?.caseExact ? "m.member_value" : "m.member_folded");
    return membersFound(sql, { element, found: raw<boolean>`${column} = ${literal}` }, partition);
  }
  if (key !== element) return undefined;
  const column = raw.ref(key.path.sub?.caseExact ? "m.group_id" : "m.group_folded");
  return groupsFound(sql, raw<boolean>`${column} = ${literal}`, partition);
}

/** The term that says which member or group it must be. */
function keyTerm(element: ResolvedFilter): Comparison | undefined {
  if (element.type === "and") {
    for (const term of element.terms) {
      const found = keyTerm(term);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (element.type !== "comparison" || element.operator !== "eq") return undefined;
  const { sub } = element.path;
  return sub?.name === "value" && (sub.type === "string" || sub.type === "reference") ? element : undefined;
}
