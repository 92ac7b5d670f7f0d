/** The minimum that a SCIM server needs over an application's tables: five methods. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { PreconditionFailedError, UniquenessError } from "scimkit/errors";
import type { ListQuery, Page, Partition, ResourceStorage, StorageCapabilities, StoredResource } from "scimkit/storage";
import { isText, layoutOf, type Row, type TableLayout, toResource, toRow } from "./rows.ts";

/** Opens a connection to the application's database. */
export type Connect = () => DatabaseSync;

/** Users and groups in the application's tables. Without `members`, members are an attribute of the group. */
export class FiveMethods implements ResourceStorage {
  // #region capabilities
  readonly capabilities: StorageCapabilities = {
    filter: () => false, // the library reads page by page and filters itself
    sort: () => false,
    cursor: false, // pages are found by `skip`
    uniqueness: true, // the only capability that is required
    members: false,
    transactions: false,
  };
  // #endregion capabilities
  protected readonly database: DatabaseSync;

  constructor(connect: Connect) {
    this.database = connect();
  }

  // #region insert
  async insert({ tenant, type }: Partition, resource: StoredResource): Promise<void> {
    const layout = layoutOf(type);
    const row: Record<string, SQLInputValue> = { org: tenant, ...toRow(layout, resource) };
    const columns = Object.keys(row);
    const places = columns.map(() => "?").join(", ");
    this.write(layout, `INSERT INTO ${layout.table} (${columns.join(", ")}) VALUES (${places})`, Object.values(row));
  }
  // #endregion insert

  async find({ tenant, type }: Partition, id: string, options?: { readonly omit?: readonly string[] }) {
    const layout = layoutOf(type);
    const row = this.rowOf(layout, tenant, id);
    return row && toResource(layout, row, options?.omit);
  }

  // #region replace
  async replace({ tenant, type }: Partition, resource: StoredResource, expectedVersion: string): Promise<void> {
    const layout = layoutOf(type);
    const { scim_id, created_at: _, ...row } = isText(resource.id) ? toRow(layout, resource) : { scim_id: null };
    const set = Object.keys(row).map((column) => `${column} = ?`);
    const sql = `UPDATE ${layout.table} SET ${set.join(", ")} WHERE org = ? AND scim_id = ? AND version = ?`;
    // One statement compares and writes: if two writers have the same version, only one of them changes a row.
    const changed =
      scim_id === null ? 0 : this.write(layout, sql, [...Object.values(row), tenant, resource.id, expectedVersion]);
    if (changed === 0) throw this.conflict(layout, tenant, resource.id, expectedVersion);
  }
  // #endregion replace

  async remove({ tenant, type }: Partition, id: string, expectedVersion?: string): Promise<boolean> {
    const layout = layoutOf(type);
    if (!isText(id)) return false;
    const atVersion = expectedVersion === undefined ? "" : " AND version = ?";
    const values = [tenant, id, ...(expectedVersion === undefined ? [] : [expectedVersion])];
    if (this.write(layout, `DELETE FROM ${layout.table} WHERE org = ? AND scim_id = ?${atVersion}`, values) > 0) {
      return true;
    }
    if (expectedVersion === undefined || this.rowOf(layout, tenant, id) === undefined) return false;
    throw this.conflict(layout, tenant, id, expectedVersion);
  }

  // #region list
  async list({ tenant, type }: Partition, query: ListQuery): Promise<Page> {
    const layout = layoutOf(type);
    // A row without `scim_id` was not created by SCIM and is not visible to it.
    const from = `FROM ${layout.table} WHERE org = ? AND scim_id IS NOT NULL`;
    const rows = this.rows(`SELECT * ${from} ORDER BY created_at, scim_id LIMIT ? OFFSET ?`, [
      tenant,
      query.take,
      query.skip ?? 0,
    ]);
    const [counted] = query.count ? this.rows(`SELECT count(*) AS total ${from}`, [tenant]) : [];
    return {
      resources: rows.map((row) => toResource(layout, row, query.omit)),
      ...(counted === undefined ? {} : { total: Number(counted.total) }),
    };
  }
  // #endregion list

  close(): void {
    this.database.close();
  }

  protected rows(sql: string, values: readonly SQLInputValue[]): Row[] {
    return this.database.prepare(sql).all(...values);
  }

  protected rowOf(layout: TableLayout, org: string, id: string): Row | undefined {
    if (!isText(id)) return undefined;
    return this.rows(`SELECT * FROM ${layout.table} WHERE org = ? AND scim_id = ?`, [org, id])[0];
  }

  protected conflict(layout: TableLayout, org: string, id: string, expected: string): PreconditionFailedError {
    const actual = this.rowOf(layout, org, id)?.version;
    return new PreconditionFailedError(undefined, {
      expected,
      ...(actual === undefined ? {} : { actual: String(actual) }),
    });
  }

  // #region unique
  /** Returns how many rows changed. @throws {UniquenessError} for the attribute of a unique index */
  protected write(layout: TableLayout, sql: string, values: readonly SQLInputValue[]): number {
    try {
      return Number(this.database.prepare(sql).run(...values).changes);
    } catch (error) {
      const column = /UNIQUE constraint failed: .*\.(\w+)$/.exec(error instanceof Error ? error.message : "")?.[1];
      if (column === undefined) throw error;
      const attribute = Object.entries(layout.keys).find(([, key]) => key === column)?.[0];
      throw new UniquenessError(`${attribute ?? "id"} is already in use`, { attribute, cause: error });
    }
  }
  // #endregion unique
}
