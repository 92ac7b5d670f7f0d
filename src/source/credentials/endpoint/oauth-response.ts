import { asScimError, type ScimError } from "../../../errors/scim-error.ts";
import type { DirectResponse } from "../../../protocol/direct-response.ts";
import { oauthErrorName } from "./oauth-error.ts";

/** A response with JSON that no cache may keep (RFC 6749 section 5.1). */
export function jsonResponse(
  status: number,
  body: object | undefined,
  headers: Readonly<Record<string, string>>,
): DirectResponse {
  return {
    status,
    headers: { "Cache-Control": "no-store", Pragma: "no-cache", "Content-Type": "application/json", ...headers },
    text: body && JSON.stringify(body),
  };
}

/** The response to a failed request (RFC 6749 section 5.2). An error of the server shows no details. */
export function oauthErrorResponse(error: unknown, headers: Readonly<Record<string, string>>): DirectResponse {
  const fault = asScimError(error);
  const body = { error: nameOf(fault), error_description: describable(fault.detail) };
  return jsonResponse(fault.status, body, { ...headers, ...headersOf(fault) });
}

function nameOf(fault: ScimError): string {
  const name = oauthErrorName(fault);
  if (name !== undefined) return name;
  if (fault.status === 429 || fault.status === 503) return "temporarily_unavailable";
  return fault.status < 500 ? "invalid_request" : "server_error";
}

function headersOf(fault: ScimError): Record<string, string> {
  if (fault.status === 401) return { "WWW-Authenticate": 'Basic realm="SCIM"' };
  if (fault.status === 405) return { Allow: "POST, OPTIONS" };
  if (fault.status !== 429 && fault.status !== 503) return {};
  const wait = "retryAfterMs" in fault ? Number(fault.retryAfterMs) : Number.NaN;
  return { "Retry-After": String(Number.isFinite(wait) ? Math.max(1, Math.ceil(wait / 1000)) : 1) };
}

/** The characters that RFC 6749 section 5.2 permits. */
function describable(text: string): string {
  return text.replaceAll('"', "'").replaceAll(/[^\x20-\x7e]|\\/g, "?");
}
