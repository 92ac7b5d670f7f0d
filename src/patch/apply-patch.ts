import type { PatchOperation } from "../protocol/messages.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import type { Work } from "../work/work.ts";
import { applyOperations } from "./apply-operations.ts";
import type { Dialect } from "./dialect.ts";
import { readOperations } from "./read-operations.ts";
import { RequestPaths } from "./request-paths.ts";

/** Options of `applyPatch`. */
export interface ApplyPatchOptions {
  /** What is understood beyond the RFC. @default nothing */
  readonly dialect?: Dialect;
  /** What the operations may cost. @default about two seconds */
  readonly work?: Work;
}

/**
 * Applies the operations of a PATCH request to a resource (RFC 7644 section 3.5.2), in order, all or none. The given
 * resource is never changed; if the operations change nothing, the same object is returned.
 *
 * @throws {ScimError} 400 `invalidSyntax`, `invalidPath`, `invalidFilter`, `invalidValue`, `noTarget` or `mutability`,
 * naming operation and attribute; `tooMany` when the operations need too much work
 */
export function applyPatch(
  resource: Record<string, unknown>,
  operations: readonly (PatchOperation | Readonly<Record<string, unknown>>)[],
  type: ResourceType,
  options: ApplyPatchOptions = {},
): Record<string, unknown> {
  const paths = new RequestPaths(type, options.work);
  return applyOperations(resource, readOperations(operations, paths, options.dialect).operations, paths);
}
