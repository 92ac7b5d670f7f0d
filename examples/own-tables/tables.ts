/** The tables of an application that already has users and groups, and the columns that SCIM needs in addition. */
import { DatabaseSync } from "node:sqlite";
import { foldString } from "scimkit/storage";

/** The tables of the application before SCIM. */
const BEFORE = `
  CREATE TABLE users (
    user_id INTEGER PRIMARY KEY,
    org TEXT NOT NULL,
    login TEXT NOT NULL,
    full_name TEXT,
    is_enabled INTEGER
  );
  CREATE TABLE groups (
    group_id INTEGER PRIMARY KEY,
    org TEXT NOT NULL,
    title TEXT NOT NULL
  );
  CREATE TABLE group_members (
    group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
  );
`;

// #region migration
/** The additional columns: an id that is not the row number, a version, dates, keys, and JSON for other attributes. */
const ADDED = ["users", "groups"].map(
  (table) => `
    ALTER TABLE ${table} ADD COLUMN scim_id TEXT;
    ALTER TABLE ${table} ADD COLUMN id_key TEXT;
    ALTER TABLE ${table} ADD COLUMN version TEXT;
    ALTER TABLE ${table} ADD COLUMN created_at TEXT;
    ALTER TABLE ${table} ADD COLUMN changed_at TEXT;
    ALTER TABLE ${table} ADD COLUMN details TEXT;
    ALTER TABLE ${table} ADD COLUMN name_key TEXT;
    ALTER TABLE ${table} ADD COLUMN external_key TEXT;
    CREATE UNIQUE INDEX ${table}_by_scim_id ON ${table} (org, scim_id);
    CREATE INDEX ${table}_by_id_key ON ${table} (org, id_key);
    CREATE UNIQUE INDEX ${table}_by_name_key ON ${table} (org, name_key);
    CREATE UNIQUE INDEX ${table}_by_external_key ON ${table} (org, external_key);
    CREATE INDEX ${table}_in_order ON ${table} (org, created_at, scim_id) WHERE scim_id IS NOT NULL;
  `,
);
// #endregion migration

/** A connection to the application's database. If the database is locked, it waits up to five seconds. */
export function connect(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA busy_timeout = 5000");
  return database;
}

/** Creates the file as it was before SCIM, with one user. */
export function makeApplication(file: string): void {
  const database = connect(file);
  database.exec(`PRAGMA journal_mode = WAL; ${BEFORE}`);
  database.exec("INSERT INTO users (org, login, full_name, is_enabled) VALUES ('acme', 'Grace', 'Grace Hopper', 1)");
  database.close();
}

/** Adds the columns. Existing users keep their names: no new user can get the same name. */
export function migrate(file: string): void {
  const database = connect(file);
  database.exec(`BEGIN; ${ADDED.join("")} ALTER TABLE group_members ADD COLUMN label TEXT;`);
  const setKey = database.prepare("UPDATE users SET name_key = ? WHERE user_id = ?");
  for (const { user_id, login } of database.prepare("SELECT user_id, login FROM users").all()) {
    setKey.run(foldString(String(login)), Number(user_id));
  }
  database.exec("COMMIT");
  database.close();
}
