import type { StateRecord, StateStorage, Storage } from "../../storage/storage.ts";

/** What is known of one membership at the service provider. */
export type MembershipStatus = "adding" | "present" | "removing" | "deferred";

/** A membership that we pushed, are pushing, or would push if its member had a link. */
export interface MembershipRow {
  readonly groupId: string;
  readonly memberId: string;
  /** The member's id at the service provider; none while the row is deferred. */
  readonly remoteMemberId: string | undefined;
  /** The group's id there when the row was written: for another one it says nothing. None while the row is deferred. */
  readonly remoteGroupId: string | undefined;
  readonly status: MembershipStatus;
  /** As it was read; undefined for a row that is to be written. */
  readonly version?: string;
}

const PAGE = 500;

/**
 * The memberships of one provider as rows (group, member). They are the truth of what was pushed: the application is not
 * asked, since some never show their members.
 */
export class MembershipRows {
  private readonly storage: Storage;
  private readonly byGroup: string;
  private readonly byMember: string;

  constructor(storage: Storage, provider: string) {
    this.storage = storage;
    this.byGroup = `memberships:${provider}`;
    this.byMember = `memberships-by-member:${provider}`;
  }

  /** Rows of a group in the order of their members' ids. */
  async *ofGroup(groupId: string): AsyncGenerator<MembershipRow> {
    for await (const record of this.scan(this.byGroup, prefixOf(groupId))) yield rowOf(record);
  }

  /** The groups that a member has rows in. */
  async groupsOf(memberId: string): Promise<string[]> {
    const groups: string[] = [];
    for await (const record of this.scan(this.byMember, prefixOf(memberId)))
      groups.push(record.key.slice(prefixOf(memberId).length));
    return groups;
  }

  /** The rows of these members in one group, by member id. */
  async find(groupId: string, memberIds: readonly string[]): Promise<Map<string, MembershipRow>> {
    const records = await this.storage.state.get(
      this.byGroup,
      memberIds.map((memberId) => prefixOf(groupId) + memberId),
    );
    return new Map([...records.values()].map(rowOf).map((row) => [row.memberId, row]));
  }

  /** Writes rows, and removes others that have not been written since they were read, as one. */
  async write(put: readonly MembershipRow[], remove: readonly MembershipRow[]): Promise<void> {
    if (put.length === 0 && remove.length === 0) return;
    await this.storage.transaction(async (tx) => {
      for (const row of put) await this.put(tx.state, row);
      for (const row of remove) await this.remove(tx.state, row);
    });
  }

  /** Writes rows that are about to be sent, and gives them back as they must still be when they are confirmed. */
  async begin(rows: readonly MembershipRow[]): Promise<MembershipRow[]> {
    return this.storage.transaction(async (tx) => {
      const begun: MembershipRow[] = [];
      for (const row of rows) begun.push({ ...row, version: await this.put(tx.state, row) });
      return begun;
    });
  }

  /**
   * Writes what became of rows that were sent: those to be added are there, those to be removed are not. Where another
   * process wrote meanwhile, nobody knows whose request came last: the row says so, and the next pass sends it again.
   */
  async confirm(begun: readonly MembershipRow[]): Promise<void> {
    await this.storage.transaction(async (tx) => {
      for (const row of begun) {
        const key = prefixOf(row.groupId) + row.memberId;
        const now = (await tx.state.get(this.byGroup, [key])).get(key);
        if (row.status === "removing") {
          if (now?.version === row.version) await this.remove(tx.state, row);
          else if (now !== undefined) await this.put(tx.state, { ...row, status: "adding" });
        } else {
          await this.put(tx.state, { ...row, status: now?.version === row.version ? "present" : "adding" });
        }
      }
    });
  }

  /** Has the memberships of a member pushed again, where they still hold: an application may have dropped them. */
  async pushAgain(memberId: string): Promise<void> {
    for (const groupId of await this.groupsOf(memberId)) {
      const row = (await this.find(groupId, [memberId])).get(memberId);
      if (row?.status === "present") await this.write([{ ...row, status: "adding" }], []);
    }
  }

  /** Forgets the rows of a member that is gone at the service provider, or has another id there. */
  async forgetMember(memberId: string): Promise<void> {
    for (const groupId of await this.groupsOf(memberId)) {
      const row = (await this.find(groupId, [memberId])).get(memberId);
      if (row !== undefined) await this.write([], [row]);
    }
  }

  /** Forgets the rows of a group that is gone at the service provider. */
  async forgetGroup(groupId: string): Promise<void> {
    const rows: MembershipRow[] = [];
    for await (const row of this.ofGroup(groupId)) rows.push(row);
    for (let start = 0; start < rows.length; start += PAGE) await this.write([], rows.slice(start, start + PAGE));
  }

  private async put(state: StateStorage, row: MembershipRow): Promise<string> {
    const { groupId, memberId, remoteMemberId, remoteGroupId, status } = row;
    const value = {
      groupId,
      memberId,
      status,
      ...(remoteMemberId === undefined ? {} : { remoteMemberId }),
      ...(remoteGroupId === undefined ? {} : { remoteGroupId }),
    };
    const { version } = await state.put(this.byGroup, prefixOf(groupId) + memberId, value, { expected: undefined });
    await state.put(this.byMember, prefixOf(memberId) + groupId, {}, { expected: undefined });
    return version;
  }

  private async remove(state: StateStorage, { groupId, memberId, version }: MembershipRow): Promise<void> {
    if (!(await state.delete(this.byGroup, prefixOf(groupId) + memberId, version))) return;
    await state.delete(this.byMember, prefixOf(memberId) + groupId);
  }

  private async *scan(collection: string, prefix: string): AsyncGenerator<StateRecord> {
    let after: string | undefined;
    for (;;) {
      const bounds = { from: prefix, to: `${prefix}\u{10ffff}`, take: PAGE };
      const records = await this.storage.state.scan(collection, after === undefined ? bounds : { ...bounds, after });
      yield* records;
      after = records.at(-1)?.key;
      if (after === undefined || records.length < PAGE) return;
    }
  }
}

function rowOf(record: StateRecord): MembershipRow {
  const { groupId, memberId, remoteMemberId, remoteGroupId, status } = record.value as unknown as MembershipRow;
  return { groupId, memberId, remoteMemberId, remoteGroupId, status, version: record.version };
}

/** Ends at the first slash, whatever the id holds; what follows keeps its order. */
function prefixOf(id: string): string {
  return `${encodeURIComponent(id)}/`;
}
