import { exchange, type SimulatedFetch } from "./exchange.ts";
import type { Judge } from "./judge.ts";
import { within } from "./person-document.ts";

/** How a simulated identity provider gets an access token (OAuth 2.0, client credentials). */
export interface SimulatedOAuth {
  readonly tokenUrl: string;
  /** Omitted for federation, where the assertion names the client. */
  readonly clientId?: string;
  /** Omitted if there is an `assertion`. */
  readonly clientSecret?: string;
  /** Where the secret is sent: in the Authorization header, or in the body. Default: in the header. */
  readonly secretIn?: "header" | "body";
  /** Returns a signed assertion (RFC 7523), which replaces the secret. It is called for each token request. */
  readonly assertion?: () => string | Promise<string>;
}

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const HOUR = 3600;

/** Requests an access token. */
export async function accessToken(fetch: SimulatedFetch, oauth: SimulatedOAuth, judge: Judge): Promise<string> {
  const { tokenUrl, clientId = "", clientSecret = "", secretIn = "header", assertion } = oauth;
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  const headers: Record<string, string> = { Accept: "application/json" };
  if (assertion !== undefined) {
    form.set("client_assertion_type", ASSERTION_TYPE);
    form.set("client_assertion", await assertion());
    if (clientId !== "") form.set("client_id", clientId);
  } else if (secretIn === "header") {
    headers.Authorization = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`;
  } else {
    form.set("client_id", clientId);
    form.set("client_secret", clientSecret);
  }
  const got = await exchange({ fetch, baseUrl: tokenUrl, headers }, { method: "POST", path: "", body: form });
  const [token, expiresIn] = [within(got.body, "access_token"), within(got.body, "expires_in")];
  const isToken = got.status === 200 && typeof token === "string" && token !== "";
  judge.expect("token", got, isToken || "there is no access token");
  const isHours = typeof expiresIn === "number" && expiresIn >= HOUR && expiresIn <= 6 * HOUR;
  judge.expect("lifetime", got, isHours || `expires_in is ${String(expiresIn)}`);
  return String(token);
}
