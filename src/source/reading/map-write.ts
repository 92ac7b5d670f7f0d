import type { DirectoryGroup, DirectoryUser } from "../../directory/objects.ts";
import { evaluateMappings } from "../../mapping/evaluation/evaluate-mappings.ts";
import type { AnyMapping } from "../../mapping/expressions/define-mapping.ts";
import { sourceVariables } from "../../mapping/expressions/source-variables.ts";
import type { Write } from "../../server/requests/write.ts";

/** A resource as a mapping should see it. */
export interface MappedResource {
  readonly id: string;
  /** The name of its type, such as `User`. */
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The result of the mappings for a resource; undefined if one of them skips it. @throws {MappingError} */
export async function mapResource(
  mappings: readonly AnyMapping[],
  { id, type, attributes }: MappedResource,
  phase: "create" | "update",
): Promise<DirectoryUser | DirectoryGroup | undefined> {
  const variables = sourceVariables({ ...attributes, id });
  const result = await evaluateMappings(mappings, variables, { phase, resourceType: type });
  return "skipped" in result ? undefined : { ...result.value, id };
}

/**
 * The result of the mappings for a write: the object for the directory. Undefined if there is nothing to save: for a
 * delete, for a change of memberships only, and for a resource that a mapping skips.
 */
export async function mapWrite(
  mappings: readonly AnyMapping[],
  write: Write,
  phase: "create" | "update" = write.action === "create" ? "create" : "update",
): Promise<DirectoryUser | DirectoryGroup | undefined> {
  const attributes = write.after?.attributes ?? (hasSecrets(write) ? write.before?.attributes : undefined);
  if (attributes === undefined) return undefined;
  return mapResource(mappings, { id: write.id, type: write.type.name, attributes }, phase);
}

/** A new password alone changes nothing that is stored, but the directory must still get it. */
function hasSecrets(write: Write): boolean {
  return Object.keys(write.secrets).length > 0;
}
