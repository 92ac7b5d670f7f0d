/** The five methods with all optional parts: filters by index, cursors, members, transactions. */
import type { SQLInputValue } from "node:sqlite";
import { InvalidValueError } from "scimkit/errors";
import type { ListQuery, Page, Partition, StorageCapabilities, StoredResource } from "scimkit/storage";
import { conditionOf } from "./filters.ts";
import { type Connect, FiveMethods } from "./five-methods.ts";
import { GroupMembers } from "./group-members.ts";
import { isText, layoutOf, type Row, toResource } from "./rows.ts";

/** An application's users and groups with all capabilities of a storage. */
export class OwnTables extends FiveMethods {
  // #region capabilities
  override readonly capabilities: StorageCapabilities = {
    filter: (filter) => ["User", "Group"].some((type) => conditionOf(layoutOf(type), "", filter) !== undefined),
    sort: () => false,
    cursor: true,
    idOrder: true,
    uniqueness: true,
    members: true,
    transactions: true,
  };
  // #endregion capabilities
  readonly members: GroupMembers;
  private readonly connect: Connect;
  private readonly isInside: boolean;
  private last: Promise<unknown> = Promise.resolve();

  constructor(connect: Connect, isInside = false) {
    super(connect);
    this.connect = connect;
    this.isInside = isInside;
    this.members = new GroupMembers(this.database, (work) => this.inTurn(work), isInside);
  }

  override async insert(partition: Partition, resource: StoredResource): Promise<void> {
    const copy = structuredClone(resource);
    return this.inTurn(() => super.insert(partition, copy));
  }

  override async replace(partition: Partition, resource: StoredResource, expectedVersion: string): Promise<void> {
    const copy = structuredClone(resource);
    return this.inTurn(() => super.replace(partition, copy, expectedVersion));
  }

  override async remove(partition: Partition, id: string, expectedVersion?: string): Promise<boolean> {
    return this.inTurn(() => super.remove(partition, id, expectedVersion));
  }

  // #region list
  override async list({ tenant, type }: Partition, query: ListQuery): Promise<Page> {
    const layout = layoutOf(type);
    const filter = query.filter && conditionOf(layout, tenant, query.filter);
    if (query.filter !== undefined && filter === undefined) throw new TypeError("See capabilities.filter");
    const matching = `org = ? AND scim_id IS NOT NULL AND ${filter?.sql ?? "TRUE"}`;
    const values: SQLInputValue[] = [tenant, ...(filter?.values ?? [])];
    const order = query.order === "id" ? "scim_id" : "created_at, scim_id";
    const place = query.after === undefined ? [] : placeOf(query.after, query.order);
    const behind = place.length === 0 ? "TRUE" : `(${order}) > (${place.map(() => "?").join(", ")})`;
    const rows = this.rows(
      `SELECT * FROM ${layout.table} WHERE ${matching} AND ${behind} ORDER BY ${order} LIMIT ? OFFSET ?`,
      [...values, ...place, query.take === 0 ? 0 : query.take + 1, query.skip ?? 0],
    );
    const resources = rows.slice(0, query.take).map((row) => toResource(layout, row, query.omit));
    const last = resources.at(-1);
    const total = query.count
      ? this.rows(`SELECT count(*) AS total FROM ${layout.table} WHERE ${matching}`, values)[0]?.total
      : undefined;
    return {
      resources,
      ...(last !== undefined && rows.length > query.take ? { next: cursorOf(last, query.order) } : {}),
      ...(total === undefined ? {} : { total: Number(total) }),
    };
  }
  // #endregion list

  // #region transaction
  /** Uses its own connection, so that others do not see uncommitted writes. Other writers wait until it ends. */
  async transaction<T>(run: (tx: OwnTables) => Promise<T>): Promise<T> {
    if (this.isInside) throw new TypeError("Transactions are not nested");
    return this.inTurn(async () => {
      const tx = new OwnTables(this.connect, true);
      try {
        tx.database.exec("BEGIN IMMEDIATE");
        const result = await run(tx);
        tx.database.exec("COMMIT");
        return result;
      } finally {
        tx.close(); // undoes what was not committed
      }
    });
  }
  // #endregion transaction

  /** Reads the table as the application does. */
  usersNamed(login: string): Row[] {
    return this.rows("SELECT org, login, full_name, details, scim_id FROM users WHERE login = ?", [login]);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}

function cursorOf(last: StoredResource, order: ListQuery["order"]): string {
  return order === "id" ? last.id : JSON.stringify([last.created, last.id]);
}

/** Reads a cursor. @throws {InvalidValueError} for a text that is not a cursor */
function placeOf(cursor: string, order: ListQuery["order"]): string[] {
  if (order === "id") return [cursor.toWellFormed()];
  let place: unknown;
  try {
    place = JSON.parse(cursor);
  } catch {
    place = undefined;
  }
  const parts = Array.isArray(place) ? place : [];
  if (parts.length === 2 && parts.every((part) => typeof part === "string" && isText(part))) return parts;
  throw new InvalidValueError("This is not a cursor");
}
