import * as z from "zod/mini";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import { type RecordKind, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";

interface Identity {
  readonly id: string;
}

const PROVIDERS: RecordKind<Identity> = { collection: "providers", codec: jsonCodec(z.object({ id: z.string() })) };

/**
 * The immutable id of the provider that a tenant calls by this name. It is created at the first use and owns the
 * provider's records, so that two tenants can use the same name in one storage.
 */
export async function providerId(
  state: StateStorage,
  named: { readonly tenant: string; readonly name: string },
  newId: () => string,
): Promise<string> {
  const providers = repository(state, PROVIDERS, "");
  const key = joinKey(named.tenant, named.name);
  const known = await providers.get(key);
  if (known !== undefined) return known.value.id;
  try {
    return (await providers.put(key, { id: newId() }, { expected: null })).value.id;
  } catch (error) {
    // Another process was first: its id is used.
    if (isPreconditionFailed(error)) return providerId(state, named, newId);
    throw error;
  }
}
