import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { Work } from "../../work/work.ts";
import { createResource } from "../endpoints/create.ts";
import { deleteResource } from "../endpoints/delete.ts";
import { handleResource } from "../endpoints/resource.ts";
import { partitionOf, type RequestContext, type ServerContext } from "../requests/context.ts";
import { type Principal, requireRights } from "../requests/principal.ts";
import { routeTemplate } from "../requests/route.ts";
import type { UnsentResponse } from "../requests/unsent-bytes.ts";
import { failureResponse } from "../responses/failure-response.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { keepsMembersApart } from "../writes/membership.ts";
import { completeSchemas } from "./complete-schemas.ts";
import { type Creations, conflict } from "./creations.ts";
import type { PlannedOperation } from "./plan.ts";
import type { BulkOperation } from "./read-bulk-request.ts";
import { bulkIdIn, replaceReferences } from "./references.ts";

/** The work of doing an operation, beside what its data need: about a tenth of a millisecond. */
const OPERATION = 2000;

/** A bulk request and its sender. */
export interface BulkAsked {
  readonly context: ServerContext;
  readonly requestId: string;
  readonly principal: Principal;
  /** What the whole request may still cost. */
  readonly work: Work;
  /** The bytes of its response. */
  readonly unsent: UnsentResponse;
}

/** Does an operation like a request of its own. Does not throw: an error becomes the operation's response. */
export async function doOperation(
  asked: BulkAsked,
  planned: PlannedOperation,
  creations: Creations,
): Promise<EndpointResponse> {
  const { operation, target, refusal } = planned;
  try {
    await asked.work.pause();
    asked.work.spend(asked.work.left === 0 ? 1 : OPERATION, "the operations before this one");
    if (target === undefined) throw refusal;
    requireRights(asked.principal, "write");
    const refer = (bulkId: string): ReturnType<Creations["refer"]> => creations.refer(bulkId);
    const data = replaceReferences(operation.data, refer) as BulkOperation["data"];
    const requestContext = requestContextOf(asked, planned, completeSchemas(data, operation.method, target.type));
    if (target.kind === "collection") {
      const newId = operation.bulkId === undefined ? undefined : creations.idOf(operation.bulkId);
      return await createResource({ ...requestContext, newId }, target.type);
    }
    const bulkId = bulkIdIn(target.id);
    const id = bulkId === undefined ? target.id : refer(bulkId).id;
    return await handleResource(requestContext, operation.method, { type: target.type, id });
  } catch (error) {
    return failOperation(asked, planned, error);
  }
}

/** The response to an operation that failed or was cancelled. */
export function failOperation(asked: BulkAsked, planned: PlannedOperation, error: unknown): EndpointResponse {
  return failureResponse({ context: asked.context, ...namesOf(asked, planned) }, error);
}

/** Reports the result of an operation to the observer. */
export function tellOperation(
  asked: BulkAsked,
  planned: PlannedOperation,
  { status, refusal }: EndpointResponse,
): void {
  asked.context.tell(() => ({
    type: "server.operation",
    ...namesOf(asked, planned),
    status,
    detail: refusal?.detail,
    scimType: refusal?.scimType,
  }));
}

/** How events identify an operation. */
function namesOf(
  { requestId }: BulkAsked,
  { operation, target }: PlannedOperation,
): { readonly requestId: string; readonly method: string; readonly route: string } {
  const { index, method } = operation;
  return {
    requestId: `${requestId}:${index}`,
    method,
    route: target === undefined ? "unknown" : routeTemplate(target),
  };
}

/**
 * Deletes the resource that an operation created, unless somebody has changed it since. Returns the operation's new
 * response: a failure with `reason`, or, if the resource stays, the former response.
 */
export async function undo(
  asked: BulkAsked,
  planned: PlannedOperation,
  done: { readonly id: string; readonly response: EndpointResponse; readonly reason: string },
): Promise<EndpointResponse> {
  const { target } = planned;
  if (target === undefined) return done.response;
  const conditions = { ifMatch: done.response.headers?.ETag };
  const requestContext = { ...requestContextOf(asked, planned, {}), conditions };
  try {
    await deleteResource(requestContext, target.type, done.id);
  } catch (error) {
    failOperation(asked, planned, error);
    if (await isThere(requestContext, target.type, done.id)) return done.response;
  }
  return failOperation(asked, planned, conflict(done.reason));
}

/** Whether a resource is stored; true if the storage fails. */
async function isThere(requestContext: RequestContext, type: ResourceType, id: string): Promise<boolean> {
  try {
    return (await requestContext.context.resources.find(partitionOf(requestContext, type), id)) !== undefined;
  } catch {
    return true;
  }
}

function hasMembers({ context }: BulkAsked, { target }: PlannedOperation): boolean {
  return target !== undefined && keepsMembersApart(context.resources, target.type);
}

function requestContextOf(
  asked: BulkAsked,
  planned: PlannedOperation,
  data: Readonly<Record<string, unknown>>,
): RequestContext {
  const { method, version } = planned.operation;
  const { requestId, route } = namesOf(asked, planned);
  return {
    ...asked,
    requestId,
    route,
    // Results do not show resources. A PATCH of a type with members shows nothing unless attributes are requested.
    shown: method === "PATCH" && hasMembers(asked, planned) ? {} : { attributes: "id" },
    conditions: { ifMatch: version },
    body: async () => data,
  };
}
