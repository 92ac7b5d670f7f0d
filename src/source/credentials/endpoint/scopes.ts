import type { Rights } from "../oauth/oauth-records.ts";
import { oauthError } from "./oauth-error.ts";

/** What each scope permits. `scim` permits what the client may do; Entra ID asks for it, or for `scim.readwrite`. */
const SCOPES: ReadonlyMap<string, Rights | "all"> = new Map<string, Rights | "all">([
  ["scim", "all"],
  ["scim.read", "read"],
  ["scim.write", "write"],
  ["scim.readwrite", "write"],
]);

/** The scope of a request without one. */
const DEFAULT_SCOPE = "scim";

/** For the metadata. */
export const SCOPE_NAMES: readonly string[] = [...SCOPES.keys()];

/**
 * What an access token permits for which a client with `rights` asks.
 *
 * @throws {OAuthError} `invalid_scope` for an unknown scope, and for one that permits more than the client may do
 */
export function grantedScope(
  asked: string | undefined,
  rights: Rights,
): { readonly rights: Rights; readonly scope: string } {
  const names = (asked ?? DEFAULT_SCOPE).split(" ").filter((name) => name !== "");
  const permitted = names.map((name) => SCOPES.get(name));
  if (names.length === 0 || permitted.includes(undefined)) {
    throw oauthError("invalid_scope", `The scopes are ${SCOPE_NAMES.join(", ")}`);
  }
  if (permitted.includes("write") && rights !== "write") {
    throw oauthError("invalid_scope", "The client may only read");
  }
  const isReadOnly = permitted.every((each) => each === "read");
  return { rights: isReadOnly ? "read" : rights, scope: [...new Set(names)].join(" ") };
}
