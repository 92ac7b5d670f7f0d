import type { Answer } from "../responses/respond.ts";
import type { BulkOperation } from "./read-bulk-request.ts";

/** What became of an operation, as it stands in the answer to a bulk request (RFC 7644 section 3.7.3). */
export interface BulkResult {
  readonly method: string;
  readonly bulkId?: string;
  /** The entity tag of the resource as it is now. */
  readonly version?: string;
  /** Missing where there is no resource: for a creation that failed, and for a path that names none. */
  readonly location?: string;
  readonly status: string;
  /** The error; an operation that was done shows no body. */
  readonly response?: unknown;
}

/** Whether an operation was refused or went wrong. */
export function isFailure({ status }: Answer): boolean {
  return status >= 400;
}

/** The result of an operation that was answered. */
export function resultOf({ method, bulkId }: BulkOperation, answer: Answer, location: string | undefined): BulkResult {
  return {
    method,
    bulkId,
    version: answer.headers?.ETag,
    location,
    status: String(answer.status),
    response: isFailure(answer) ? answer.body : undefined,
  };
}
