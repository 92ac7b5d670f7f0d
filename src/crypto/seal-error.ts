import { ScimError } from "../errors/scim-error.ts";

/** Why a sealed text was not opened: its key is missing, or it is not the text that was sealed for this place. */
export type SealErrorReason = "unknown-key" | "not-authentic";

const DETAILS: Readonly<Record<SealErrorReason, string>> = {
  "unknown-key": "A sealed value cannot be opened: its key is not one of the given keys",
  "not-authentic":
    "A sealed value cannot be opened: it was changed, moved from another place, or sealed with another key of the same id",
};

/** A sealed text could not be opened: 500. The error contains nothing of the text, the key or the place. */
export class SealError extends ScimError {
  override readonly name: string = "SealError";
  override readonly code = "SCIM_SEAL";
  readonly reason: SealErrorReason;

  constructor(detail: string, options: { readonly reason: SealErrorReason; readonly cause?: unknown }) {
    super(detail, { cause: options.cause });
    this.reason = options.reason;
  }
}

/** The error for this reason. */
export function sealError(reason: SealErrorReason): SealError {
  return new SealError(DETAILS[reason], { reason });
}
