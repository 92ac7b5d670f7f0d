/** The filters that the application's tables support by an index, as SQL with bound parameters. */
import type { SQLInputValue } from "node:sqlite";
import type { ResolvedFilter } from "scimkit/filter";
import { foldString, uniqueLookup } from "scimkit/storage";
import type { TableLayout } from "./rows.ts";

/** A condition and the values of its parameters. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

// #region conditionOf
/** The condition, or `undefined` for a filter that these tables do not support: the library then filters itself. */
export function conditionOf(layout: TableLayout, org: string, filter: ResolvedFilter): Condition | undefined {
  if (filter.type === "and" || filter.type === "or") {
    const terms = filter.terms.map((term) => conditionOf(layout, org, term)).filter((term) => term !== undefined);
    if (terms.length < filter.terms.length) return undefined;
    const sql = terms.map((term) => term.sql).join(filter.type === "and" ? " AND " : " OR ");
    return { sql: `(${sql})`, values: terms.flatMap((term) => term.values) };
  }
  if (filter.type !== "comparison" || filter.operator !== "eq" || typeof filter.value !== "string") return undefined;
  const { extension, attribute, sub } = filter.path;
  if (extension !== undefined || attribute === undefined) return undefined;
  if (attribute.name === "id") return { sql: "scim_id = ?", values: [filter.value.toWellFormed()] };
  if (attribute.name === "members" || attribute.name === "groups") {
    return membershipCondition(layout, org, sub?.caseExact === true ? filter.value : foldString(filter.value), sub);
  }
  const lookup = uniqueLookup(filter); // `eq` on a unique attribute: the key is the one in `unique`
  const column = lookup && layout.keys[lookup.attribute];
  return lookup && column ? { sql: `${column} = ?`, values: [lookup.key] } : undefined;
}
// #endregion conditionOf

function membershipCondition(
  layout: TableLayout,
  org: string,
  value: string,
  sub: { readonly name: string; readonly caseExact: boolean } | undefined,
): Condition | undefined {
  if (sub?.name !== "value") return undefined;
  const other = layout.table === "groups" ? "users" : "groups";
  const column = sub.caseExact ? "scim_id" : "id_key";
  const sql = `${layout.rowId} IN (SELECT m.${layout.rowId} FROM ${other} o JOIN group_members m
    USING (${other === "users" ? "user_id" : "group_id"}) WHERE o.org = ? AND o.${column} = ?)`;
  return { sql, values: [org, value] };
}
