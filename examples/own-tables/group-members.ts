/** Memberships in the application's `group_members`, which can only contain existing users. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { InvalidValueError, NotFoundError, PreconditionFailedError } from "scimkit/errors";
import type {
  GroupRef,
  MemberChange,
  MemberOutcome,
  MemberPage,
  MemberRef,
  MemberStorage,
  Partition,
} from "scimkit/storage";
import { isText, type Row } from "./rows.ts";

/** Runs the work of one writer after the other. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** `MemberStorage` over `group_members`. */
export class GroupMembers implements MemberStorage {
  private readonly database: DatabaseSync;
  private readonly turns: Turns;
  private readonly isInside: boolean;

  /** `isInside`: whether the connection is in a transaction already. */
  constructor(database: DatabaseSync, turns: Turns, isInside: boolean) {
    this.database = database;
    this.turns = turns;
    this.isInside = isInside;
  }

  async page(
    { tenant }: Partition,
    groupId: string,
    { after, take }: { readonly after?: string; readonly take: number },
  ): Promise<MemberPage> {
    const rows = this.rows(
      `SELECT u.scim_id, m.label FROM groups g JOIN group_members m USING (group_id) JOIN users u USING (user_id)
       WHERE g.org = ? AND g.scim_id = ? AND u.scim_id > ? ORDER BY u.scim_id LIMIT ?`,
      [tenant, isText(groupId) ? groupId : null, after ?? "", take + 1],
    );
    const members = rows.slice(0, take).map(memberOf);
    const last = members.at(-1);
    return { members, ...(rows.length > take && last !== undefined ? { next: last.value } : {}) };
  }

  async change(partition: Partition, groupId: string, change: MemberChange): Promise<MemberOutcome> {
    const { work: _, ...data } = change; // it is not data, and cannot be copied
    const copy = structuredClone(data);
    return this.turns(async () => this.atomically(() => this.changeNow(partition.tenant, groupId, copy)));
  }

  async groupsOf(tenant: string, ids: readonly string[]): Promise<Map<string, GroupRef[]>> {
    const found = new Map<string, GroupRef[]>();
    for (const id of ids.filter(isText)) {
      const rows = this.rows(
        `SELECT g.scim_id, g.title FROM users u JOIN group_members m USING (user_id) JOIN groups g USING (group_id)
         WHERE u.org = ? AND u.scim_id = ? AND g.scim_id IS NOT NULL ORDER BY g.scim_id`,
        [tenant, id],
      );
      const groups = rows.map((row) => ({
        ...{ value: String(row.scim_id), display: String(row.title), type: "direct" as const },
      }));
      found.set(id, groups);
    }
    return found;
  }

  // #region changeNow
  private changeNow(org: string, groupId: string, change: MemberChange): MemberOutcome {
    const group = this.rowOf("groups", org, groupId);
    if (group === undefined) throw new NotFoundError();
    const { expectedVersion, next } = change;
    if (expectedVersion !== undefined && group.version !== expectedVersion) {
      throw new PreconditionFailedError(undefined, { expected: expectedVersion, actual: String(group.version) });
    }
    const unchanged: MemberOutcome = {
      added: [],
      removed: [],
      unknown: [],
      cyclic: [],
      version: String(group.version),
    };
    const added = new Map<string, { readonly userId: number; readonly member: MemberRef }>();
    const unknown: string[] = [];
    for (const { type = "User", ...member } of change.add) {
      const user = type === "User" ? this.rowOf("users", org, member.value) : undefined;
      if (user === undefined) unknown.push(member.value);
      else if (!this.isMember(group, user)) {
        added.set(member.value, { userId: Number(user.user_id), member: { ...member, type } });
      }
    }
    if (unknown.length > 0) {
      // The foreign key requires an existing user, so "accept" is impossible here.
      if (change.unknown === "accept") throw new InvalidValueError("No such user", { attribute: "members" });
      return { ...unchanged, unknown };
    }
    const leaving = [...new Set(change.remove)].map((id) => this.rowOf("users", org, id));
    const removed = leaving.filter((user) => user !== undefined).filter((user) => this.isMember(group, user));
    if (added.size + removed.length === 0) return unchanged;
    const join = this.database.prepare("INSERT INTO group_members (group_id, user_id, label) VALUES (?, ?, ?)");
    for (const { userId, member } of added.values()) join.run(Number(group.group_id), userId, labelOf(member));
    const leave = this.database.prepare("DELETE FROM group_members WHERE group_id = ? AND user_id = ?");
    for (const user of removed) leave.run(Number(group.group_id), Number(user.user_id));
    const renew = this.database.prepare("UPDATE groups SET version = ?, changed_at = ? WHERE group_id = ?");
    renew.run(next.version, next.lastModified, Number(group.group_id));
    return {
      ...unchanged,
      added: [...added.values()].map(({ member }) => member),
      removed: removed.map((user) => String(user.scim_id)),
      version: next.version,
    };
  }
  // #endregion changeNow

  // #region atomically
  /** Runs `work` in a transaction or savepoint: no other process writes meanwhile, and a failure is undone. */
  private atomically<T>(work: () => T): T {
    this.database.exec(this.isInside ? "SAVEPOINT change" : "BEGIN IMMEDIATE");
    try {
      const result = work();
      this.database.exec(this.isInside ? "RELEASE change" : "COMMIT");
      return result;
    } catch (error) {
      this.database.exec(this.isInside ? "ROLLBACK TO change; RELEASE change" : "ROLLBACK");
      throw error;
    }
  }
  // #endregion atomically

  private isMember(group: Row, user: Row): boolean {
    const sql = "SELECT 1 FROM group_members WHERE group_id = ? AND user_id = ?";
    return this.rows(sql, [Number(group.group_id), Number(user.user_id)]).length > 0;
  }

  private rowOf(table: "users" | "groups", org: string, id: string): Row | undefined {
    if (!isText(id)) return undefined;
    return this.rows(`SELECT * FROM ${table} WHERE org = ? AND scim_id = ?`, [org, id])[0];
  }

  private rows(sql: string, values: readonly SQLInputValue[]): Row[] {
    return this.database.prepare(sql).all(...values);
  }
}

/** As JSON, since a column cannot store every text of a label. */
function labelOf({ display }: MemberRef): string | null {
  return display === undefined ? null : JSON.stringify(display);
}

function memberOf(row: Row): MemberRef {
  const display = row.label === null ? {} : { display: JSON.parse(String(row.label)) };
  return { value: String(row.scim_id), type: "User", ...display };
}
