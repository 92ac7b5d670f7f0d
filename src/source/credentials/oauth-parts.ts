import { ASSERTIONS } from "./assertions/used-assertions.ts";
import type { CredentialsContext } from "./credentials-context.ts";
import { OAuthServer } from "./endpoint/oauth-server.ts";
import type { OAuthUrls } from "./endpoint/oauth-urls.ts";
import type { FailedAttempts } from "./limits/failed-attempts.ts";
import { AccessTokens } from "./oauth/access-tokens.ts";
import { OAuthClientRepository } from "./oauth/oauth-clients.ts";
import { OAUTH, type OAuthRecords, oauthRecords } from "./oauth/oauth-records.ts";
import { purgeDue } from "./oauth/purge.ts";
import { LastUses } from "./secrets/last-uses.ts";

/** What the OAuth server of a source needs besides the context of its credentials. */
export interface OAuthContext extends CredentialsContext {
  readonly urls: OAuthUrls;
  readonly failures: FailedAttempts;
  readonly sourceId: () => Promise<string>;
  /** Called with the reason why the last use of a client could not be stored. */
  readonly onFailure: (error: unknown) => Promise<void>;
}

/** The parts of a source that few sources need: it is loaded with the first one that does. */
export interface SourceOAuth {
  readonly clients: OAuthClientRepository;
  readonly accessTokens: AccessTokens;
  readonly server: OAuthServer;
  /** Removes access tokens that have expired, and assertions that can be used no more. */
  purge(signal?: AbortSignal): Promise<void>;
  /** Resolves when the uses of clients until now are stored. */
  idle(): Promise<void>;
}

/** Makes the OAuth server of a source, with its clients and access tokens. */
export function createOAuth(context: OAuthContext): SourceOAuth {
  const { state, now, sourceId, federation, accessTokenMs } = context;
  const records = async (): Promise<OAuthRecords> => oauthRecords(state, await sourceId());
  const lastUses = new LastUses({ now, onFailure: context.onFailure });
  const clients = new OAuthClientRepository({ records, now, lastUses });
  const accessTokens = new AccessTokens({
    records,
    now,
    lifetimeMs: accessTokenMs,
    rightsOfFederated: ({ issuer, subject }) => {
      const isTrusted = federation?.issuer === issuer && federation.subjects.includes(subject);
      return isTrusted ? federation.rights : undefined;
    },
  });
  return {
    clients,
    accessTokens,
    server: new OAuthServer({ ...context, clients, accessTokens }),
    purge: async (signal) => {
      await purgeDue(state, OAUTH.collection, { before: now(), signal });
      await purgeDue(state, ASSERTIONS.collection, { before: now(), signal });
    },
    idle: () => lastUses.idle(),
  };
}
