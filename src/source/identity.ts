import { isPreconditionFailed } from "../errors/scim-error.ts";
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
  const { id, newId } = options;
  const key = id === undefined ? `slug:${slug}` : `id:${id}`;
  const known = (await state.get(COLLECTION, [key])).get(key);
  if (known !== undefined) return identityOf(known);
  const identity: SourceIdentity = {
    id: id ?? newId(),
    serviceAccount: { id: newId(), name: `source-${slug}` },
  };
  // First by id: a source that can be found by its slug can then be found by its id too.
  if (!(await isFirst(state, `id:${identity.id}`, identity))) return loadIdentity(state, slug, options);
  if (id !== undefined || (await isFirst(state, key, identity))) return identity;
  await state.delete(COLLECTION, `id:${identity.id}`);
  return loadIdentity(state, slug, options);
}

/** Keeps the identity under the key, unless another process was first. */
async function isFirst(state: StateStorage, key: string, identity: SourceIdentity): Promise<boolean> {
  try {
    await state.put(COLLECTION, key, { ...identity }, { expected: null });
    return true;
  } catch (error) {
    if (isPreconditionFailed(error)) return false;
    throw error;
  }
}

function identityOf(record: StateRecord): SourceIdentity {
  return record.value as unknown as SourceIdentity;
}
