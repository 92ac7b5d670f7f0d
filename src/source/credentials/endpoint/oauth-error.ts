import { ScimError } from "../../../errors/scim-error.ts";

/** The errors of RFC 6749 section 5.2, and those for what goes wrong in the server. */
export type OAuthErrorName =
  | "invalid_request"
  | "invalid_client"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "temporarily_unavailable"
  | "server_error";

/** A refused request of the token endpoint. It is sent in the form of RFC 6749 section 5.2, not in that of SCIM. */
export type OAuthError = ScimError & { readonly oauthError: OAuthErrorName };

/** The error with this name. */
export function oauthError(name: OAuthErrorName, detail: string, status?: number): OAuthError {
  const fallback = name === "invalid_client" ? 401 : 400;
  return Object.assign(new ScimError(detail, { status: status ?? fallback }), { oauthError: name });
}

/** The error for a request that does not have the form of RFC 6749. */
export function invalidRequest(detail: string, status?: number): OAuthError {
  return oauthError("invalid_request", detail, status);
}

/** The error for a client that is unknown, or did not prove who it is. */
export function invalidClient(detail = "The client is unknown, or its credentials are wrong or expired"): OAuthError {
  return oauthError("invalid_client", detail);
}

/** The name of an error, if it is one of the token endpoint. */
export function oauthErrorName(error: ScimError): OAuthErrorName | undefined {
  return (error as Partial<OAuthError>).oauthError;
}
