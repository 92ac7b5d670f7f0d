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

/**
 * As `applyOperations`, and lets others run between the operations and while their filters are compared with many
 * elements.
 *
 * @throws {ScimError} as `applyPatch`
 */
export async function applyOperationsInTurns(
  resource: Record<string, unknown>,
  operations: readonly Operation[],
  paths: RequestPaths,
): Promise<Record<string, unknown>> {
  const draft = new Draft(resource, paths);
  for (const operation of operations) {
    await paths.work.pause();
    await prepare(draft, operation);
    inOperation(operation.index, () => applyOperation(draft, operation));
  }
  await paths.work.pause();
  return draft.finish();
}

/** So few elements are compared in one piece. */
const FEW = 1000;

/** Compares the filter of an operation's path with many elements. A filter with a `value` reads few of them. */
async function prepare(draft: Draft, { path, index }: Operation): Promise<void> {
  const target = inOperation(index, () => draft.paths.target(path));
  if (target.type !== "attribute" || target.filter === undefined || target.filter.value !== undefined) return;
  const list = draft.list(target);
  if (list.size > FEW) await list.prepare(target.filter.matches);
}

function applyOperation(draft: Draft, operation: Operation): void {
  if (operation.op === "remove") removeAt(draft, operation);
  else assignAt(draft, operation, operation.op);
}
