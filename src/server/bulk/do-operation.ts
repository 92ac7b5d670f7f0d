import { answerFailure } from "../answer-failure.ts";
import type { Exchange, ServerContext } from "../context.ts";
import { createResource } from "../endpoints/create.ts";
import { deleteResource } from "../endpoints/delete.ts";
import { answerResource } from "../endpoints/resource.ts";
import { type Principal, requireRights } from "../principal.ts";
import type { Answer } from "../respond.ts";
import { routeTemplate } from "../route.ts";
import { completeSchemas } from "./complete-schemas.ts";
import { type Creations, conflict } from "./creations.ts";
import type { PlannedOperation, Target } from "./plan.ts";
import type { BulkOperation } from "./read-bulk-request.ts";
import { bulkIdIn, replaceReferences } from "./references.ts";

/** Whose bulk request it is. */
export interface BulkAsked {
  readonly context: ServerContext;
  readonly requestId: string;
  readonly principal: Principal;
}

/** Does an operation as if it had come alone. Does not throw: what goes wrong is its answer. */
export async function doOperation(asked: BulkAsked, planned: PlannedOperation, creations: Creations): Promise<Answer> {
  const { operation, target, refusal } = planned;
  try {
    if (target === undefined) throw refusal;
    requireRights(asked.principal, "write");
    const refer = (bulkId: string): ReturnType<Creations["refer"]> => creations.refer(bulkId);
    const data = replaceReferences(operation.data, refer) as BulkOperation["data"];
    const exchange = exchangeOf(asked, operation, target, completeSchemas(data, operation.method, target.type));
    if (target.kind === "collection") {
      const newId = operation.bulkId === undefined ? undefined : creations.idOf(operation.bulkId);
      return await createResource({ ...exchange, newId }, target.type);
    }
    const bulkId = bulkIdIn(target.id);
    const id = bulkId === undefined ? target.id : refer(bulkId).id;
    return await answerResource(exchange, operation.method, { type: target.type, id });
  } catch (error) {
    return failOperation(asked, planned, error);
  }
}

/** The answer to an operation that failed, or is given up. */
export function failOperation(asked: BulkAsked, { operation, target }: PlannedOperation, error: unknown): Answer {
  const { context, requestId } = asked;
  const route = target === undefined ? "unknown" : routeTemplate(target);
  const { index, method } = operation;
  return answerFailure({ context, requestId: `${requestId}:${index}`, method, route }, error);
}

/**
 * Deletes what an operation created, as long as nobody has changed it since. Returns the answer that the operation has
 * then: it failed with `reason`, or, where the resource stays, the one it had.
 */
export async function takeBack(
  asked: BulkAsked,
  planned: PlannedOperation,
  done: { readonly id: string; readonly answer: Answer; readonly reason: string },
): Promise<Answer> {
  const { operation, target } = planned;
  if (target === undefined) return done.answer;
  const exchange = exchangeOf(asked, operation, target, {});
  try {
    const conditions = { ifMatch: done.answer.headers?.ETag };
    await deleteResource({ ...exchange, conditions }, target.type, done.id);
  } catch (error) {
    if (failOperation(asked, planned, error).status !== 404) return done.answer;
  }
  return failOperation(asked, planned, conflict(done.reason));
}

function exchangeOf(
  asked: BulkAsked,
  operation: BulkOperation,
  target: Target,
  data: Readonly<Record<string, unknown>>,
): Exchange {
  const { index, method, version } = operation;
  return {
    ...asked,
    requestId: `${asked.requestId}:${index}`,
    route: routeTemplate(target),
    // Results do not show resources, so a group's members need not be read to be shown. A PATCH knows that by itself.
    shown: method === "PATCH" ? {} : { attributes: "id" },
    conditions: { ifMatch: version },
    body: async () => data,
  };
}
