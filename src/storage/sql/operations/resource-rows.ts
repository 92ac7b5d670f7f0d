import { InvalidValueError } from "../../../errors/request-errors.ts";
import { isText } from "../../../schema/attributes/scalar.ts";
import { instantOf } from "../../../values/instant.ts";
import { splitUrn } from "../../../values/split-urn.ts";
import { numberKey } from "../../driver/order-key.ts";
import type { Partition, StoredResource } from "../../stored-resource.ts";
import { type IndexedValue, indexedValues } from "../engine/indexed-values.ts";
import { searchDocument } from "../engine/search-document.ts";
import type { SqlStatements } from "../engine/session.ts";
import type { ResourceRow } from "../engine/tables.ts";

/** The columns from which a resource is read, by name. */
export const RESOURCE_COLUMNS = ["id", "version", "created", "last_modified", "attributes", "unique_values"] as const;

/** The columns from which a resource is read. */
export type ResourceData = Pick<ResourceRow, (typeof RESOURCE_COLUMNS)[number]>;

/** A resource as it is written: its row, and its values in the index. */
export interface WrittenResource {
  readonly row: ResourceRow;
  readonly indexed: readonly IndexedValue[];
}

/**
 * A resource as it is written, with everything that filters use.
 *
 * @throws {InvalidValueError} for text that is not well-formed Unicode or contains U+0000, naming the attribute: no
 * database could compare it
 */
export function writtenResource(sql: SqlStatements, partition: Partition, resource: StoredResource): WrittenResource {
  const { id, version, created, lastModified, attributes, unique } = resource;
  checkTexts(attributes, "");
  const row: ResourceRow = {
    ...{ tenant: partition.tenant, type: partition.type, id, version, created },
    last_modified: lastModified,
    attributes: JSON.stringify(attributes),
    unique_values: JSON.stringify(unique),
    search: JSON.stringify(searchDocument(attributes)),
    created_instant: instantKey(created),
    modified_instant: instantKey(lastModified),
  };
  return { row, indexed: indexedValues(attributes, sql.indexed) };
}

/** The row as a resource. */
export function rowResource(row: ResourceData): StoredResource {
  return {
    id: row.id,
    version: row.version,
    created: row.created,
    lastModified: row.last_modified,
    attributes: JSON.parse(row.attributes),
    unique: JSON.parse(row.unique_values),
  };
}

/** The instant of a date as it is stored in a column; null for a text that is not a date. */
export function instantKey(date: string): string | null {
  const instant = instantOf(date);
  return instant === undefined ? null : numberKey(instant);
}

function checkTexts(value: unknown, path: string): void {
  if (typeof value === "string") {
    if (isText(value)) return;
    throw new InvalidValueError(`${path} must be well-formed Unicode without U+0000`, { attribute: path });
  }
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const element of value) checkTexts(element, path);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    if (!isText(name))
      throw new InvalidValueError(`${path || "A resource"} has a name that is not a valid text`, { attribute: path });
    checkTexts(member, nameWithin(path, name));
  }
}

function nameWithin(path: string, name: string): string {
  if (path === "") return name;
  const isUrn = path.includes(":") && !splitUrn(path).name.includes(".");
  return isUrn ? `${path}:${name}` : `${path}.${name}`;
}
