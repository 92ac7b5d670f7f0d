import { asScimError } from "../errors/scim-error.ts";
import type { DirectAnswer } from "../protocol/direct-answer.ts";
import { SCIM_MEDIA_TYPE } from "../protocol/media-types.ts";

/** What goes out: of a handler of ours its parts, of another one its response, not read yet. */
export type Outgoing = DirectAnswer | Response;

/** Headers that describe the bytes that came in; not true of a body that was decoded on the way. */
export const BODY_HEADERS: readonly string[] = ["content-encoding", "content-length", "transfer-encoding"];

/** The answer to what a handler rejected with: 500 without internals, unless it is a `ScimError`. */
export function errorAnswer(error: unknown): DirectAnswer {
  const scimError = asScimError(error);
  const text = JSON.stringify(scimError);
  return { status: scimError.status, headers: { "Content-Type": SCIM_MEDIA_TYPE }, text };
}

/** The response, if it can be sent. @throws {TypeError} when a handler gave none, or one that was read before */
export function usable(response: Response | undefined): Response {
  if (response?.bodyUsed !== false) throw new TypeError("The SCIM handler gave no response, or a used one");
  return response;
}

/** Whether what goes out is still a response. Not asked by class: a runtime may have more than one. */
export function isResponse(outgoing: Outgoing): outgoing is Response {
  return typeof outgoing.text === "function";
}
