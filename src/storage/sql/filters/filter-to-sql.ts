import { sql as raw } from "kysely";
import type { ResolvedFilter } from "../../../filter/resolved.ts";
import type { ResolvedPath } from "../../../schema/attributes/definition.ts";
import { type MembershipAttribute, membershipAttribute } from "../../driver/membership-paths.ts";
import type { Partition } from "../../stored-resource.ts";
import type { SqlStatements } from "../engine/session.ts";
import { allOf, type Condition, TRUE } from "./condition.ts";
import { groupedCondition, type Relation, type TermCondition } from "./grouped-condition.ts";
import { jsonSearch, type Place, type SearchContext } from "./json-search.ts";
import { groupHolds, groupsRelation, memberHolds, membersRelation } from "./membership-conditions.ts";
import { membershipIds } from "./membership-index.ts";
import { type RowFields, rowCondition } from "./row-conditions.ts";
import { type SearchLeaf, treeCondition } from "./tree-condition.ts";
import { comparedValue, type ValueForms } from "./value-conditions.ts";

/**
 * A filter as a condition on the table of resources, known as `r`, of this partition: with exactly the results of
 * `compileResolved`, for the whole grammar. All values of the filter are bound.
 */
export function filterToSql(sql: SqlStatements, filter: ResolvedFilter, partition: Partition): Condition {
  const context: SearchContext = { engine: sql.engine, aliases: { count: 0 } };
  const relations = { members: membersRelation(sql, partition), groups: groupsRelation(sql, partition) };
  return groupedCondition(filter, (leaf) => leafCondition(sql, context, { leaf, partition, relations }));
}

interface FilterLeaf {
  readonly leaf: SearchLeaf;
  readonly partition: Partition;
  readonly relations: Readonly<Record<MembershipAttribute, Relation>>;
}

function leafCondition(
  sql: SqlStatements,
  context: SearchContext,
  { leaf, partition, relations }: FilterLeaf,
): TermCondition {
  const membership = membershipAttribute(leaf.path);
  const element = elementFilter(leaf);
  if (membership !== undefined) {
    // If an index decides the filter exactly, the index condition is the whole condition.
    const ids = leaf.type === "present" ? undefined : membershipIds(sql, leaf, partition);
    // `is true` keeps PostgreSQL from planning a join for each: among dozens of them it would look for the best order.
    if (ids !== undefined) return raw<boolean>`((r.id in (${ids})) is true)`;
    const row = membership === "members" ? memberHolds(sql, element) : groupHolds(sql, element);
    return { relation: relations[membership], row };
  }
  const { extension, attribute, sub } = leaf.path;
  if (extension === undefined && attribute?.name === "meta") {
    return sub === undefined && leaf.type === "present" ? TRUE : rowCondition(sql.engine, element, META);
  }
  if (extension === undefined && attribute?.name === "id" && sub === undefined && attribute.caseExact) {
    return leaf.type === "comparison" ? comparedValue(sql.engine, leaf, ID) : TRUE;
  }
  return leafInJson(context, leaf, { column: raw.ref("r.search"), path: [] });
}

/** The filter on one element, or on one part of `meta`. */
function elementFilter(leaf: SearchLeaf): ResolvedFilter {
  return leaf.type === "valuePath" ? leaf.filter : leaf;
}

const ID: ValueForms = { exact: raw.ref("r.id") };

/** `meta.location` is not known to storages. */
const META: RowFields = {
  resourceType: { exact: raw.ref("r.type") },
  created: { exact: raw.ref("r.created"), instant: raw.ref("r.created_instant") },
  lastModified: { exact: raw.ref("r.last_modified"), instant: raw.ref("r.modified_instant") },
  version: { exact: raw.ref("r.version") },
};

function leafInJson(context: SearchContext, leaf: SearchLeaf, holder: Place): Condition {
  const search = jsonSearch(context);
  const names = [leaf.path.extension, leaf.path.attribute?.name, leaf.path.sub?.name].filter(
    (name) => name !== undefined,
  );
  return search.reach(holder, names, (place) => leafAt(context, leaf, place));
}

/** The test of one value of a leaf's path. */
function leafAt(context: SearchContext, leaf: SearchLeaf, place: Place): Condition {
  const search = jsonSearch(context);
  switch (leaf.type) {
    case "present":
      return search.isPresent(place);
    case "comparison":
      return comparedValue(context.engine, leaf, search.forms(place));
    case "valuePath":
      return allOf([
        search.isThere(place),
        treeCondition(leaf.filter, (inner) => leafInElement(context, inner, { parent: leaf.path, place })),
      ]);
  }
}

/**
 * Inside brackets a path begins with the attribute again; what it adds to `parent` is the sub-attribute, or nothing.
 */
function leafInElement(
  context: SearchContext,
  leaf: SearchLeaf,
  { parent, place }: { readonly parent: ResolvedPath; readonly place: Place },
): Condition {
  const { sub } = leaf.path;
  const names = sub === undefined || sub === parent.sub ? [] : [sub.name];
  return jsonSearch(context).reach(place, names, (inner) => leafAt(context, leaf, inner));
}
