import * as z from "zod/mini";
import { isPreconditionFailed } from "../../../errors/scim-error.ts";
import { jsonCodec } from "../../../storage/state/codec.ts";
import { honestTime, isHeldByOther, type Lease, takenLease } from "../../../storage/state/lease.ts";
import { type RecordKind, repository } from "../../../storage/state/repository.ts";
import type { SealedCredentials } from "../../../storage/state/sealed-credentials.ts";
import type { StateStorage } from "../../../storage/state-storage.ts";
import { readTokenSet, type TokenSet } from "./token-set.ts";

/** How long one process may take to renew tokens, in milliseconds. Its requests end before. */
const LEASE_MS = 45_000;

const LEASES: RecordKind<Lease> = {
  collection: "oauth-renewals",
  codec: jsonCodec(z.object({ by: z.string(), until: z.number(), fence: z.number() })),
};

/** Tokens as they are stored, with the version for compare-and-swap. */
export interface StoredTokens {
  readonly tokens: TokenSet | undefined;
  /** Null if there is no record. */
  readonly version: string | null;
}

/** The place of the tokens of one name, which several processes share. */
export interface TokenStore {
  read(): Promise<StoredTokens>;
  /** @throws {PreconditionFailedError} when another writer was faster */
  write(tokens: TokenSet, expected: string | null | undefined): Promise<void>;
  remove(): Promise<void>;
  /** Runs `renew` if no other process renews these tokens now; undefined if one does. */
  exclusively<T>(renew: () => Promise<T>): Promise<{ readonly result: T } | undefined>;
}

/** What a token store needs. */
export interface TokenStoreOptions {
  readonly name: string;
  readonly state: StateStorage;
  readonly credentials: SealedCredentials;
  readonly now: () => number;
  readonly newId: () => string;
}

/** Tokens in a storage, sealed. */
export function createTokenStore({ name, state, credentials, now, newId }: TokenStoreOptions): TokenStore {
  const leases = repository(state, LEASES, name);
  const by = newId();

  const take = async (): Promise<boolean> => {
    const held = await leases.get("lease");
    const lease = held && { ...held.value, until: honestTime(held.value.until, now(), LEASE_MS) };
    if (isHeldByOther(lease, { by, now: now() })) return false;
    try {
      const taken = takenLease(lease, { by, now: now(), ms: LEASE_MS });
      await leases.put("lease", taken, { expected: held?.version ?? null });
      return true;
    } catch (error) {
      if (isPreconditionFailed(error)) return false;
      throw error;
    }
  };

  const release = async (): Promise<void> => {
    const held = await leases.get("lease");
    if (held?.value.by === by) await leases.delete("lease", held.version);
  };

  return {
    read: async () => {
      const stored = await credentials.get(name);
      return { tokens: stored && readTokenSet(stored.value), version: stored?.version ?? null };
    },
    write: async (tokens, expected) => {
      await credentials.put(name, { ...tokens }, { expected });
    },
    remove: async () => {
      await credentials.delete(name);
    },
    exclusively: async (renew) => {
      if (!(await take())) return undefined;
      try {
        return { result: await renew() };
      } finally {
        // A lease that cannot be released ends by itself.
        await release().catch(() => undefined);
      }
    },
  };
}
