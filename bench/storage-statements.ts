import type { StoredResource } from "scimkit/storage";

const COLUMNS = "r.id, r.version, r.created, r.last_modified, r.attributes, r.unique_values";
const RESOURCES = "scimkit_resources r";
const IN_PARTITION = "r.tenant = ? AND r.type = ?";
/** A page of a hundred, and one more to see whether there is another. */
export const PAGE = "ORDER BY r.created, r.id LIMIT 101";

/**
 * What one would write by hand for the same tables, for both databases; values are written as `?`. CROSS JOIN, since
 * SQLite would otherwise walk all users in order rather than sort a few.
 */
export const READS = Object.freeze({
  byId: `SELECT ${COLUMNS} FROM ${RESOURCES} WHERE ${IN_PARTITION} AND r.id = ?`,
  byUnique: `SELECT ${COLUMNS} FROM scimkit_unique_values u
    JOIN ${RESOURCES} ON r.tenant = u.tenant AND r.type = u.type AND r.id = u.resource_id
    WHERE u.tenant = ? AND u.type = ? AND u.attribute = ? AND u.key = ?`,
  byIndexed: `SELECT ${COLUMNS} FROM scimkit_indexed_values v
    CROSS JOIN ${RESOURCES} WHERE r.tenant = v.tenant AND r.type = v.type AND r.id = v.resource_id
    AND v.tenant = ? AND v.type = ? AND v.path = ? AND v.key = ?`,
  modified: `SELECT ${COLUMNS} FROM ${RESOURCES} WHERE ${IN_PARTITION} AND r.modified_instant > ? ${PAGE}`,
  inGroup: `SELECT ${COLUMNS} FROM scimkit_memberships m
    CROSS JOIN ${RESOURCES} WHERE r.tenant = m.tenant AND r.type = 'User' AND r.id = m.member_value
    AND m.tenant = ? AND m.group_id = ? ${PAGE}`,
  ofMember: `SELECT ${COLUMNS} FROM scimkit_memberships m
    CROSS JOIN ${RESOURCES} WHERE r.tenant = m.tenant AND r.type = 'Group' AND r.id = m.group_id
    AND m.tenant = ? AND m.member_value = ? ${PAGE}`,
  firstPage: `SELECT ${COLUMNS} FROM ${RESOURCES} WHERE ${IN_PARTITION} ${PAGE}`,
  pageBehind: `SELECT ${COLUMNS} FROM ${RESOURCES} WHERE ${IN_PARTITION} AND (r.created, r.id) > (?, ?) ${PAGE}`,
  members: `SELECT member_value, member_type, display FROM scimkit_memberships
    WHERE tenant = ? AND group_type = ? AND group_id = ? AND member_value > ? ORDER BY member_value LIMIT 101`,
  count: `SELECT count(*) AS total FROM ${RESOURCES} WHERE ${IN_PARTITION}`,
});

export const WRITES = Object.freeze({
  addMember: `INSERT INTO scimkit_memberships
    (tenant, group_type, group_id, group_folded, member_value, member_folded, member_type, resource_type)
    VALUES (?, ?, ?, ?, ?, ?, 'User', 'User')`,
  removeMember:
    "DELETE FROM scimkit_memberships WHERE tenant = ? AND group_type = ? AND group_id = ? AND member_value = ?",
  changeGroup: `UPDATE scimkit_resources SET version = ?, last_modified = ?, modified_instant = ?
    WHERE tenant = ? AND type = ? AND id = ?`,
});

/** The same shape as the storage gives. */
export function resourcesOf(rows: readonly Record<string, unknown>[]): StoredResource[] {
  return rows.slice(0, 100).map((row) => ({
    id: String(row.id),
    version: String(row.version),
    created: String(row.created),
    lastModified: String(row.last_modified),
    attributes: JSON.parse(String(row.attributes)),
    unique: JSON.parse(String(row.unique_values)),
  }));
}
