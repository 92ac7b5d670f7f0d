import { asScimError, internalError, type ScimError } from "../../errors/scim-error.ts";
import type { ServerContext } from "../requests/context.ts";
import { type EndpointResponse, errorResponse } from "./respond.ts";

/** A failed request, or a failed operation of a bulk request. */
export interface Failed {
  readonly context: ServerContext;
  readonly requestId: string;
  readonly method: string;
  /** The route's template. */
  readonly route: string;
}

/**
 * The response to a thrown error. An error of the server is reported to the observer in full; the client gets no
 * details.
 */
export function failureResponse({ context, requestId, method, route }: Failed, error: unknown): EndpointResponse {
  const fault = sendable(error);
  if (fault.status >= 500 && fault.status !== 501) {
    context.tell(() => ({ type: "server.error", requestId, method, route, error }));
  }
  return errorResponse(fault);
}

/** The error to send. One whose status is not that of an error becomes an internal error. */
function sendable(error: unknown): ScimError {
  const fault = asScimError(error);
  return Number.isInteger(fault.status) && fault.status >= 400 && fault.status <= 599 ? fault : internalError(error);
}
