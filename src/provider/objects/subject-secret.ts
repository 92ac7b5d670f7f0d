import * as z from "zod/mini";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { type RecordKind, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";

interface Setting {
  readonly secret: string;
}

const SETTINGS: RecordKind<Setting> = { collection: "settings", codec: jsonCodec(z.object({ secret: z.string() })) };
const KEY = "subject-secret";

/**
 * The secret for hashed subject ids: created once, then always the same, for all providers and tenants on a storage.
 */
export async function subjectSecret(state: StateStorage): Promise<string> {
  const settings = repository(state, SETTINGS, "");
  const known = await settings.get(KEY);
  if (known !== undefined) return known.value.secret;
  try {
    return (await settings.put(KEY, { secret: crypto.randomUUID() }, { expected: null })).value.secret;
  } catch (error) {
    // Another process was first: its secret is used.
    if (isPreconditionFailed(error)) return subjectSecret(state);
    throw error;
  }
}
