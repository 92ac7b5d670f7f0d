import { foldString } from "../../schema/fold.ts";
import { isText } from "../../schema/scalar.ts";
import type { Partition, StoredResource } from "../storage.ts";
import type { ResourceRow } from "./tables.ts";

/** What of a row makes a resource again. */
export const RESOURCE_COLUMNS = ["id", "version", "created", "last_modified", "attributes", "unique_values"] as const;

/** A resource as a row, with the columns that filters use worked out. */
export function resourceRow(partition: Partition, resource: StoredResource): ResourceRow {
  const { id, version, created, lastModified, attributes, unique } = resource;
  const displayName = text(attributes.displayName);
  return {
    ...{ tenant: partition.tenant, type: partition.type, id, version, created },
    last_modified: lastModified,
    attributes: JSON.stringify(attributes),
    unique_values: JSON.stringify(unique),
    external_id: text(attributes.externalId),
    display_name_folded: displayName === null ? null : foldString(displayName),
  };
}

/** The row as a resource. */
export function rowResource(row: Pick<ResourceRow, (typeof RESOURCE_COLUMNS)[number]>): StoredResource {
  return {
    id: row.id,
    version: row.version,
    created: row.created,
    lastModified: row.last_modified,
    attributes: JSON.parse(row.attributes),
    unique: JSON.parse(row.unique_values),
  };
}

/** Text that a column can hold unchanged. What is no such text stands in the JSON alone, escaped. */
function text(value: unknown): string | null {
  return typeof value === "string" && isText(value) ? value : null;
}
