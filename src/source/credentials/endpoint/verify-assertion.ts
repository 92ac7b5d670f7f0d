import { decodeJwt } from "jose";
import { discoverKeys, type KeySet, localKeySet, RemoteKeySet } from "../assertions/key-set.ts";
import { useAssertion } from "../assertions/used-assertions.ts";
import { MAX_JWT_LENGTH, type VerifiedJwt, verifyJwt } from "../assertions/verify-jwt.ts";
import type { FoundClient } from "../oauth/oauth-clients.ts";
import type { AssertionVerifier, AuthenticatedClient, ClientAuthenticationOptions } from "./authenticate-client.ts";
import { invalidClient, type OAuthError } from "./oauth-error.ts";

/** How far in the future `exp` of a client's own assertion may be, in seconds: an hour. */
const CLIENT_LIFETIME_S = 3600;
/** The same for an issuer that the source trusts, in seconds: a day, since identity providers issue them for that long. */
const FEDERATED_LIFETIME_S = 86_400;
const MAX_JTI_LENGTH = 512;
/** The most clients whose key sets are remembered. */
const MAX_KEY_SETS = 100;

/** Verifies the assertions of clients with keys, and of the issuer that the source trusts (RFC 7523 section 3). */
export class ClientAssertions implements AssertionVerifier {
  private readonly options: ClientAuthenticationOptions;
  private readonly federated: RemoteKeySet;
  /** By URL, oldest first. */
  private readonly remote: Map<string, RemoteKeySet> = new Map();

  constructor(options: ClientAuthenticationOptions) {
    this.options = options;
    const { federation, fetchKeys, now } = options;
    const uri = async (): Promise<string> => federation?.jwksUri ?? discoverKeys(federation?.issuer ?? "", fetchKeys);
    this.federated = new RemoteKeySet({ uri, fetchKeys, now });
  }

  async verify(assertion: string, clientId: string | undefined): Promise<AuthenticatedClient> {
    const issuer = issuerOf(assertion);
    const { federation, clients } = this.options;
    if (federation !== undefined && issuer === federation.issuer) return this.verifyFederated(assertion);
    const client = issuer === undefined ? undefined : await clients.find(issuer);
    if (client === undefined) throw refused("its issuer is unknown");
    return this.verifyOwn(assertion, client, clientId);
  }

  private async verifyFederated(assertion: string): Promise<AuthenticatedClient> {
    const { federation } = this.options;
    if (federation === undefined) throw refused("its issuer is unknown");
    const { issuer, audience, subjects, rights } = federation;
    const claims = await this.claimsOf(assertion, {
      ...{ issuer, audience: [audience].flat(), maxLifetimeS: FEDERATED_LIFETIME_S },
      keys: this.federated.find,
    });
    if (!subjects.includes(claims.sub)) throw refused("its sub is not accepted");
    // Entra ID sends none, and the same assertion until it expires.
    if (claims.jti !== undefined) await this.useOnce(claims);
    return { grantee: { federated: { issuer, subject: claims.sub } }, rights, client: undefined };
  }

  private async verifyOwn(
    assertion: string,
    client: FoundClient,
    given: string | undefined,
  ): Promise<AuthenticatedClient> {
    const { clientId, value } = client;
    const { urls } = this.options;
    if (given !== undefined && given !== clientId) throw refused("client_id is that of another client");
    const claims = await this.claimsOf(assertion, {
      ...{ issuer: clientId, audience: [urls.token, urls.issuer], maxLifetimeS: CLIENT_LIFETIME_S },
      keys: this.keysOf(client),
    });
    if (claims.sub !== clientId) throw refused("its sub is not the client id");
    await this.useOnce(claims);
    return { client, grantee: { clientId }, rights: value.rights };
  }

  private async claimsOf(
    assertion: string,
    expected: Omit<Parameters<typeof verifyJwt>[1], "now">,
  ): Promise<VerifiedJwt> {
    const result = await verifyJwt(assertion, { ...expected, now: this.options.now() });
    if ("refused" in result) throw refused(result.refused);
    return result.claims;
  }

  private async useOnce({ iss, jti, exp }: VerifiedJwt): Promise<void> {
    if (typeof jti !== "string" || jti === "" || jti.length > MAX_JTI_LENGTH) {
      throw refused(`its jti must be a text of 1 to ${MAX_JTI_LENGTH} characters`);
    }
    const { state, sourceId } = this.options;
    const isFirst = await useAssertion(state, await sourceId(), { issuer: iss, jti, expires: exp });
    if (!isFirst) throw refused("it was used before");
  }

  private keysOf({ value }: FoundClient): KeySet {
    const { publicKeys, jwksUri } = value;
    if (jwksUri === undefined) return localKeySet(publicKeys ?? []);
    const known = this.remote.get(jwksUri);
    if (known !== undefined) return known.find;
    const { fetchKeys, now } = this.options;
    const made = new RemoteKeySet({ uri: async () => jwksUri, fetchKeys, now });
    const [oldest] = this.remote.keys();
    if (oldest !== undefined && this.remote.size >= MAX_KEY_SETS) this.remote.delete(oldest);
    this.remote.set(jwksUri, made);
    return made.find;
  }
}

/** The `iss` of an assertion, not verified yet. */
function issuerOf(assertion: string): string | undefined {
  if (assertion.length > MAX_JWT_LENGTH) return undefined;
  try {
    const { iss } = decodeJwt(assertion);
    return typeof iss === "string" ? iss : undefined;
  } catch {
    return undefined;
  }
}

function refused(reason: string): OAuthError {
  return invalidClient(`The assertion is refused: ${reason}`);
}
