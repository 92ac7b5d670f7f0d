import { ScimError } from "../errors/scim-error.ts";

/** Why a sealed text was not opened: its key is not among those given, or it is not what was sealed for this place. */
export type SealErrorReason = "unknown-key" | "not-authentic";

const DETAILS: Readonly<Record<SealErrorReason, string>> = {
  "unknown-key": "A sealed value cannot be opened: the key it was sealed under is not among the keys given",
  "not-authentic":
    "A sealed value cannot be opened: it was changed, moved from another place, or sealed under another key of the same id",
};

/** A sealed text could not be opened: 500. Says nothing of the text, the key or the place. */
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
