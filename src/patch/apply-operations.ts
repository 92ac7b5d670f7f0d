import { assignAt } from "./assign.ts";
import type { Operation } from "./dialect.ts";
import { Draft } from "./draft.ts";
import { inOperation } from "./operation-errors.ts";
import { removeAt } from "./remove.ts";
import type { RequestPaths } from "./request-paths.ts";

/**
 * As `applyPatch`, for the operations and paths that `readPatchRequest` returned.
 *
 * @throws {ScimError} as `applyPatch`
 */
export function applyOperations(
  resource: Record<string, unknown>,
  operations: readonly Operation[],
  paths: RequestPaths,
): Record<string, unknown> {
  const draft = new Draft(resource, paths);
  for (const operation of operations) inOperation(operation.index, () => applyOperation(draft, operation));
  return draft.finish();
}

function applyOperation(draft: Draft, operation: Operation): void {
  if (operation.op === "remove") removeAt(draft, operation);
  else assignAt(draft, operation, operation.op);
}
