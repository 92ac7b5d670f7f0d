/**
 * The token of an Authorization header: after the word Bearer in any case, or alone, as Okta sends it with "HTTP Header".
 * Undefined if there is none, or credentials of another scheme.
 */
export function bearerText(request: Request): string | undefined {
  const header = (request.headers.get("authorization") ?? "").trim();
  const [, scheme = "", token = ""] = /^(\S+)[ \t]+(\S.*)$/.exec(header) ?? [];
  if (scheme !== "") return scheme.toLowerCase() === "bearer" ? token : undefined;
  return header === "" || header.toLowerCase() === "bearer" ? undefined : header;
}
