import { asScimError } from "../errors/scim-error.ts";
import type { DirectResponse } from "../protocol/direct-response.ts";
import { SCIM_MEDIA_TYPE } from "../protocol/media-types.ts";

/** The response: its parts from one of our handlers, or an unread `Response` from another one. */
export type Outgoing = DirectResponse | Response;

/** Headers that describe the bytes that were received; they are wrong for a decoded body. */
export const BODY_HEADERS: readonly string[] = ["content-encoding", "content-length", "transfer-encoding"];

/** The response to an error with which a handler rejected: 500 without internals, unless it is a `ScimError`. */
export function errorResponse(error: unknown): DirectResponse & { readonly text: string } {
  const scimError = asScimError(error);
  const text = JSON.stringify(scimError);
  return { status: scimError.status, headers: { "Content-Type": SCIM_MEDIA_TYPE }, text };
}

/** The response, if it can be sent. @throws {TypeError} if a handler returned none, or one that was read before */
export function usable(response: Response | undefined): Response {
  if (response?.bodyUsed !== false)
    throw new TypeError("The SCIM handler returned no response, or a response that was already used");
  return response;
}

/** Whether it is a `Response`. Not checked by class: a runtime may have more than one. */
export function isResponse(outgoing: Outgoing): outgoing is Response {
  return typeof outgoing.text === "function";
}
