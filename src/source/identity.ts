import * as z from "zod/mini";
import { isPreconditionFailed } from "../errors/scim-error.ts";
import { jsonCodec } from "../storage/state/codec.ts";
import { joinKey } from "../storage/state/owner-key.ts";
import { type RecordKind, type Repository, repository } from "../storage/state/repository.ts";
import type { StateStorage } from "../storage/storage.ts";

/** The identity of a source, apart from its configuration: created once, then always the same. */
export interface SourceIdentity {
  /** Immutable: the tenant of everything that the source stores. The slug can change, the id cannot. */
  readonly id: string;
  /** The principal of the identity provider. Created with the source. */
  readonly serviceAccount: { readonly id: string; readonly name: string };
}

/** Stored twice, by the source's id and by its slug. These records have no owner: they are read to find the owner. */
const SOURCES: RecordKind<SourceIdentity> = {
  collection: "sources",
  codec: jsonCodec(z.object({ id: z.string(), serviceAccount: z.object({ id: z.string(), name: z.string() }) })),
};

/**
 * The identity that is stored for `slug`, created now if there is none. `id` gives a slug to an existing source; this
 * is how a source gets another slug.
 */
export async function loadIdentity(
  state: StateStorage,
  slug: string,
  options: { readonly id: string | undefined; readonly newId: () => string },
): Promise<SourceIdentity> {
  const { id, newId } = options;
  const sources = repository(state, SOURCES, "");
  const key = id === undefined ? joinKey("slug", slug) : joinKey("id", id);
  const known = await sources.get(key);
  if (known !== undefined) return known.value;
  const identity: SourceIdentity = {
    id: id ?? newId(),
    serviceAccount: { id: newId(), name: `source-${slug}` },
  };
  // First by id: a source that can be found by its slug can then be found by its id too.
  const keyOfId = joinKey("id", identity.id);
  if (!(await isFirst(sources, keyOfId, identity))) return loadIdentity(state, slug, options);
  if (id !== undefined || (await isFirst(sources, key, identity))) return identity;
  await sources.delete(keyOfId);
  return loadIdentity(state, slug, options);
}

/** Stores the identity under the key. False if another process was first. */
async function isFirst(sources: Repository<SourceIdentity>, key: string, identity: SourceIdentity): Promise<boolean> {
  try {
    await sources.put(key, identity, { expected: null });
    return true;
  } catch (error) {
    if (isPreconditionFailed(error)) return false;
    throw error;
  }
}
