import * as z from "zod/mini";
import { jsonCodec } from "../../storage/state/codec.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import { type Entry, type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import type { Storage } from "../../storage/storage.ts";

const STATUSES = ["adding", "present", "removing", "deferred"] as const;

/** What is known of one membership at the service provider. */
export type MembershipStatus = (typeof STATUSES)[number];

/** A membership that was pushed, is being pushed, or would be pushed if its member had a link. */
export interface MembershipRow {
  readonly groupId: string;
  readonly memberId: string;
  /** The member's id at the service provider; none while the row is deferred. */
  readonly remoteMemberId?: string | undefined;
  /**
   * The group's id at the service provider when the row was written; if the group has another id now, the row says
   * nothing. None while the row is deferred.
   */
  readonly remoteGroupId?: string | undefined;
  readonly status: MembershipStatus;
  /** As it was read; undefined for a row that has not been written yet. */
  readonly version?: string;
}

type StoredRow = Omit<MembershipRow, "version">;

const PAGE = 500;

const ROWS: RecordKind<StoredRow> = {
  collection: "memberships",
  codec: jsonCodec<StoredRow>(
    z.object({
      groupId: z.string(),
      memberId: z.string(),
      remoteMemberId: z.optional(z.string()),
      remoteGroupId: z.optional(z.string()),
      status: z.enum(STATUSES),
    }),
  ),
};

/** The groups in which a member has rows; only the keys count. */
const BY_MEMBER: RecordKind<object> = { collection: "memberships-by-member", codec: jsonCodec(z.object({})) };

/** The collections of one transaction. */
interface Tables {
  readonly byGroup: Repository<StoredRow>;
  readonly byMember: Repository<object>;
}

/**
 * The memberships of one provider as rows (group, member). The rows say what was pushed. The application is not read,
 * since some applications never show members.
 */
export class MembershipRows {
  private readonly storage: Storage;
  private readonly owner: string;
  private readonly tables: Tables;

  /** `owner`: the provider's immutable id. */
  constructor(storage: Storage, owner: string) {
    this.storage = storage;
    this.owner = owner;
    this.tables = this.tablesOf(storage.state);
  }

  /** Rows of a group in the order of their members' ids. */
  async *ofGroup(groupId: string): AsyncGenerator<MembershipRow> {
    for await (const entry of this.tables.byGroup.each({ prefix: joinKey(groupId, "") })) yield rowOf(entry);
  }

  /** The groups that a member has rows in. */
  async groupsOf(memberId: string): Promise<string[]> {
    const prefix = joinKey(memberId, "");
    const groups: string[] = [];
    for await (const { key } of this.tables.byMember.each({ prefix })) groups.push(key.slice(prefix.length));
    return groups;
  }

  /** The rows of these members in one group, by member id. */
  async find(groupId: string, memberIds: readonly string[]): Promise<Map<string, MembershipRow>> {
    const entries = await this.tables.byGroup.getMany(memberIds.map((memberId) => joinKey(groupId, memberId)));
    return new Map([...entries.values()].map(rowOf).map((row) => [row.memberId, row]));
  }

  /** Writes some rows, and removes others if they were not written since they were read, all or nothing. */
  async write(put: readonly MembershipRow[], remove: readonly MembershipRow[]): Promise<void> {
    if (put.length === 0 && remove.length === 0) return;
    await this.storage.transaction(
      async (tx) => {
        const tables = this.tablesOf(tx.state);
        for (const row of put) await putRow(tables, row);
        for (const row of remove) await removeRow(tables, row);
      },
      { tenant: this.owner },
    );
  }

  /** Writes rows that will be sent, and returns them in the form that they must still have when they are confirmed. */
  async begin(rows: readonly MembershipRow[]): Promise<MembershipRow[]> {
    return this.storage.transaction(
      async (tx) => {
        const tables = this.tablesOf(tx.state);
        const begun: MembershipRow[] = [];
        for (const row of rows) begun.push({ ...row, version: await putRow(tables, row) });
        return begun;
      },
      { tenant: this.owner },
    );
  }

  /**
   * Writes the outcome of rows that were sent: added members now exist, removed members do not. If another process
   * wrote a row meanwhile, it is unknown whose request came last. The row records this, and the next sync sends it
   * again.
   */
  async confirm(begun: readonly MembershipRow[]): Promise<void> {
    await this.storage.transaction(
      async (tx) => {
        const tables = this.tablesOf(tx.state);
        for (const row of begun) {
          const now = await tables.byGroup.get(joinKey(row.groupId, row.memberId));
          const isOurs = now?.version === row.version;
          if (row.status !== "removing") await putRow(tables, { ...row, status: isOurs ? "present" : "adding" });
          else if (isOurs) await removeRow(tables, row);
          else if (now !== undefined) await putRow(tables, { ...row, status: "adding" });
        }
      },
      { tenant: this.owner },
    );
  }

  /**
   * Causes the memberships of a member to be pushed again, if they still exist: an application may have dropped them.
   */
  async pushAgain(memberId: string): Promise<void> {
    for (const groupId of await this.groupsOf(memberId)) {
      const row = (await this.find(groupId, [memberId])).get(memberId);
      if (row?.status === "present") await this.write([{ ...row, status: "adding" }], []);
    }
  }

  /** Removes the rows of a member that no longer exists at the service provider, or has another id there. */
  async forgetMember(memberId: string): Promise<void> {
    for (const groupId of await this.groupsOf(memberId)) {
      const row = (await this.find(groupId, [memberId])).get(memberId);
      if (row !== undefined) await this.write([], [row]);
    }
  }

  /** Removes the rows of a group that no longer exists at the service provider. */
  async forgetGroup(groupId: string): Promise<void> {
    const rows: MembershipRow[] = [];
    for await (const row of this.ofGroup(groupId)) rows.push(row);
    for (let start = 0; start < rows.length; start += PAGE) await this.write([], rows.slice(start, start + PAGE));
  }

  private tablesOf(state: StateStorage): Tables {
    return { byGroup: repository(state, ROWS, this.owner), byMember: repository(state, BY_MEMBER, this.owner) };
  }
}

async function putRow({ byGroup, byMember }: Tables, row: MembershipRow): Promise<string> {
  const { version: _, ...value } = row;
  const { groupId, memberId } = row;
  const { version } = await byGroup.put(joinKey(groupId, memberId), value, { expected: undefined });
  await byMember.put(joinKey(memberId, groupId), {}, { expected: undefined });
  return version;
}

async function removeRow({ byGroup, byMember }: Tables, { groupId, memberId, version }: MembershipRow): Promise<void> {
  if (!(await byGroup.delete(joinKey(groupId, memberId), version))) return;
  await byMember.delete(joinKey(memberId, groupId));
}

function rowOf({ value, version }: Entry<StoredRow>): MembershipRow {
  const { groupId, memberId, remoteMemberId, remoteGroupId, status } = value;
  return { groupId, memberId, remoteMemberId, remoteGroupId, status, version };
}
