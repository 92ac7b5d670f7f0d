import { type Kysely, sql } from "kysely";
import { UnavailableError } from "../../errors/request-errors.ts";
import type { SqliteTables } from "./tables.ts";

/**
 * What made the tables what they are, step by step; the number of steps done stands in `scimkit_meta`. Steps are only
 * ever added. Ordinary rowid tables: without statistics SQLite passes over good indexes of WITHOUT ROWID tables.
 */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE scimkit_resources (
      tenant TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL,
      version TEXT NOT NULL, created TEXT NOT NULL, last_modified TEXT NOT NULL,
      attributes TEXT NOT NULL, unique_values TEXT NOT NULL,
      external_id TEXT, display_name_folded TEXT,
      UNIQUE (tenant, type, id))`,
    "CREATE INDEX scimkit_resources_order ON scimkit_resources (tenant, type, created, id)",
    `CREATE INDEX scimkit_resources_external_id ON scimkit_resources (tenant, type, external_id)
      WHERE external_id IS NOT NULL`,
    `CREATE INDEX scimkit_resources_display_name ON scimkit_resources (tenant, type, display_name_folded)
      WHERE display_name_folded IS NOT NULL`,
    `CREATE TABLE scimkit_unique_values (
      tenant TEXT NOT NULL, type TEXT NOT NULL, attribute TEXT NOT NULL, key TEXT NOT NULL, resource_id TEXT NOT NULL,
      UNIQUE (tenant, type, attribute, key),
      FOREIGN KEY (tenant, type, resource_id) REFERENCES scimkit_resources (tenant, type, id) ON DELETE CASCADE)`,
    "CREATE INDEX scimkit_unique_values_resource ON scimkit_unique_values (tenant, type, resource_id)",
    // group_folded and member_folded are the ids as filters compare them where caseExact is false.
    `CREATE TABLE scimkit_memberships (
      tenant TEXT NOT NULL, group_type TEXT NOT NULL, group_id TEXT NOT NULL, group_folded TEXT NOT NULL,
      member_value TEXT NOT NULL, member_folded TEXT NOT NULL, member_type TEXT NOT NULL, display TEXT,
      UNIQUE (tenant, group_id, group_type, member_value),
      FOREIGN KEY (tenant, group_type, group_id) REFERENCES scimkit_resources (tenant, type, id) ON DELETE CASCADE)`,
    "CREATE INDEX scimkit_memberships_member ON scimkit_memberships (tenant, member_value)",
    "CREATE INDEX scimkit_memberships_member_folded ON scimkit_memberships (tenant, member_folded)",
    "CREATE INDEX scimkit_memberships_group_folded ON scimkit_memberships (tenant, group_folded)",
    `CREATE TABLE scimkit_state (
      collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version TEXT NOT NULL, due_at REAL,
      UNIQUE (collection, key))`,
    "CREATE INDEX scimkit_state_due ON scimkit_state (collection, due_at, key) WHERE due_at IS NOT NULL",
  ],
  [
    // With all that groupsOf reads: otherwise SQLite prefers an index that has it all and goes through the tenant in it.
    "DROP INDEX scimkit_memberships_member",
    "CREATE INDEX scimkit_memberships_member ON scimkit_memberships (tenant, member_value, group_type, group_id)",
  ],
];

/**
 * Brings the tables up to date. Runs inside a write transaction, so that of several processes one does the work.
 *
 * @throws {UnavailableError} when the tables were made by a newer release, or order text differently than we do
 */
export async function migrateTables(db: Kysely<SqliteTables>): Promise<void> {
  const { rows } = await sql<{ encoding: string }>`PRAGMA encoding`.execute(db);
  if (rows[0]?.encoding !== "UTF-8") throw new UnavailableError("The database's text encoding must be UTF-8");
  await sql`CREATE TABLE IF NOT EXISTS scimkit_meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)`.execute(db);
  const done = await migrationsDone(db);
  if (done > MIGRATIONS.length) {
    throw new UnavailableError("The database's tables were made by a newer release than this one");
  }
  if (done === MIGRATIONS.length) return;
  for (const statements of MIGRATIONS.slice(done)) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  }
  const value = String(MIGRATIONS.length);
  await db
    .insertInto("scimkit_meta")
    .values({ name: "migrations", value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}

async function migrationsDone(db: Kysely<SqliteTables>): Promise<number> {
  const row = await db.selectFrom("scimkit_meta").select("value").where("name", "=", "migrations").executeTakeFirst();
  return row === undefined ? 0 : Number(row.value);
}
