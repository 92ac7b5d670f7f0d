import * as z from "zod/mini";
import { isPreconditionFailed } from "../errors/scim-error.ts";
import { jsonCodec } from "../storage/state/codec.ts";
import { joinKey } from "../storage/state/owner-key.ts";
import { type RecordKind, type Repository, repository } from "../storage/state/repository.ts";
import type { StateStorage } from "../storage/state-storage.ts";
import type { Storage } from "../storage/storage.ts";

/** The identity of a source, apart from its configuration: created once, then always the same. */
export interface SourceIdentity {
  /** Immutable: the tenant of everything that the source stores. The slug can change, the id cannot. */
  readonly id: string;
  /** The principal of the identity provider. Created with the source. */
  readonly serviceAccount: { readonly id: string; readonly name: string };
}

/** The record of a source. */
export interface SourceRecord extends SourceIdentity {
  /** The slug that it has, or had before it was removed. */
  readonly slug: string;
  /** Set when the source was removed. */
  readonly removed?: RemovedSource | undefined;
}

/** What is known of a source that was removed. */
export interface RemovedSource {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly objects: "keep" | "deactivate";
}

/** The record of a slug: which source has it. */
interface SlugRecord {
  readonly source: string;
}

const RECORDS: RecordKind<SourceRecord | SlugRecord> = {
  collection: "sources",
  codec: jsonCodec<SourceRecord | SlugRecord>(
    z.union([
      z.strictObject({ source: z.string() }),
      z.strictObject({
        id: z.string(),
        slug: z.string(),
        serviceAccount: z.object({ id: z.string(), name: z.string() }),
        removed: z.optional(z.strictObject({ at: z.string(), objects: z.enum(["keep", "deactivate"]) })),
      }),
    ]),
  ),
};

/** A slug and the source that has it. */
export interface NamedSource {
  readonly slug: string;
  readonly id: string;
}

/** The sources of a storage. These records have no owner: they are read to find the owner. */
export class SourceRecords {
  private readonly records: Repository<SourceRecord | SlugRecord>;

  /** Made over `tx.state`, it works inside a transaction. */
  constructor(state: StateStorage) {
    this.records = repository(state, RECORDS, "");
  }

  async bySlug(slug: string): Promise<SourceRecord | undefined> {
    const id = await this.idOf(slug);
    return id === undefined ? undefined : this.byId(id);
  }

  async byId(id: string): Promise<SourceRecord | undefined> {
    const record = (await this.records.get(joinKey("id", id)))?.value;
    return record === undefined || "source" in record ? undefined : record;
  }

  /** The id of the source that has a slug. */
  async idOf(slug: string): Promise<string | undefined> {
    const record = (await this.records.get(joinKey("slug", slug)))?.value;
    return record !== undefined && "source" in record ? record.source : undefined;
  }

  /** Gives a slug to a source. @throws {PreconditionFailedError} when another one has it */
  async take(slug: string, id: string): Promise<void> {
    await this.records.put(joinKey("slug", slug), { source: id }, { expected: null });
  }

  async free(slug: string): Promise<void> {
    await this.records.delete(joinKey("slug", slug));
  }

  /** Stores the record of a source. `dueAt` is when a removal must be continued. */
  async put(record: SourceRecord, dueAt?: number): Promise<void> {
    await this.records.put(joinKey("id", record.id), record, { expected: undefined, dueAt });
  }

  /** The slugs in use, in UTF-8 order. */
  async *slugs(): AsyncGenerator<NamedSource, void, undefined> {
    const prefix = joinKey("slug", "");
    for await (const { key, value } of this.records.each({ prefix })) {
      if ("source" in value) yield { slug: key.slice(prefix.length), id: value.source };
    }
  }

  /** Sources whose removal is not finished, and is due. */
  async unfinishedRemovals(state: StateStorage, now: number): Promise<SourceRecord[]> {
    const due = await state.due(RECORDS.collection, now, 100);
    const found = await Promise.all(due.map(({ value }) => this.byId(String(value.id))));
    return found.flatMap((record) => (record?.removed === undefined ? [] : [record]));
  }
}

/** What `loadIdentity` needs. */
export interface IdentityContext {
  readonly storage: Storage;
  readonly slug: string;
  /** The id that the source must have; undefined to take that of the slug, or a new one. */
  readonly id: string | undefined;
  readonly newId: () => string;
}

/**
 * The identity of the source with a slug, created now if there is none. With `id`, a source that has another slug gets
 * this one; the other slug is free then.
 *
 * @throws {TypeError} when the slug belongs to another source than `id`, or that source was removed
 */
export async function loadIdentity(context: IdentityContext): Promise<SourceIdentity> {
  const { storage, slug, id } = context;
  const known = await new SourceRecords(storage.state).bySlug(slug);
  if (known !== undefined) {
    if (id === undefined || id === known.id) return identityIn(known);
    throw new TypeError(`createSource: slug: "${slug}" belongs to the source ${known.id}, and not to ${id}`);
  }
  try {
    return identityIn(await register(context));
  } catch (error) {
    // Another process was first, so that the slug has a source now.
    if (isPreconditionFailed(error)) return loadIdentity(context);
    throw error;
  }
}

async function register({ storage, slug, id, newId }: IdentityContext): Promise<SourceRecord> {
  const made: SourceIdentity = { id: id ?? newId(), serviceAccount: { id: newId(), name: `source-${slug}` } };
  return storage.transaction(
    async (tx) => {
      const records = new SourceRecords(tx.state);
      await records.take(slug, made.id);
      const present = id === undefined ? undefined : await records.byId(id);
      if (present?.removed !== undefined) {
        throw new TypeError(`createSource: id: the source ${present.id} was removed at ${present.removed.at}`);
      }
      if (present !== undefined) await records.free(present.slug);
      const record: SourceRecord = { ...(present ?? made), slug };
      await records.put(record);
      return record;
    },
    { tenant: made.id },
  );
}

function identityIn({ id, serviceAccount }: SourceRecord): SourceIdentity {
  return { id, serviceAccount };
}
