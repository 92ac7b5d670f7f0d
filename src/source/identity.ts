import { isScimError } from "../errors/scim-error.ts";
import type { StateRecord, StateStorage } from "../storage/storage.ts";

const COLLECTION = "sources";

/** What a source is, apart from its configuration: made once, then the same for ever. */
export interface SourceIdentity {
  /** Immutable: it is the tenant of everything the source holds. The slug can change, this cannot. */
  readonly id: string;
  /** The principal that the identity provider acts as. Made with the source. */
  readonly serviceAccount: { readonly id: string; readonly name: string };
}

/**
 * The identity kept for `slug`, made now if this is the first time. `id` binds a slug to a source that exists already,
 * which is how a source is given another slug.
 */
export async function loadIdentity(
  state: StateStorage,
  slug: string,
  options: { readonly id: string | undefined; readonly newId: () => string },
): Promise<SourceIdentity> {
  const key = options.id ?? `slug:${slug}`;
  const known = (await state.get(COLLECTION, [key])).get(key);
  if (known !== undefined) return identityOf(known);
  const identity = {
    id: options.id ?? options.newId(),
    serviceAccount: { id: options.newId(), name: `source-${slug}` },
  };
  try {
    return identityOf(await state.put(COLLECTION, key, identity, { expected: null }));
  } catch (error) {
    if (!isScimError(error) || error.status !== 412) throw error;
    return loadIdentity(state, slug, options);
  }
}

function identityOf(record: StateRecord): SourceIdentity {
  return record.value as unknown as SourceIdentity;
}
