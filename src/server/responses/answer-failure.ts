import { asScimError, internalError, type ScimError } from "../../errors/scim-error.ts";
import type { ServerContext } from "../requests/context.ts";
import { type Answer, errorAnswer } from "./respond.ts";

/** What failed: a request, or one operation of a bulk request. */
export interface Failed {
  readonly context: ServerContext;
  readonly requestId: string;
  readonly method: string;
  /** The route's template. */
  readonly route: string;
}

/** The answer to what was thrown. A fault of this side is told to the observer in full; the client learns nothing of it. */
export function answerFailure({ context, requestId, method, route }: Failed, error: unknown): Answer {
  const fault = answerable(error);
  if (fault.status >= 500 && fault.status !== 501) {
    context.tell(() => ({ type: "server.error", requestId, method, route, error }));
  }
  return errorAnswer(fault);
}

/** The error as it is answered: one whose status is that of no error says nothing that a client could use. */
function answerable(error: unknown): ScimError {
  const fault = asScimError(error);
  return Number.isInteger(fault.status) && fault.status >= 400 && fault.status <= 599 ? fault : internalError(error);
}
