import type { ClientAuth, CryptoKey as OAuthKey } from "oauth4webapi";
import type { ResolvedOAuthOptions, SigningKey } from "./oauth-options.ts";

/** How the client authenticates in a token request, and the secrets that must not be shown. */
export interface ReadyClient {
  readonly authenticate: ClientAuth;
  readonly secrets: readonly string[];
}

/** Reads the secret or the key of the client. */
export async function readyClient(options: ResolvedOAuthOptions): Promise<ReadyClient> {
  const { clientAuthentication, clientId } = options;
  const oauth = await import("oauth4webapi");
  switch (clientAuthentication) {
    case "basic":
    case "post": {
      const secret = (await options.clientSecret?.()) ?? "";
      if (typeof secret !== "string" || secret === "") throw new TypeError("clientSecret: the client has no secret");
      const authenticate = (clientAuthentication === "basic" ? oauth.ClientSecretBasic : oauth.ClientSecretPost)(
        secret,
      );
      return { authenticate, secrets: [secret, encodeURIComponent(secret)] };
    }
    case "private_key_jwt": {
      const { clientKey } = options;
      if (clientKey === undefined) throw new TypeError("clientKey: the client has no key");
      const key = await signingKey(clientKey);
      return {
        authenticate: oauth.PrivateKeyJwt(clientKey.kid === undefined ? key : { key, kid: clientKey.kid }),
        secrets: [],
      };
    }
    default:
      // A grant such as the JWT bearer assertion can identify the client itself.
      return { authenticate: clientId === undefined ? () => {} : oauth.None(), secrets: [] };
  }
}

/** The key, imported if it is in PEM. @throws {TypeError} when it cannot be imported; the message does not contain it */
export async function signingKey({ key, alg }: SigningKey): Promise<CryptoKey & OAuthKey> {
  if (typeof key !== "string") return key as CryptoKey & OAuthKey;
  const { importPKCS8 } = await import("jose");
  try {
    return (await importPKCS8(key, alg ?? "")) as CryptoKey & OAuthKey;
  } catch {
    throw new TypeError(`The private key cannot be read as a key for ${alg}`);
  }
}
