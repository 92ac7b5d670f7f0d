import type { SqlStatements } from "../engine/session.ts";

/** The words that the steps are made of, which differ by database, prefix and schema. */
export interface MigrationWords {
  readonly engine: SqlStatements["engine"];
  /** A table's name as a statement refers to it. */
  readonly table: (name: string) => string;
  /** An index's name where it is made: without schema. */
  readonly index: (name: string) => string;
  /** An index's name where it is dropped. */
  readonly existingIndex: (name: string) => string;
}

/** The words for tables at the place of `statements`. */
export function migrationWords({ engine, place }: Pick<SqlStatements, "engine" | "place">): MigrationWords {
  const schema = place.schema === undefined ? "" : `"${place.schema}".`;
  const index = (name: string): string => `"${place.tablePrefix}${name}"`;
  const inSchema = (name: string): string => `${schema}${index(name)}`;
  return { engine, table: inSchema, index, existingIndex: inSchema };
}

/**
 * What made the tables what they are, step by step; the number of steps done stands in the table `meta`. Steps are only
 * ever added. In SQLite ordinary rowid tables: without statistics it passes over good indexes of WITHOUT ROWID tables.
 */
export function migrationSteps(words: MigrationWords): readonly (readonly string[])[] {
  return [
    firstTables(words),
    membershipsByMember(words),
    membershipsOfResources(words),
    searchable(words),
    counted(words),
  ];
}

/** The table that the steps done are counted in; made before the first step. */
export function metaTable({ engine, table }: MigrationWords): string {
  const { text } = engine.types;
  return `CREATE TABLE ${table("meta")} (name ${text} NOT NULL PRIMARY KEY, value ${text} NOT NULL)`;
}

function firstTables({ engine, table, index }: MigrationWords): string[] {
  const { text, real } = engine.types;
  const resources = table("resources");
  const unique = table("unique_values");
  const memberships = table("memberships");
  const state = table("state");
  return [
    `CREATE TABLE ${resources} (
      tenant ${text} NOT NULL, type ${text} NOT NULL, id ${text} NOT NULL,
      version ${text} NOT NULL, created ${text} NOT NULL, last_modified ${text} NOT NULL,
      attributes ${text} NOT NULL, unique_values ${text} NOT NULL,
      external_id ${text}, display_name_folded ${text},
      UNIQUE (tenant, type, id))`,
    `CREATE INDEX ${index("resources_order")} ON ${resources} (tenant, type, created, id)`,
    `CREATE INDEX ${index("resources_external_id")} ON ${resources} (tenant, type, external_id)
      WHERE external_id IS NOT NULL`,
    `CREATE INDEX ${index("resources_display_name")} ON ${resources} (tenant, type, display_name_folded)
      WHERE display_name_folded IS NOT NULL`,
    `CREATE TABLE ${unique} (
      tenant ${text} NOT NULL, type ${text} NOT NULL, attribute ${text} NOT NULL, key ${text} NOT NULL,
      resource_id ${text} NOT NULL,
      UNIQUE (tenant, type, attribute, key),
      FOREIGN KEY (tenant, type, resource_id) REFERENCES ${resources} (tenant, type, id) ON DELETE CASCADE)`,
    `CREATE INDEX ${index("unique_values_resource")} ON ${unique} (tenant, type, resource_id)`,
    // group_folded and member_folded are the ids as filters compare them where caseExact is false.
    `CREATE TABLE ${memberships} (
      tenant ${text} NOT NULL, group_type ${text} NOT NULL, group_id ${text} NOT NULL, group_folded ${text} NOT NULL,
      member_value ${text} NOT NULL, member_folded ${text} NOT NULL, member_type ${text} NOT NULL, display ${text},
      UNIQUE (tenant, group_id, group_type, member_value),
      FOREIGN KEY (tenant, group_type, group_id) REFERENCES ${resources} (tenant, type, id) ON DELETE CASCADE)`,
    `CREATE INDEX ${index("memberships_member")} ON ${memberships} (tenant, member_value)`,
    `CREATE INDEX ${index("memberships_member_folded")} ON ${memberships} (tenant, member_folded)`,
    `CREATE INDEX ${index("memberships_group_folded")} ON ${memberships} (tenant, group_folded)`,
    `CREATE TABLE ${state} (
      collection ${text} NOT NULL, key ${text} NOT NULL, value ${text} NOT NULL, version ${text} NOT NULL,
      due_at ${real}, UNIQUE (collection, key))`,
    `CREATE INDEX ${index("state_due")} ON ${state} (collection, due_at, key) WHERE due_at IS NOT NULL`,
  ];
}

/** With all that groupsOf reads: otherwise SQLite prefers an index that has it all and goes through the tenant in it. */
function membershipsByMember({ table, index, existingIndex }: MigrationWords): string[] {
  return [
    `DROP INDEX ${existingIndex("memberships_member")}`,
    `CREATE INDEX ${index("memberships_member")} ON ${table("memberships")} (tenant, member_value, group_type, group_id)`,
  ];
}

/**
 * The member's type again where it is a resource. Where others write at the same time, its removal then takes along, or
 * comes into conflict with, a membership that was made since the remover began, and that it cannot see.
 */
function membershipsOfResources({ engine, table }: MigrationWords): string[] {
  const column = `ALTER TABLE ${table("memberships")} ADD COLUMN resource_type ${engine.types.text}`;
  if (!engine.locksRows) return [column];
  return [
    column,
    `ALTER TABLE ${table("memberships")} ADD FOREIGN KEY (tenant, resource_type, member_value)
      REFERENCES ${table("resources")} (tenant, type, id) ON DELETE CASCADE`,
  ];
}

/**
 * What filters of the whole grammar and sorting need. The new columns are filled in by `fillIn`; in place of columns for
 * two attributes comes a table for any.
 */
function searchable({ engine, table, index, existingIndex }: MigrationWords): string[] {
  const { text, json } = engine.types;
  const resources = table("resources");
  const memberships = table("memberships");
  const values = table("indexed_values");
  return [
    `ALTER TABLE ${resources} ADD COLUMN search ${json}`,
    `ALTER TABLE ${resources} ADD COLUMN created_instant ${text}`,
    `ALTER TABLE ${resources} ADD COLUMN modified_instant ${text}`,
    `CREATE INDEX ${index("resources_modified")} ON ${resources} (tenant, type, modified_instant, id)`,
    `DROP INDEX ${existingIndex("resources_external_id")}`,
    `DROP INDEX ${existingIndex("resources_display_name")}`,
    `ALTER TABLE ${resources} DROP COLUMN external_id`,
    `ALTER TABLE ${resources} DROP COLUMN display_name_folded`,
    // Without a reference to the resource, which would need an index of its own. Entries are removed by their keys.
    `CREATE TABLE ${values} (
      tenant ${text} NOT NULL, type ${text} NOT NULL, path ${text} NOT NULL, key ${text} NOT NULL,
      resource_id ${text} NOT NULL,
      UNIQUE (tenant, type, path, key, resource_id))`,
    `ALTER TABLE ${memberships} ADD COLUMN display_text ${text}`,
    `ALTER TABLE ${memberships} ADD COLUMN display_folded ${text}`,
  ];
}

/**
 * How many resources each partition has, since to count a million takes a tenth of a second. Counting begins before what
 * is there is counted: from then on nobody else writes until the migration is done.
 */
function counted({ engine, table, index }: MigrationWords): string[] {
  const { text } = engine.types;
  const [resources, counts] = [table("resources"), table("counts")];
  return [
    `CREATE TABLE ${counts} (tenant ${text} NOT NULL, type ${text} NOT NULL, resources bigint NOT NULL)`,
    `CREATE INDEX ${index("counts_partition")} ON ${counts} (tenant, type)`,
    ...engine.counting({ resources, counts, inSchema: table, name: index }),
    `INSERT INTO ${counts} (tenant, type, resources) SELECT tenant, type, count(*) FROM ${resources} GROUP BY tenant, type`,
  ];
}
