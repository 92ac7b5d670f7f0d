import { type RawBuilder, sql as raw } from "kysely";
import type { ResolvedFilter } from "../../../filter/resolved.ts";
import { isText } from "../../../schema/attributes/scalar.ts";
import { type MembershipAttribute, membershipAttribute } from "../../driver/membership-paths.ts";
import type { Partition } from "../../stored-resource.ts";
import type { SqlStatements } from "../engine/session.ts";
import { allOf, FALSE } from "./condition.ts";
import { groupsFound, memberHolds, membersFound } from "./membership-conditions.ts";
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
  const key = keyTerm(element);
  if (attribute === undefined || key === undefined) return undefined;
  const literal = literalKey(key);
  if (literal === undefined || !isText(literal)) return raw`select null where ${FALSE}`;
  if (key === element) return idsOf(sql, { attribute, isExact: isCaseExact(key), literals: [literal] }, partition);
  if (attribute !== "members") return undefined;
  const found = raw<boolean>`${memberColumn(isCaseExact(key))} = ${literal}`;
  return membersFound(sql, allOf([found, memberHolds(sql, element)]), partition);
}

/**
 * The ids of the resources that match one of several terms: one list for all terms that compare the same attribute.
 * Undefined for a term of another form.
 */
export function listedIds(
  sql: SqlStatements,
  terms: readonly ResolvedFilter[],
  partition: Partition,
): RawBuilder<unknown> | undefined {
  const [first] = terms;
  if (first?.type !== "comparison") return undefined;
  const attribute = membershipAttribute(first.path);
  if (attribute === undefined) return undefined;
  const literals = terms.flatMap((term) => (term.type === "comparison" ? (literalKey(term) ?? []) : []));
  return idsOf(sql, { attribute, isExact: isCaseExact(first), literals: literals.filter(isText) }, partition);
}

/** A name that is the same for terms that `listedIds` can join; undefined for other terms. */
export function listName(term: ResolvedFilter): string | undefined {
  if (term.type !== "comparison" || keyTerm(term) === undefined) return undefined;
  const attribute = membershipAttribute(term.path);
  return attribute && `${attribute}/${isCaseExact(term)}`;
}

interface MembershipList {
  readonly attribute: MembershipAttribute;
  readonly isExact: boolean;
  readonly literals: readonly string[];
}

function idsOf(
  sql: SqlStatements,
  { attribute, isExact, literals }: MembershipList,
  partition: Partition,
): RawBuilder<unknown> {
  const isMembers = attribute === "members";
  const column = isMembers ? memberColumn(isExact) : raw.ref<string>(isExact ? "m.group_id" : "m.group_folded");
  const [only] = literals;
  const found =
    literals.length === 1 ? raw<boolean>`${column} = ${only}` : sql.engine.among(column, [...new Set(literals)]);
  if (!isMembers) return groupsFound(sql, found, partition);
  return membersFound(sql, found, partition);
}

function isCaseExact({ path }: Comparison): boolean {
  return path.sub?.caseExact === true;
}

function memberColumn(isExact: boolean): RawBuilder<string> {
  return raw.ref<string>(isExact ? "m.member_value" : "m.member_folded");
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
