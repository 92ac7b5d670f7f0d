/** The tables of an application that had users and groups before it had SCIM, and what is added to them for it. */
import { DatabaseSync } from "node:sqlite";
import { foldString } from "scimkit/storage";

/** What the application has had for years. */
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
/** What SCIM needs beside: an id that is nobody's row number, a version, dates, and a place for all that has no column. */
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

/** A connection to the application's database. Who finds it locked waits for up to five seconds. */
export function connect(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA busy_timeout = 5000");
  return database;
}

/** Makes the file as it was before SCIM, with a user who was there already. */
export function makeApplication(file: string): void {
  const database = connect(file);
  database.exec(`PRAGMA journal_mode = WAL; ${BEFORE}`);
  database.exec("INSERT INTO users (org, login, full_name, is_enabled) VALUES ('acme', 'Grace', 'Grace Hopper', 1)");
  database.close();
}

/** Adds what SCIM needs. Users who were there keep their names: nobody else can be given them. */
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
