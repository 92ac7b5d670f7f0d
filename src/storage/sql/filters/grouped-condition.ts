import { sql as raw } from "kysely";
import type { ResolvedFilter } from "../../../filter/resolved.ts";
import { foldTree } from "../../../path/walk-tree.ts";
import { allOf, anyOf, type Condition, FALSE, notOf } from "./condition.ts";
import { conditionOfLeaf, type SearchLeaf } from "./tree-condition.ts";

/** Rows that belong to a resource, such as the members of a group, as a subquery. */
export interface Relation {
  readonly name: string;
  /** Whether one of the rows has this condition. */
  readonly any: (row: Condition) => Condition;
  /** A condition that is made of aggregates over the rows. */
  readonly over: (aggregates: Condition) => Condition;
}

/** The condition of a term: on the resource itself, or on the rows of a relation, one of which must have it. */
export type TermCondition = Condition | { readonly relation: Relation; readonly row: Condition };

/** Terms over one relation only, which need only one subquery. */
interface Group {
  readonly relation: Relation;
  /** If one row decides: its condition. */
  readonly row: Condition | undefined;
  /** The same as an expression of aggregates over all rows. */
  readonly aggregates: Condition;
}

type Term = Condition | Group;

/**
 * The condition of a filter, in which all neighbouring terms over one relation share a subquery: a database plans every
 * subquery, which takes longer than to run it. `leaf` returns the conditions of the leaves, as for `treeCondition`.
 */
export function groupedCondition(filter: ResolvedFilter, leaf: (leaf: SearchLeaf) => TermCondition): Condition {
  const tree = foldTree<Parameters<typeof conditionOfLeaf>[0], Term>(filter, {
    leaf: (each) => conditionOfLeaf<Term>(each, { leaf: (search) => termOf(leaf(search)), never: FALSE, not: negated }),
    not: negated,
    join: (type, terms) => (type === "and" ? joined("and", terms) : joined("or", terms)),
  });
  return rendered(tree);
}

function termOf(term: TermCondition): Term {
  if (!("relation" in term)) return term;
  const { relation, row } = term;
  return { relation, row, aggregates: raw<boolean>`(max(case when ${row} then 1 else 0 end) = 1)` };
}

function negated(term: Term): Term {
  if (!("relation" in term)) return notOf(term);
  return { relation: term.relation, row: undefined, aggregates: notOf(term.aggregates) };
}

function joined(type: "and" | "or", terms: readonly Term[]): Term {
  const groups = Map.groupBy(
    terms.filter((term) => "relation" in term),
    ({ relation }) => relation.name,
  );
  const merged = [...groups.values()].flatMap((members) => mergedGroup(type, members));
  const conditions = terms.filter((term): term is Condition => !("relation" in term));
  const [only] = merged;
  if (only !== undefined && merged.length === 1 && conditions.length === 0) return only;
  const all = [...conditions, ...merged.map(rendered)];
  return type === "and" ? allOf(all) : anyOf(all);
}

function mergedGroup(type: "and" | "or", members: readonly Group[]): readonly Group[] {
  const [first] = members;
  if (first === undefined || members.length === 1) return members;
  const { relation } = first;
  const aggregates = members.map((member) => member.aggregates);
  if (type === "and") return [{ relation, row: undefined, aggregates: allOf(aggregates) }];
  const rows = members.map(({ row }) => row);
  const row = rows.every((each) => each !== undefined) ? anyOf(rows) : undefined;
  return [{ relation, row, aggregates: anyOf(aggregates) }];
}

function rendered(term: Term): Condition {
  if (!("relation" in term)) return term;
  return term.row === undefined ? term.relation.over(term.aggregates) : term.relation.any(term.row);
}
