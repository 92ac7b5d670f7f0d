import { outcomeOf } from "../../client/http/outcome.ts";
import { isScimError } from "../../errors/scim-error.ts";
import { isTransportError } from "../../errors/transport-error.ts";
import type { LinkEvent } from "../links/link-events.ts";

/** A request; for events and reports. */
export interface RemoteRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** A template such as `/Users/{id}`. */
  readonly route: string;
}

/** The outcome of a request. */
export type Sent<T> = { readonly event: "succeeded"; readonly value: T } | NotDone;

/** A request that did not succeed. */
export interface NotDone {
  readonly event: Extract<
    LinkEvent,
    "conflict" | "precondition" | "notFound" | "unsupported" | "refused" | "unknown" | "notSent"
  >;
  readonly error: unknown;
  readonly request: RemoteRequest;
}

/** Why an application as a whole cannot be used. */
export type TargetFault = "credentials" | "notAlive" | "emptyTarget";

/**
 * The application as a whole cannot be used: it rejects the credentials, or does not respond as a SCIM service
 * provider. Nothing further is sent; no single object is at fault.
 */
export class TargetUnusableError extends Error {
  override readonly name: string = "TargetUnusableError";
  readonly code = "SCIM_TARGET_UNUSABLE";
  readonly fault: TargetFault;

  constructor(detail: string, options: { readonly fault: TargetFault; readonly cause?: unknown }) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.fault = options.fault;
  }
}

/**
 * Sends a request and returns its outcome as an event of the link table.
 *
 * @throws {TargetUnusableError} for a 401
 */
export async function send<T>(request: RemoteRequest, work: () => Promise<T>): Promise<Sent<T>> {
  try {
    return { event: "succeeded", value: await work() };
  } catch (error) {
    return { event: classify(error), error, request };
  }
}

/** By status and property, never by message. */
function classify(error: unknown): NotDone["event"] {
  const outcome = outcomeOf(error);
  if (outcome === "not-sent") return "notSent";
  if (!isScimError(error)) {
    if (isTransportError(error)) return "unknown";
    throw error;
  }
  switch (error.status) {
    case 401:
      throw new TargetUnusableError("The application does not accept the credentials", {
        fault: "credentials",
        cause: error,
      });
    case 404:
      return "notFound";
    case 405:
    case 501:
      return "unsupported";
    case 409:
      return error.scimType === undefined || error.scimType === "uniqueness" ? "conflict" : "precondition";
    case 412:
      return "precondition";
    case 429:
      return "notSent";
    default:
      return outcome === "unknown" ? "unknown" : error.status === 503 ? "notSent" : "refused";
  }
}
