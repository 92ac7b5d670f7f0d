/** How users and groups of an identity provider get into the tables of the application. */
import type { DatabaseSync } from "node:sqlite";
import { ScimError, type SourceDirectory } from "scimkit";

/** Writes users and groups of a customer. All methods write in the transaction of the request. */
export function directoryOf(customer: string): SourceDirectory {
  return {
    async saveUser({ id, userName, displayName, active }, { tx }) {
      const sql = `INSERT INTO users VALUES (?, ?, ?, ?, ?) ON CONFLICT (id)
        DO UPDATE SET login = excluded.login, full_name = excluded.full_name, is_enabled = excluded.is_enabled`;
      run(tx, sql, id, customer, userName, displayName, active ? 1 : 0);
    },
    async removeUser(id, { tx }) {
      run(tx, "DELETE FROM users WHERE id = ? AND customer = ?", id, customer);
    },
    async saveGroup({ id, displayName }, { tx }) {
      const sql = "INSERT INTO groups VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET title = excluded.title";
      run(tx, sql, id, customer, displayName);
    },
    async removeGroup(id, { tx }) {
      run(tx, "DELETE FROM groups WHERE id = ? AND customer = ?", id, customer);
    },
    async changeMembers(groupId, { added, removed }, { tx }) {
      for (const { value, type } of added) {
        if (type !== "User") throw new ScimError("Members of a group must be users", { status: 400 });
        run(tx, "INSERT OR IGNORE INTO group_members VALUES (?, ?)", groupId, value);
      }
      for (const id of removed) run(tx, "DELETE FROM group_members WHERE group_id = ? AND user_id = ?", groupId, id);
    },
  };
}

function run(tx: unknown, sql: string, ...values: (string | number)[]): void {
  (tx as DatabaseSync).prepare(sql).run(...values);
}
