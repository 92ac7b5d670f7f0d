import type { SqlStatements } from "../engine/session.ts";

/** The parts of the statements that differ by database, prefix and schema. */
export interface MigrationWords {
  readonly engine: SqlStatements["engine"];
  /** A table's name in a statement. */
  readonly table: (name: string) => string;
  /** An index's name in its CREATE statement: without schema. */
  readonly index: (name: string) => string;
}

/** The parts for the tables of `statements`. */
export function migrationWords({ engine, place }: Pick<SqlStatements, "engine" | "place">): MigrationWords {
  const schema = place.schema === undefined ? "" : `"${place.schema}".`;
  const index = (name: string): string => `"${place.tablePrefix}${name}"`;
  return { engine, table: (name) => `${schema}${index(name)}`, index };
}

/**
 * The number of the layout of `tables`. It is stored in the table `meta`, and grows with every change of the tables,
 * of search documents, of index keys and of the folding of texts. The first release has 1.
 */
export const LAYOUT = 1;

/**
 * The statements that create all tables. In SQLite they are ordinary rowid tables: without statistics it does not use
 * good indexes of WITHOUT ROWID tables.
 */
export function tables(words: MigrationWords): readonly string[] {
  return [
    meta(words),
    ...resources(words),
    ...uniqueValues(words),
    indexedValues(words),
    ...memberships(words),
    ...counts(words),
    ...state(words),
  ];
}

function meta({ engine: { types }, table }: MigrationWords): string {
  // name: "layout", whose value is the number of the layout, or "indexed", whose value is the list of indexed paths.
  return `CREATE TABLE ${table("meta")} (name ${types.text} NOT NULL PRIMARY KEY, value ${types.text} NOT NULL)`;
}

function resources({ engine: { types }, table, index }: MigrationWords): string[] {
  const { text, json } = types;
  const name = table("resources");
  // created, last_modified: as in `StoredResource`. attributes, unique_values: its JSON. search: the search document,
  // for filters and orders. created_instant, modified_instant: for filters, by `numberKey`.
  return [
    `CREATE TABLE ${name} (
      tenant ${text} NOT NULL, type ${text} NOT NULL, id ${text} NOT NULL,
      version ${text} NOT NULL, created ${text} NOT NULL, last_modified ${text} NOT NULL,
      attributes ${text} NOT NULL, unique_values ${text} NOT NULL, search ${json} NOT NULL,
      created_instant ${text}, modified_instant ${text},
      UNIQUE (tenant, type, id))`,
    // Finds a member, whose type is not known. It has the type too: otherwise SQLite scans the tenant in the unique
    // index.
    `CREATE INDEX ${index("resources_id")} ON ${name} (tenant, id, type)`,
    `CREATE INDEX ${index("resources_order")} ON ${name} (tenant, type, created, id)`,
    `CREATE INDEX ${index("resources_modified")} ON ${name} (tenant, type, modified_instant, id)`,
  ];
}

function uniqueValues({ engine: { types }, table, index }: MigrationWords): string[] {
  const { text } = types;
  const name = table("unique_values");
  // attribute, key: a `UniqueValue`. resource_id: its holder.
  return [
    `CREATE TABLE ${name} (
      tenant ${text} NOT NULL, type ${text} NOT NULL, attribute ${text} NOT NULL, key ${text} NOT NULL,
      resource_id ${text} NOT NULL,
      UNIQUE (tenant, type, attribute, key),
      FOREIGN KEY (tenant, type, resource_id) REFERENCES ${table("resources")} (tenant, type, id) ON DELETE CASCADE)`,
    `CREATE INDEX ${index("unique_values_resource")} ON ${name} (tenant, type, resource_id)`,
  ];
}

function indexedValues({ engine: { types }, table }: MigrationWords): string {
  const { text } = types;
  // path: in lower case. key: by `indexKey`. There is no reference to the resource, which would need an index of its
  // own: entries are removed by their keys.
  return `CREATE TABLE ${table("indexed_values")} (
    tenant ${text} NOT NULL, type ${text} NOT NULL, path ${text} NOT NULL, key ${text} NOT NULL,
    resource_id ${text} NOT NULL,
    UNIQUE (tenant, type, path, key, resource_id))`;
}

function memberships({ engine, table, index }: MigrationWords): string[] {
  const { text } = engine.types;
  const name = table("memberships");
  const group = `FOREIGN KEY (tenant, group_type, group_id) REFERENCES ${table("resources")} (tenant, type, id) ON DELETE CASCADE`;
  const member = `FOREIGN KEY (tenant, resource_type, member_value) REFERENCES ${table("resources")} (tenant, type, id) ON DELETE CASCADE`;
  // group_folded, member_folded: the ids as filters compare them where caseExact is false. member_type: what clients
  // see. resource_type: the same where the member is a resource, else NULL. display: JSON; the other two are for
  // filters.
  return [
    `CREATE TABLE ${name} (
      tenant ${text} NOT NULL, group_type ${text} NOT NULL, group_id ${text} NOT NULL, group_folded ${text} NOT NULL,
      member_value ${text} NOT NULL, member_folded ${text} NOT NULL,
      member_type ${text} NOT NULL, resource_type ${text},
      display ${text}, display_text ${text}, display_folded ${text},
      UNIQUE (tenant, group_id, group_type, member_value),
      ${
        // Parallel writers: a transaction that removes the member cannot see a membership that was added after it
        // began.
        engine.locksRows ? `${group}, ${member}` : group
      })`,
    // It has all columns that groupsOf reads: otherwise SQLite prefers an index that has them, and scans the tenant in
    // it.
    `CREATE INDEX ${index("memberships_member")} ON ${name} (tenant, member_value, group_type, group_id)`,
    `CREATE INDEX ${index("memberships_member_folded")} ON ${name} (tenant, member_folded)`,
    `CREATE INDEX ${index("memberships_group_folded")} ON ${name} (tenant, group_folded)`,
  ];
}

function counts({ engine, table, index }: MigrationWords): string[] {
  const { text } = engine.types;
  const name = table("counts");
  // How many resources each partition has, as the sum of its rows: to count a million resources takes a tenth of a
  // second.
  return [
    `CREATE TABLE ${name} (tenant ${text} NOT NULL, type ${text} NOT NULL, resources bigint NOT NULL)`,
    `CREATE INDEX ${index("counts_partition")} ON ${name} (tenant, type)`,
    ...engine.counting({ resources: table("resources"), counts: name, inSchema: table, name: index }),
  ];
}

function state({ engine: { types }, table, index }: MigrationWords): string[] {
  const { text, real } = types;
  const name = table("state");
  // value: JSON. due_at: milliseconds since 1970.
  return [
    `CREATE TABLE ${name} (
      collection ${text} NOT NULL, key ${text} NOT NULL, value ${text} NOT NULL, version ${text} NOT NULL,
      due_at ${real}, UNIQUE (collection, key))`,
    `CREATE INDEX ${index("state_due")} ON ${name} (collection, due_at, key) WHERE due_at IS NOT NULL`,
  ];
}
