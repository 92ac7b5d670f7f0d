import type { DirectoryGroup, DirectoryUser } from "../directory/objects.ts";
import type { Mapping } from "../mapping/define-mapping.ts";
import { evaluateMappings } from "../mapping/evaluate-mappings.ts";
import { sourceVariables } from "../mapping/source-variables.ts";
import type { Write } from "../server/write.ts";

/**
 * What the mappings make of a write: the object a directory is to save. Undefined where there is nothing to save: for a
 * delete, for a change of memberships only, and for a resource that a mapping skips.
 */
export function mapWrite(mappings: readonly Mapping[], write: Write): DirectoryUser | DirectoryGroup | undefined {
  const attributes = write.after?.attributes ?? (hasSecrets(write) ? write.before?.attributes : undefined);
  if (attributes === undefined) return undefined;
  const variables = sourceVariables({ ...attributes, id: write.id });
  const phase = write.action === "create" ? "create" : "update";
  const result = evaluateMappings(mappings, variables, { phase, resourceType: write.type.name });
  return "skipped" in result ? undefined : { ...result.value, id: write.id };
}

/** A new password alone changes nothing that is stored, but the directory must still hear of it. */
function hasSecrets(write: Write): boolean {
  return Object.keys(write.secrets).length > 0;
}
