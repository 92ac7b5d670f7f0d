/** The application's database: its customers, their users and groups, and who is in which group. */
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";

const TABLES = `
  CREATE TABLE IF NOT EXISTS customers (slug TEXT PRIMARY KEY, name TEXT NOT NULL, domain TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customers,
    login TEXT NOT NULL,
    full_name TEXT NOT NULL,
    is_enabled INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS groups (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customers,
    title TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS group_members (
    group_id TEXT NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
  );
  INSERT OR IGNORE INTO customers VALUES ('acme', 'Acme', 'acme.example'), ('globex', 'Globex', 'globex.example');
`;

/** SQLITE_BUSY: another connection writes. */
const BUSY = 5;
const RETRY_MS = 5;
const MAX_RETRIES = 1000;

/** A company that uses the application. */
export interface Customer {
  readonly slug: string;
  readonly name: string;
  /** The domain of its users' addresses. */
  readonly domain: string;
}

/** A row of `users`. */
export interface UserRow {
  readonly id: string;
  readonly login: string;
  readonly full_name: string;
  readonly is_enabled: number;
}

/** A group with the logins of its members. */
export interface GroupRow {
  readonly title: string;
  readonly logins: string;
}

/** The application's database and what its pages read from it. */
export class Tables {
  readonly database: DatabaseSync;
  private last: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.database = new DatabaseSync(file);
    this.database.exec("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 0");
    this.database.exec(TABLES);
  }

  customers(): Customer[] {
    return this.rows("SELECT * FROM customers ORDER BY name");
  }

  customer(slug: string): Customer | undefined {
    return this.rows<Customer>("SELECT * FROM customers WHERE slug = ?", slug)[0];
  }

  users({ slug }: Customer): UserRow[] {
    return this.rows("SELECT id, login, full_name, is_enabled FROM users WHERE customer = ? ORDER BY login", slug);
  }

  groups({ slug }: Customer): GroupRow[] {
    const sql = `SELECT title, coalesce(group_concat(login, ', ' ORDER BY login), '') AS logins FROM groups
      LEFT JOIN group_members ON group_id = groups.id LEFT JOIN users ON users.id = user_id
      WHERE groups.customer = ? GROUP BY groups.id ORDER BY title`;
    return this.rows(sql, slug);
  }

  // #region transaction
  /** Runs `work` in a transaction. Transactions of this connection wait for each other. */
  transaction<T>(work: (database: DatabaseSync) => Promise<T>): Promise<T> {
    const done = this.last.then(async () => {
      await this.begin();
      try {
        const result = await work(this.database);
        this.database.exec("COMMIT");
        return result;
      } catch (error) {
        this.database.exec("ROLLBACK");
        throw error;
      }
    });
    this.last = done.catch(() => undefined);
    return done;
  }

  /** Waits without blocking the process: the other connection that writes may be one of this process. */
  private async begin(retriesLeft = MAX_RETRIES): Promise<void> {
    try {
      this.database.exec("BEGIN IMMEDIATE");
    } catch (error) {
      if (retriesLeft === 0 || (error as { errcode?: number }).errcode !== BUSY) throw error;
      await wait(RETRY_MS);
      await this.begin(retriesLeft - 1);
    }
  }
  // #endregion transaction

  close(): void {
    this.database.close();
  }

  private rows<T>(sql: string, ...values: string[]): T[] {
    return this.database.prepare(sql).all(...values) as T[];
  }
}
