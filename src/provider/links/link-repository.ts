import * as z from "zod/mini";
import { PreconditionFailedError } from "../../errors/request-errors.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import { type Entry, type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import { ABSENT, type Link, linkCodec } from "./link.ts";

/** A link together with what is needed to write it again. */
export interface StoredLink {
  readonly link: Link;
  /** Undefined if nothing is stored. */
  readonly version: string | undefined;
}

/** Identifies a link: type and id of the directory object. */
export interface LinkKey {
  /** The resource type's name. */
  readonly type: string;
  /** The directory object's id. */
  readonly id: string;
}

interface Pointer {
  /** A directory object's id. */
  readonly id: string;
}

const LINKS: RecordKind<Link> = { collection: "links", codec: linkCodec };
const pointerCodec = jsonCodec<Pointer>(z.object({ id: z.string() }));
/** The object that owns a remote resource. */
const OWNERS: RecordKind<Pointer> = { collection: "link-owners", codec: pointerCodec };
/** The object whose create, with an outcome that is not known yet, was sent with this externalId. */
const CREATORS: RecordKind<Pointer> = { collection: "link-creators", codec: pointerCodec };

/** The collections of one transaction. */
interface Tables {
  readonly links: Repository<Link>;
  readonly owners: Repository<Pointer>;
  readonly creators: Repository<Pointer>;
}

/**
 * The links of one provider, and the indexes of who owns which remote resource.
 *
 * Every write is a compare-and-swap on the version that was read, so a worker that was too slow cannot overwrite a
 * newer link.
 */
export class LinkRepository {
  private readonly storage: Storage;
  private readonly owner: string;
  private readonly tables: Tables;

  /** `owner`: the provider's immutable id. */
  constructor(storage: Storage, owner: string) {
    this.storage = storage;
    this.owner = owner;
    this.tables = this.tablesOf(storage.state);
  }

  /** The links of many objects, in the order of `ids`; links that are not stored are missing. */
  async getAll(type: string, ids: readonly string[]): Promise<StoredLink[]> {
    const keys = ids.map((id) => joinKey(type, id));
    const entries = await this.tables.links.getMany(keys);
    return keys.map((key) => storedLink(entries.get(key)));
  }

  async get(key: LinkKey): Promise<StoredLink> {
    return storedLink(await this.tables.links.get(keyOf(key)));
  }

  /** The links of a type by directory id, in UTF-8 order, after `after` up to and including `to`. */
  async between(type: string, after: string | undefined, to: string | undefined): Promise<Map<string, Link>> {
    const prefix = joinKey(type, "");
    const range = {
      prefix,
      after: after === undefined ? undefined : prefix + after,
      upTo: to === undefined ? undefined : prefix + to,
    };
    const links = new Map<string, Link>();
    for await (const { key, value } of this.tables.links.each(range)) links.set(key.slice(prefix.length), value);
    return links;
  }

  /** Remote ids in links of a type, except this one; at most `take`. */
  async remoteIds(
    type: string,
    query: { readonly except: string | undefined; readonly take: number },
  ): Promise<string[]> {
    const prefix = joinKey(type, "");
    const entries = await this.tables.owners.scan({ prefix, take: query.take + 1 });
    const ids = entries.map(({ key }) => key.slice(prefix.length));
    return ids.filter((id) => id !== query.except).slice(0, query.take);
  }

  /** The owner of a remote resource: a directory id, or undefined. */
  async ownerOf(type: string, remoteId: string): Promise<string | undefined> {
    return (await this.tables.owners.get(joinKey(type, remoteId)))?.value.id;
  }

  /**
   * The object whose create, with an outcome that is not known yet, may have created the resource with this externalId.
   */
  async creatorOf(type: string, externalId: string): Promise<string | undefined> {
    return (await this.tables.creators.get(joinKey(type, externalId)))?.value.id;
  }

  /**
   * Writes a link if it has not changed since it was read, and updates the indexes. A link that is gone is removed.
   *
   * @throws {PreconditionFailedError} when another process wrote it meanwhile, or owns the remote resource
   */
  async save(key: LinkKey, before: StoredLink, link: Link): Promise<StoredLink> {
    return this.storage.transaction(
      async (tx) => {
        const tables = this.tablesOf(tx.state);
        await moveOwner(tables.owners, key, before.link, link);
        await moveCreator(tables.creators, key, before.link, link);
        if (link.state === "gone" || link === ABSENT) {
          const { version } = before;
          if (version !== undefined && !(await tables.links.delete(keyOf(key), version))) {
            throw new PreconditionFailedError();
          }
          return storedLink(undefined);
        }
        return storedLink(await tables.links.put(keyOf(key), link, { expected: before.version ?? null }));
      },
      { tenant: this.owner },
    );
  }

  /** Changes a link so that its remote resource is read first: it may have changed without us. */
  async doubt(key: LinkKey): Promise<void> {
    const stored = await this.get(key);
    const { state, sent } = stored.link;
    if (state !== "linked" || sent === undefined || sent === "unknown") return;
    await this.save(key, stored, { ...stored.link, sent: "unknown", told: sent });
  }

  private tablesOf(state: StateStorage): Tables {
    const { owner } = this;
    return {
      links: repository(state, LINKS, owner),
      owners: repository(state, OWNERS, owner),
      creators: repository(state, CREATORS, owner),
    };
  }
}

async function moveCreator(creators: Repository<Pointer>, key: LinkKey, before: Link, after: Link): Promise<void> {
  const [had, pending] = [pendingExternalId(before), pendingExternalId(after)];
  if (had === pending) return;
  if (had !== undefined) await creators.delete(joinKey(key.type, had));
  if (pending !== undefined) await creators.put(joinKey(key.type, pending), { id: key.id }, { expected: undefined });
}

async function moveOwner(owners: Repository<Pointer>, key: LinkKey, before: Link, after: Link): Promise<void> {
  const [had, owned] = [ownedId(before), ownedId(after)];
  if (had === owned) return;
  if (had !== undefined) await owners.delete(joinKey(key.type, had));
  if (owned !== undefined) await owners.put(joinKey(key.type, owned), { id: key.id }, { expected: null });
}

/**
 * The remote resource that nobody else may own. A link does not hold a resource that was given up, or that another
 * object has.
 */
function ownedId({ state, remoteId }: Link): string | undefined {
  return state === "gone" || state === "detached" || state === "waiting" || state === "blocked" ? undefined : remoteId;
}

/** The externalId of a create with an unknown outcome; only this object has it. */
function pendingExternalId({ state, intent }: Link): string | undefined {
  if (state !== "creating" && state !== "blocked") return undefined;
  return intent?.matchKeys?.find(({ attribute }) => attribute === "externalId")?.value;
}

function storedLink(entry: Entry<Link> | undefined): StoredLink {
  return { link: entry?.value ?? ABSENT, version: entry?.version };
}

function keyOf({ type, id }: LinkKey): string {
  return joinKey(type, id);
}
