/**
 * The tables as Kysely sees them. Their columns are explained where they are made, in `migrations.ts`.
 *
 * The keys here are not the names in the database: those have a prefix, and are given by `tableNames`.
 */
export interface SqlTables {
  meta: { name: string; value: string };
  resources: ResourceRow;
  unique_values: { tenant: string; type: string; attribute: string; key: string; resource_id: string };
  memberships: MembershipRow;
  state: StateRow;
}

/** A resource. `attributes` and `unique_values` are JSON. */
export interface ResourceRow {
  tenant: string;
  type: string;
  id: string;
  version: string;
  created: string;
  last_modified: string;
  attributes: string;
  unique_values: string;
  external_id: string | null;
  display_name_folded: string | null;
}

/** A member of a group. `display` is JSON. */
export interface MembershipRow {
  tenant: string;
  group_type: string;
  group_id: string;
  group_folded: string;
  member_value: string;
  member_folded: string;
  member_type: "User" | "Group";
  display: string | null;
}

/** A record of the state. `value` is JSON. */
export interface StateRow {
  collection: string;
  key: string;
  value: string;
  version: string;
  due_at: number | null;
}
