import { ScimError } from "../../../errors/scim-error.ts";

/** The errors of RFC 6749 section 5.2, and those for what goes wrong in the server. */
export type OAuthErrorName =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "temporarily_unavailable"
  | "server_error";

/** A refused request of the token endpoint. It is sent in the form of RFC 6749 section 5.2, not in that of SCIM. */
export class OAuthError extends ScimError {
  override readonly name: string = "OAuthError";
  override readonly code = "SCIM_OAUTH";
  readonly error: OAuthErrorName;

  constructor(detail: string, options: { readonly error: OAuthErrorName; readonly status?: number }) {
    super(detail, { status: options.status ?? (options.error === "invalid_client" ? 401 : 400) });
    this.error = options.error;
  }
}

/** The error for a request that does not have the form of RFC 6749. */
export function invalidRequest(detail: string, status?: number): OAuthError {
  return new OAuthError(detail, { error: "invalid_request", status });
}

/** The error for a client that is unknown, or did not prove who it is. */
export function invalidClient(detail = "The client is unknown, or its credentials are wrong or expired"): OAuthError {
  return new OAuthError(detail, { error: "invalid_client" });
}
