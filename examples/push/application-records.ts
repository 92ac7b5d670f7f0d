import { DatabaseSync } from "node:sqlite";

/** A user or group as the application keeps it. */
export interface ApplicationRecord {
  readonly id: string;
  readonly meta: { readonly created: string; readonly lastModified: string };
  readonly [attribute: string]: unknown;
}

/** The application's own users or groups: all of them in memory, each written to its file before the response is sent. */
export interface ApplicationRecords {
  get(id: string): ApplicationRecord | undefined;
  all(): ApplicationRecord[];
  save(record: ApplicationRecord): void;
  remove(id: string): boolean;
}

/** Everything the application keeps. */
export interface ApplicationFile {
  readonly users: ApplicationRecords;
  readonly groups: ApplicationRecords;
  close(): void;
}

/** Opens the application's file and reads what is in it. */
export function openFile(file: string): ApplicationFile {
  const database = new DatabaseSync(file);
  database.exec("pragma journal_mode = wal; pragma synchronous = normal");
  return { users: openTable(database, "users"), groups: openTable(database, "groups"), close: () => database.close() };
}

function openTable(database: DatabaseSync, table: "users" | "groups"): ApplicationRecords {
  database.exec(`create table if not exists ${table} (id text primary key, record text not null)`);
  const put = database.prepare(
    `insert into ${table} (id, record) values (?, ?) on conflict (id) do update set record = excluded.record`,
  );
  const drop = database.prepare(`delete from ${table} where id = ?`);
  const rows = database.prepare(`select record from ${table} order by rowid`).all();
  const records = new Map<string, ApplicationRecord>();
  for (const { record } of rows) {
    const read = JSON.parse(String(record)) as ApplicationRecord;
    records.set(read.id, read);
  }
  return {
    get: (id) => records.get(id),
    all: () => [...records.values()],
    save: (record) => {
      put.run(record.id, JSON.stringify(record));
      records.set(record.id, record);
    },
    remove: (id) => {
      drop.run(id);
      return records.delete(id);
    },
  };
}
