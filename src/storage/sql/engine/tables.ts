/**
 * The tables as Kysely sees them. `migrations/migrations.ts`, which creates them, explains their columns.
 *
 * The keys are not the names in the database: `tableNames` gives these, with their prefix.
 */
export interface SqlTables {
  meta: { name: string; value: string };
  resources: ResourceRow;
  unique_values: { tenant: string; type: string; attribute: string; key: string; resource_id: string };
  indexed_values: { tenant: string; type: string; path: string; key: string; resource_id: string };
  memberships: MembershipRow;
  counts: { tenant: string; type: string; resources: number };
  state: StateRow;
}

/**
 * A resource. `attributes` and `unique_values` are JSON; `search` is a search document. Instants are by `numberKey`.
 */
export interface ResourceRow {
  tenant: string;
  type: string;
  id: string;
  version: string;
  created: string;
  last_modified: string;
  attributes: string;
  unique_values: string;
  search: string;
  created_instant: string | null;
  modified_instant: string | null;
}

/** A member of a group. `display` is JSON; its other forms are for filters. */
export interface MembershipRow {
  tenant: string;
  group_type: string;
  group_id: string;
  group_folded: string;
  member_value: string;
  member_folded: string;
  member_type: string;
  resource_type: string | null;
  display: string | null;
  display_text: string | null;
  display_folded: string | null;
}

/** A record of the state. `value` is JSON. */
export interface StateRow {
  collection: string;
  key: string;
  value: string;
  version: string;
  due_at: number | null;
}
