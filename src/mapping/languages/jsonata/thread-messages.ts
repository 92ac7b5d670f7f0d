/** A mapping to evaluate for one object. */
export interface ThreadRequest {
  readonly id: number;
  /** The expressions of the mapping. */
  readonly texts: readonly string[];
  /** Their variables, as JSON. */
  readonly input: string;
}

/** The response to a request. */
export type ThreadResponse =
  /** The values by the number of their expression, as JSON; those without a value are not there. */
  | { readonly id: number; readonly values: string }
  /** The first expression that failed, and where in its text. */
  | { readonly id: number; readonly failed: number; readonly message: string; readonly position: number | undefined };

/** Sent once, when the thread is ready for requests. */
export const READY = "ready";
