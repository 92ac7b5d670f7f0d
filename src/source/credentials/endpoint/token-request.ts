import { fromBase64 } from "../../../crypto/base64url.ts";
import { readBytes } from "../../../server/bodies/read-body.ts";
import { invalidClient, invalidRequest } from "./oauth-error.ts";

/** The largest request, in bytes; an assertion has at most a quarter of it. */
const MAX_BODY_BYTES = 65_536;
const MAX_PARAMETERS = 50;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** A request of the token endpoint. */
export interface TokenRequest {
  /** Parameters with a value; others are as good as absent (RFC 6749 section 3.2). */
  readonly parameters: ReadonlyMap<string, string>;
  /** Of the Authorization header. */
  readonly basic: { readonly clientId: string; readonly secret: string } | undefined;
}

/**
 * Reads a request of the token endpoint.
 *
 * @throws {OAuthError} for a body that is not a form, or that has a parameter twice
 * @throws {PayloadTooLargeError} for a body of more than 65,536 bytes
 */
export async function readTokenRequest(request: Request): Promise<TokenRequest> {
  const basic = basicOf(request.headers.get("authorization"));
  const type = (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw invalidRequest("The request body must be application/x-www-form-urlencoded");
  }
  const bytes = await readBytes(request, { maxBodyBytes: MAX_BODY_BYTES });
  return { basic, parameters: parametersOf(decode(bytes)) };
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw invalidRequest("The request body is not UTF-8");
  }
}

function parametersOf(body: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const seen = new Set<string>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(body)) {
    count += 1;
    if (count > MAX_PARAMETERS) throw invalidRequest(`The request has more than ${MAX_PARAMETERS} parameters`);
    if (seen.has(name)) throw invalidRequest("The request has a parameter twice");
    seen.add(name);
    if (value !== "") parameters.set(name, value);
  }
  return parameters;
}

/** Client id and secret are form-urlencoded before they are joined (RFC 6749 section 2.3.1). */
function basicOf(header: string | null): TokenRequest["basic"] {
  if (header === null || header.trim() === "") return undefined;
  const [, encoded] = /^basic +([A-Za-z0-9+/_=-]+) *$/i.exec(header.trim()) ?? [];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  if (bytes === undefined) throw invalidClient("The Authorization header must be Basic, with client id and secret");
  try {
    const [, clientId, secret] = /^([^:]*):([\s\S]*)$/.exec(UTF8.decode(bytes)) ?? [];
    if (clientId === undefined || secret === undefined) throw invalidClient();
    return { clientId: formDecoded(clientId), secret: formDecoded(secret) };
  } catch {
    throw invalidClient("The Authorization header must be Basic, with client id and secret");
  }
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}
