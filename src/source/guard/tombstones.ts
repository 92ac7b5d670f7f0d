import * as z from "zod/mini";
import { UniquenessError } from "../../errors/request-errors.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import { type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import { foldString } from "../../values/fold.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** A user that was deleted. */
interface Tombstone {
  readonly id: string;
  /** Folded. */
  readonly userName: string;
}

const TOMBSTONES: RecordKind<Tombstone> = {
  collection: "source-tombstones",
  codec: jsonCodec(z.strictObject({ id: z.string(), userName: z.string() })),
};

/** The deleted users of a source, by `externalId`. */
export class Tombstones {
  private readonly state: StateStorage;
  private readonly sourceId: () => Promise<string>;

  constructor(state: StateStorage, sourceId: () => Promise<string>) {
    this.state = state;
    this.sourceId = sourceId;
  }

  /** Remembers a user that is about to be deleted. One without `externalId` cannot come back. */
  async add(id: string, attributes: Attributes): Promise<void> {
    const name = nameOf(attributes);
    if (name === undefined) return;
    await (await this.records()).put(name.key, { id, userName: name.userName }, { expected: undefined });
  }

  /**
   * The id of the deleted user with the same `externalId` and `userName`.
   *
   * @throws {UniquenessError} with `recreate: "conflict"`
   */
  async idOf(attributes: Attributes, recreate: "restore" | "conflict"): Promise<string | undefined> {
    const name = nameOf(attributes);
    const found = name && (await (await this.records()).get(name.key))?.value;
    if (name === undefined || found?.userName !== name.userName) return undefined;
    if (recreate === "restore") return found.id;
    throw new UniquenessError("A user with this externalId and userName was deleted and cannot be created again", {
      attribute: "externalId",
    });
  }

  /** Forgets a user that came back. */
  async remove(attributes: Attributes): Promise<void> {
    const name = nameOf(attributes);
    if (name !== undefined) await (await this.records()).delete(name.key);
  }

  private async records(): Promise<Repository<Tombstone>> {
    return repository(this.state, TOMBSTONES, await this.sourceId());
  }
}

function nameOf({ externalId, userName }: Attributes): { readonly key: string; readonly userName: string } | undefined {
  if (typeof externalId !== "string" || externalId === "" || typeof userName !== "string") return undefined;
  return { key: joinKey("User", externalId), userName: foldString(userName) };
}
