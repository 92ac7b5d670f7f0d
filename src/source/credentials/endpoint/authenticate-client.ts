import type { StateStorage } from "../../../storage/state-storage.ts";
import type { FetchKeys } from "../assertions/fetch-json.ts";
import type { ResolvedFederation } from "../assertions/issuer-options.ts";
import type { Grantee } from "../oauth/access-tokens.ts";
import type { FoundClient, OAuthClientRepository } from "../oauth/oauth-clients.ts";
import type { Rights } from "../oauth/oauth-records.ts";
import { invalidClient, invalidRequest } from "./oauth-error.ts";
import type { OAuthUrls } from "./oauth-urls.ts";
import type { TokenRequest } from "./token-request.ts";

/** The only form of assertions (RFC 7523 section 2.2). */
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** Who asks for an access token, and what it may permit. */
export interface AuthenticatedClient {
  readonly grantee: Grantee;
  readonly rights: Rights;
  /** The client of the source; undefined for a federated one. */
  readonly client: FoundClient | undefined;
}

/** What authenticating clients needs. */
export interface ClientAuthenticationOptions {
  readonly state: StateStorage;
  readonly sourceId: () => Promise<string>;
  readonly clients: OAuthClientRepository;
  readonly urls: OAuthUrls;
  readonly federation: ResolvedFederation | undefined;
  readonly fetchKeys: FetchKeys;
  readonly now: () => number;
}

/** Verifies assertions. It is loaded with the first one, since most clients have a secret. */
export interface AssertionVerifier {
  verify(assertion: string, clientId: string | undefined): Promise<AuthenticatedClient>;
}

/**
 * Authenticates the client of a request by secret or by assertion.
 *
 * @throws {OAuthError} if it cannot
 */
export async function authenticateClient(
  { parameters, basic }: TokenRequest,
  clients: OAuthClientRepository,
  assertions: () => Promise<AssertionVerifier>,
): Promise<AuthenticatedClient> {
  const clientId = parameters.get("client_id");
  const secret = parameters.get("client_secret");
  const assertion = parameters.get("client_assertion");
  const type = parameters.get("client_assertion_type");
  if (assertion !== undefined || type !== undefined) {
    if (basic !== undefined || secret !== undefined) throw invalidRequest("The request has a secret and an assertion");
    if (type !== ASSERTION_TYPE) throw invalidRequest(`client_assertion_type must be ${ASSERTION_TYPE}`);
    if (assertion === undefined) throw invalidRequest("client_assertion is missing");
    return (await assertions()).verify(assertion, clientId);
  }
  if (basic === undefined && clientId === undefined) throw invalidClient("The request has no client credentials");
  // Some clients send their id, or both, in both places. Different ones are a contradiction.
  if (basic !== undefined && (clientId ?? basic.clientId) !== basic.clientId) {
    throw invalidRequest("The request has two different client ids");
  }
  const given = { clientId: basic?.clientId ?? clientId ?? "", secret: basic?.secret ?? secret ?? "" };
  const client = await clients.findBySecret(given.clientId, given.secret);
  const isContradiction = basic !== undefined && secret !== undefined && secret !== basic.secret;
  if (client === undefined || isContradiction) throw invalidClient();
  return { client, grantee: { clientId: client.clientId }, rights: client.value.rights };
}
