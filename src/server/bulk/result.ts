import type { EndpointResponse } from "../responses/respond.ts";
import type { BulkOperation } from "./read-bulk-request.ts";

/** The result of an operation in the response to a bulk request (RFC 7644 section 3.7.3). */
export interface BulkResult {
  readonly method: string;
  readonly bulkId?: string;
  /** The entity tag of the resource as it is now. */
  readonly version?: string;
  /** Missing if there is no resource: after a failed creation, and for a path that names none. */
  readonly location?: string;
  readonly status: string;
  /** The error; a successful operation has no body. */
  readonly response?: unknown;
}

/** Whether an operation failed. */
export function isFailure({ status }: EndpointResponse): boolean {
  return status >= 400;
}

/** The result of an operation with this response. */
export function resultOf(
  { method, bulkId }: BulkOperation,
  response: EndpointResponse,
  location: string | undefined,
): BulkResult {
  return {
    method,
    bulkId,
    version: response.headers?.ETag,
    location,
    status: String(response.status),
    response: isFailure(response) ? response.body : undefined,
  };
}
