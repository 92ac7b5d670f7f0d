import * as z from "zod/mini";
import { sha256Hex } from "../../../crypto/sha256.ts";
import { isPreconditionFailed } from "../../../errors/scim-error.ts";
import { jsonCodec } from "../../../storage/state/codec.ts";
import { type RecordKind, repository } from "../../../storage/state/repository.ts";
import type { StateStorage } from "../../../storage/state-storage.ts";

/** How long an assertion is remembered after it has expired, in milliseconds: longer than clocks may differ. */
const KEPT_MS = 300_000;

/** An assertion that was used. Only its key, a hash of issuer and `jti`, tells anything. */
export const ASSERTIONS: RecordKind<{ readonly expires: number }> = {
  collection: "assertions",
  codec: jsonCodec(z.strictObject({ expires: z.number() })),
};

/**
 * Notes that a source uses an assertion. False if it was used before, in this or in another process. `expires` is in
 * seconds since 1970.
 */
export async function useAssertion(
  state: StateStorage,
  sourceId: string,
  { issuer, jti, expires }: { readonly issuer: string; readonly jti: string; readonly expires: number },
): Promise<boolean> {
  const key = await sha256Hex(JSON.stringify([issuer, jti]));
  try {
    const dueAt = Math.ceil(expires * 1000) + KEPT_MS;
    await repository(state, ASSERTIONS, sourceId).put(key, { expires }, { expected: null, dueAt });
    return true;
  } catch (error) {
    if (isPreconditionFailed(error)) return false;
    throw error;
  }
}
