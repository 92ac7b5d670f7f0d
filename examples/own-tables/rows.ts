/** Converts a resource to a row of the application's tables, and back. */
import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import { InvalidValueError } from "scimkit/errors";
import { foldString, type StoredResource, type UniqueValue } from "scimkit/storage";

/** A row as the driver reads it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** The table of a resource type, and the columns of its attributes. */
export interface TableLayout {
  readonly table: "users" | "groups";
  readonly rowId: "user_id" | "group_id";
  /** Attributes with their own column; all others are stored in `details`. The first column must have a value. */
  readonly columns: Readonly<Record<string, string>>;
  /** Unique attributes, and the columns with a unique index that store their keys. */
  readonly keys: Readonly<Record<string, string>>;
}

// #region layouts
const LAYOUTS: Readonly<Record<string, TableLayout>> = {
  User: {
    table: "users",
    rowId: "user_id",
    columns: { userName: "login", displayName: "full_name", active: "is_enabled" },
    keys: { userName: "name_key", externalId: "external_key" },
  },
  Group: {
    table: "groups",
    rowId: "group_id",
    columns: { displayName: "title" },
    keys: { displayName: "name_key", externalId: "external_key" },
  },
};
// #endregion layouts

/** The layout of a resource type. @throws {TypeError} for a type without a table */
export function layoutOf(type: string): TableLayout {
  const layout = LAYOUTS[type];
  if (layout === undefined) throw new TypeError(`There is no table for resources of the type ${type}`);
  return layout;
}

/** Whether a column can store a text: SQLite's driver cuts it off at U+0000 and replaces lone surrogates. */
export function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\u0000");
}

// #region toRow
/** The columns of a resource. @throws {InvalidValueError} for a text that a column cannot store */
export function toRow(layout: TableLayout, resource: StoredResource): Record<string, SQLInputValue> {
  const rest: Record<string, unknown> = { ...resource.attributes };
  const row: Record<string, SQLInputValue> = {
    scim_id: resource.id,
    id_key: foldString(resource.id),
    version: resource.version,
    created_at: resource.created,
    changed_at: resource.lastModified,
  };
  for (const [name, column] of Object.entries(layout.columns)) {
    const value = rest[name];
    row[column] = null;
    if (typeof value !== (column === "is_enabled" ? "boolean" : "string")) continue; // null: it stays in `details`
    row[column] = typeof value === "boolean" ? Number(value) : String(value);
    delete rest[name];
  }
  for (const column of Object.values(layout.keys)) row[column] = null;
  for (const { attribute, key } of resource.unique) {
    const column = layout.keys[attribute];
    if (column === undefined) throw new TypeError(`There is no unique index for ${attribute}`);
    row[column] = key;
  }
  for (const value of Object.values(row)) {
    if (typeof value === "string" && !isText(value)) throw new InvalidValueError("The database cannot store this text");
  }
  // JSON escapes U+0000 and lone surrogates, so `details` can store any text.
  return { ...row, details: JSON.stringify(rest) };
}
// #endregion toRow

/** Converts a row to a resource, without the attributes in `omit`. */
export function toResource(layout: TableLayout, row: Row, omit: readonly string[] = []): StoredResource {
  const attributes: Record<string, unknown> = JSON.parse(String(row.details));
  for (const [name, column] of Object.entries(layout.columns)) {
    const value = row[column];
    if (value !== null && value !== undefined) attributes[name] = column === "is_enabled" ? value === 1 : value;
  }
  for (const name of omit) delete attributes[name];
  const unique: UniqueValue[] = [];
  for (const [attribute, column] of Object.entries(layout.keys)) {
    const key = row[column];
    if (typeof key === "string") unique.push({ attribute, key });
  }
  return {
    id: String(row.scim_id),
    version: String(row.version),
    created: String(row.created_at),
    lastModified: String(row.changed_at),
    attributes,
    unique,
  };
}
