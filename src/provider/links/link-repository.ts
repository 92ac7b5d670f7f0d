import { PreconditionFailedError } from "../../errors/request-errors.ts";
import type { StateRecord, StateStorage, Storage } from "../../storage/storage.ts";
import { compareUtf8 } from "../../values/utf8-order.ts";
import { ABSENT, type Link } from "./link.ts";

/** A link together with what is needed to write it again. */
export interface StoredLink {
  readonly link: Link;
  /** Undefined while nothing is stored. */
  readonly record: StateRecord | undefined;
}

/** Where a link stands: the directory object's type and id. */
export interface LinkKey {
  /** The resource type's name. */
  readonly type: string;
  /** The directory object's id. */
  readonly id: string;
}

/**
 * The links of one provider, and the index of who owns which remote resource.
 *
 * Every write is a compare-and-swap on the version that was read: a worker that was overtaken cannot overwrite.
 */
export class LinkRepository {
  private readonly storage: Storage;
  private readonly links: string;
  private readonly owners: string;
  private readonly creators: string;

  constructor(storage: Storage, provider: string) {
    this.storage = storage;
    this.links = `links:${provider}`;
    this.owners = `link-owners:${provider}`;
    this.creators = `link-creators:${provider}`;
  }

  /** The links of many objects, in the order of `ids`; one that is not there is absent. */
  async getAll(type: string, ids: readonly string[]): Promise<StoredLink[]> {
    const records = await this.storage.state.get(
      this.links,
      ids.map((id) => keyOf({ type, id })),
    );
    return ids.map((id) => storedLink(records.get(keyOf({ type, id }))));
  }

  async get(key: LinkKey): Promise<StoredLink> {
    const [link] = await this.getAll(key.type, [key.id]);
    return link ?? storedLink(undefined);
  }

  /** The links of a type by their directory ids, in UTF-8 order, from behind `after` up to and including `to`. */
  async between(type: string, after: string | undefined, to: string | undefined): Promise<Map<string, Link>> {
    const prefix = keyOf({ type, id: "" });
    const links = new Map<string, Link>();
    let begin = after === undefined ? undefined : prefix + after;
    for (;;) {
      const range = {
        from: prefix,
        to: `${prefix}\u{10ffff}`,
        take: 200,
        ...(begin === undefined ? {} : { after: begin }),
      };
      const records = await this.storage.state.scan(this.links, range);
      for (const record of records) {
        const id = record.key.slice(prefix.length);
        if (to !== undefined && compareUtf8(id, to) > 0) return links;
        links.set(id, storedLink(record).link);
      }
      const last = records.at(-1);
      if (last === undefined || records.length < 200) return links;
      begin = last.key;
    }
  }

  /** Who owns a remote resource: a directory id, or undefined. */
  async ownerOf(type: string, remoteId: string): Promise<string | undefined> {
    return this.idIn(this.owners, keyOf({ type, id: remoteId }));
  }

  /** Whose create, of an outcome that is not known yet, may have made what carries this externalId: a directory id, or undefined. */
  async creatorOf(type: string, externalId: string): Promise<string | undefined> {
    return this.idIn(this.creators, keyOf({ type, id: externalId }));
  }

  private async idIn(collection: string, key: string): Promise<string | undefined> {
    const record = (await this.storage.state.get(collection, [key])).get(key);
    return typeof record?.value.id === "string" ? record.value.id : undefined;
  }

  /**
   * Writes a link over the one that was read, and keeps the index of owners with it. A link that is gone is removed.
   *
   * @throws {PreconditionFailedError} when someone else wrote it in between, or owns the remote resource
   */
  async save(key: LinkKey, before: StoredLink, link: Link): Promise<StoredLink> {
    return this.storage.transaction(async (tx) => {
      await this.moveOwner(tx.state, key, before.link, link);
      await this.moveCreator(tx.state, key, before.link, link);
      const recordKey = keyOf(key);
      if (link.state === "gone" || link === ABSENT) {
        if (before.record !== undefined) await removeExactly(tx.state, this.links, before.record);
        return storedLink(undefined);
      }
      const record = await tx.state.put(
        this.links,
        recordKey,
        { ...link },
        { expected: before.record?.version ?? null },
      );
      return storedLink(record);
    });
  }

  /** Makes a link one whose remote resource has to be looked at: it may have changed without us. */
  async doubt(key: LinkKey): Promise<void> {
    const stored = await this.get(key);
    const { state, sent } = stored.link;
    if (state !== "linked" || sent === undefined || sent === "unknown") return;
    await this.save(key, stored, { ...stored.link, sent: "unknown", told: sent });
  }

  private async moveCreator(state: StateStorage, key: LinkKey, before: Link, after: Link): Promise<void> {
    const [had, pending] = [pendingExternalId(before), pendingExternalId(after)];
    if (had === pending) return;
    if (had !== undefined) await state.delete(this.creators, keyOf({ type: key.type, id: had }));
    if (pending !== undefined) {
      await state.put(this.creators, keyOf({ type: key.type, id: pending }), { id: key.id }, { expected: undefined });
    }
  }

  private async moveOwner(state: StateStorage, key: LinkKey, before: Link, after: Link): Promise<void> {
    const owned = after.state === "gone" || after.state === "detached" ? undefined : after.remoteId;
    const had = before.state === "detached" ? undefined : before.remoteId;
    if (had === owned) return;
    if (had !== undefined) await state.delete(this.owners, keyOf({ type: key.type, id: had }));
    if (owned !== undefined) {
      await state.put(this.owners, keyOf({ type: key.type, id: owned }), { id: key.id }, { expected: null });
    }
  }
}

/** What a create was sent with that only this object has. */
function pendingExternalId({ state, intent }: Link): string | undefined {
  if (state !== "creating") return undefined;
  return intent?.matchKeys?.find(({ attribute }) => attribute === "externalId")?.value;
}

function storedLink(record: StateRecord | undefined): StoredLink {
  return { link: record === undefined ? ABSENT : (record.value as unknown as Link), record };
}

function keyOf({ type, id }: LinkKey): string {
  return `${type}/${id}`;
}

async function removeExactly(state: StateStorage, collection: string, record: StateRecord): Promise<void> {
  if (!(await state.delete(collection, record.key, record.version))) throw new PreconditionFailedError();
}
