import { DatabaseSync } from "node:sqlite";
import type {
  AdoptionOptions,
  DeliveryContext,
  MappedGroup,
  MappedUser,
  MemberDelta,
  SourceDirectory,
} from "scimkit/source";
import type { Storage } from "scimkit/storage";
import type { Stop } from "./stopping.ts";

/** Runs a statement with `?` for values; returns its rows. */
type Run = (sql: string, ...values: (string | number)[]) => Promise<Record<string, unknown>[]>;

/** What pg's client or node:sqlite's connection is: told apart by their methods. */
type Connection =
  | { query(sql: string, values: unknown[]): Promise<{ rows: Record<string, unknown>[] }> }
  | Pick<DatabaseSync, "prepare">;

const TABLES = [
  "CREATE TABLE accounts (scim_id TEXT PRIMARY KEY, own_id TEXT NOT NULL, login TEXT NOT NULL, title TEXT, active INTEGER)",
  "CREATE TABLE teams (scim_id TEXT PRIMARY KEY, own_id TEXT NOT NULL, name TEXT NOT NULL)",
  "CREATE TABLE team_members (team TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (team, account))",
  "CREATE TABLE sessions (account TEXT NOT NULL)",
];

function runOn(connection: Connection): Run {
  return async (sql, ...values) => {
    if ("prepare" in connection) return connection.prepare(sql).all(...values);
    let count = 0;
    const numbered = sql.replaceAll("?", () => {
      count += 1;
      return `$${count}`;
    });
    return (await connection.query(numbered, values)).rows;
  };
}

/** What the tables hold. */
export interface AccountTables {
  readonly users: Readonly<Record<string, object>>;
  readonly groups: Readonly<Record<string, object>>;
  readonly ownIds: Readonly<Record<string, string>>;
  readonly sessions: readonly string[];
}

/**
 * The users and groups of an application, in tables of its own: in a database of its own, or, with `storage`, in that of
 * the storage. Its rows have ids of its own, which it returns.
 */
export class Accounts implements SourceDirectory {
  /** How often `revokeSessions` fails from now on. */
  failures = 0;
  private readonly storage: Storage | undefined;
  private readonly own: Run = runOn(new DatabaseSync(":memory:"));
  private next = 0;
  private readonly isShared: boolean;

  constructor(storage?: Storage) {
    this.storage = storage;
    this.isShared = storage !== undefined;
  }

  async create(): Promise<this> {
    await this.within(async (run) => {
      // The databases of tests have one schema for tables that are not a storage's.
      for (const table of TABLES) await run(`DROP TABLE IF EXISTS ${table.split(" ")[2]}`);
      for (const table of TABLES) await run(table);
    });
    return this;
  }

  async saveUser(user: MappedUser, context: DeliveryContext): Promise<{ id: string }> {
    this.next += 1;
    const run = this.runFor(context);
    const { id, userName, title = "", active } = user;
    if (context.event === "adopted") {
      await run("UPDATE accounts SET scim_id = ? WHERE own_id = ?", id, String(context.applicationId));
    }
    const [row] = await run(
      `INSERT INTO accounts VALUES (?, ?, ?, ?, ?) ON CONFLICT (scim_id) DO UPDATE
       SET login = excluded.login, title = excluded.title, active = excluded.active RETURNING own_id`,
      ...[id, `account ${this.next}`, userName, title, active ? 1 : 0],
    );
    return { id: String(row?.own_id) };
  }

  async removeUser(id: string, context: DeliveryContext): Promise<void> {
    const run = this.runFor(context);
    await run("DELETE FROM team_members WHERE account = ?", id);
    await run("DELETE FROM accounts WHERE scim_id = ?", id);
  }

  async saveGroup({ id, displayName }: MappedGroup, context: DeliveryContext): Promise<{ id: string }> {
    this.next += 1;
    const [row] = await this.runFor(context)(
      "INSERT INTO teams VALUES (?, ?, ?) ON CONFLICT (scim_id) DO UPDATE SET name = excluded.name RETURNING own_id",
      ...[id, `team ${this.next}`, displayName],
    );
    return { id: String(row?.own_id) };
  }

  async removeGroup(id: string, context: DeliveryContext): Promise<void> {
    const run = this.runFor(context);
    await run("DELETE FROM team_members WHERE team = ?", id);
    await run("DELETE FROM teams WHERE scim_id = ?", id);
  }

  async changeMembers(id: string, { added, removed }: MemberDelta, context: DeliveryContext): Promise<void> {
    const run = this.runFor(context);
    for (const { value } of added)
      await run("INSERT INTO team_members VALUES (?, ?) ON CONFLICT DO NOTHING", id, value);
    for (const value of removed) await run("DELETE FROM team_members WHERE team = ? AND account = ?", id, value);
  }

  /** Adds an account that no source has made. Its id is also its `externalId`. */
  async addOwn(ownId: string, login: string): Promise<void> {
    await this.within((run) =>
      run("INSERT INTO accounts VALUES (?, ?, ?, ?, 1)", `none: ${ownId}`, ownId, login, "old"),
    );
  }

  /** The rule that adopts an account by its `externalId`. */
  readonly find: AdoptionOptions["find"] = async ({ externalId }) => {
    if (externalId === undefined) return undefined;
    const [row] = await this.within((run) => run("SELECT * FROM accounts WHERE own_id = ?", externalId));
    const attributes = { userName: String(row?.login), externalId };
    return row && { id: externalId, tenant: "test", evidence: { by: "externalId" }, attributes };
  };

  /** Sessions live in another system, whatever the delivery. */
  async revokeSessions(id: string): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error("the sessions cannot be reached");
    }
    await this.within((run) => run("DELETE FROM sessions WHERE account = ?", id));
  }

  async logIn(id: string): Promise<void> {
    await this.within((run) => run("INSERT INTO sessions VALUES (?)", id));
  }

  read(): Promise<AccountTables> {
    return this.within(async (run) => {
      const [accounts, teams] = [await run("SELECT * FROM accounts"), await run("SELECT * FROM teams")];
      const members = await run("SELECT * FROM team_members ORDER BY account");
      const of = (team: unknown): unknown[] => members.filter((row) => row.team === team).map(({ account }) => account);
      return {
        users: Object.fromEntries(
          accounts.map(({ scim_id, login, title, active }) => [scim_id, { login, title, active: active === 1 }]),
        ),
        groups: Object.fromEntries(teams.map(({ scim_id, name }) => [scim_id, { name, members: of(scim_id) }])),
        ownIds: Object.fromEntries([...accounts, ...teams].map(({ scim_id, own_id }) => [scim_id, String(own_id)])),
        sessions: (await run("SELECT * FROM sessions")).map(({ account }) => String(account)),
      };
    });
  }

  private within<T>(use: (run: Run) => Promise<T>): Promise<T> {
    const { storage } = this;
    if (storage === undefined) return use(this.own);
    return storage.transaction((tx) => use(runOn(storage.connectionOf?.(tx) as Connection)));
  }

  /** The connection of the transaction in which it is called. */
  private runFor({ tx }: DeliveryContext): Run {
    return this.isShared ? runOn(tx as Connection) : this.own;
  }
}

/** The same directory in a process that can be killed before and after each call. */
export function stoppingAccounts(accounts: Accounts, stop: Stop): SourceDirectory {
  const stepped =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      stop.step();
      const result = await call(...args);
      stop.step();
      return result;
    };
  return {
    saveUser: stepped((user: MappedUser, context: DeliveryContext) => accounts.saveUser(user, context)),
    removeUser: stepped((id: string, context: DeliveryContext) => accounts.removeUser(id, context)),
    saveGroup: stepped((group: MappedGroup, context: DeliveryContext) => accounts.saveGroup(group, context)),
    removeGroup: stepped((id: string, context: DeliveryContext) => accounts.removeGroup(id, context)),
    changeMembers: stepped((id: string, delta: MemberDelta, context: DeliveryContext) =>
      accounts.changeMembers(id, delta, context),
    ),
    revokeSessions: stepped((id: string) => accounts.revokeSessions(id)),
  };
}
