import { requestTarget } from "../../../server/requests/request-target.ts";

const WELL_KNOWN = "/.well-known/oauth-authorization-server";
const TOKEN = "/oauth/token";

/** What a source serves beside SCIM. */
export type OAuthPart = "token" | "metadata";

/** The addresses of the OAuth server of a source. */
export interface OAuthUrls {
  /** Its name, as in `aud` of assertions (RFC 8414 section 2). */
  readonly issuer: string;
  readonly token: string;
}

/** The addresses that belong to a SCIM base URL: beside its version. */
export function oauthUrls(baseUrl: string): OAuthUrls {
  const issuer = withoutVersion(baseUrl);
  return { issuer, token: issuer + TOKEN };
}

/**
 * What a request asks for of the OAuth server beside the SCIM endpoints at `mountPath`; undefined if it is for SCIM. The
 * metadata are below the issuer's path, and where RFC 8414 section 3.1 has them: before that path.
 */
export function oauthPartOf(request: Request, mountPath: string): OAuthPart | undefined {
  // Most requests are for SCIM, and reading a URL takes time.
  if (!request.url.includes(TOKEN) && !request.url.includes(WELL_KNOWN)) return undefined;
  const path = pathOf(request);
  const base = withoutVersion(mountPath);
  if (path === base + TOKEN) return "token";
  return path === base + WELL_KNOWN || path === WELL_KNOWN + base ? "metadata" : undefined;
}

function pathOf(request: Request): string | undefined {
  try {
    return requestTarget(request.url).pathname.replace(/\/$/, "");
  } catch {
    return undefined;
  }
}

function withoutVersion(path: string): string {
  return path.replace(/\/+$/, "").replace(/\/v2$/, "");
}
