import * as z from "zod/mini";
import { UniquenessError } from "../../errors/request-errors.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import { type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { ResourceStorage, Storage } from "../../storage/storage.ts";

/** The other id of an object. */
interface OtherId {
  readonly id: string;
  /** Whether the account was there before its user came. */
  readonly isAdopted?: boolean | undefined;
}

const IDS: RecordKind<OtherId> = {
  collection: "application-ids",
  codec: jsonCodec(z.strictObject({ id: z.string(), isAdopted: z.optional(z.boolean()) })),
};

/** A user or group of a source. */
export interface ObjectName {
  /** The name of its resource type. */
  readonly type: string;
  /** The SCIM id. */
  readonly id: string;
}

/** The application's own ids of users and groups, and back. Made over `tx.state`, it works inside a transaction. */
export class ApplicationIds {
  private readonly records: Repository<OtherId>;
  private readonly resources: Pick<ResourceStorage, "find">;
  private readonly sourceId: string;

  constructor({ state, resources }: Pick<Storage, "state" | "resources">, sourceId: string) {
    this.records = repository(state, IDS, sourceId);
    this.resources = resources;
    this.sourceId = sourceId;
  }

  /** The application's id of an object. */
  async of(name: ObjectName): Promise<string | undefined> {
    return (await this.ofAll([name])).get(name.id);
  }

  /** The application's ids of objects, by SCIM id. */
  async ofAll(names: readonly ObjectName[]): Promise<Map<string, string>> {
    const found = await this.records.getMany(names.map(keyOf));
    const entries = names.flatMap((name): [string, string][] => {
      const id = found.get(keyOf(name))?.value.id;
      return id === undefined ? [] : [[name.id, id]];
    });
    return new Map(entries);
  }

  /** Whether the account of a user was there before the user came. */
  async isAdopted(name: ObjectName): Promise<boolean> {
    return (await this.records.get(keyOf(name)))?.value.isAdopted === true;
  }

  /** The SCIM id of an object of the application. */
  async scimIdOf({ type, id }: ObjectName): Promise<string | undefined> {
    return (await this.records.get(joinKey("application", type, id)))?.value.id;
  }

  /**
   * The other object, beside `scimId`, that an object of the application belongs to. One that was deleted does not count:
   * the account of a user who was only deactivated can belong to the next one.
   */
  async holderOf(name: ObjectName, scimId: string): Promise<string | undefined> {
    const holder = await this.scimIdOf(name);
    if (holder === undefined || holder === scimId) return undefined;
    const partition = { tenant: this.sourceId, type: name.type };
    return (await this.resources.find(partition, holder, { omit: ["members"] })) === undefined ? undefined : holder;
  }

  /**
   * Stores the application's id of an object; a former one is forgotten.
   *
   * @throws {UniquenessError} when another object has it
   */
  async set(
    name: ObjectName,
    applicationId: string,
    { former, isAdopted }: { readonly former?: string | undefined; readonly isAdopted?: boolean | undefined },
  ): Promise<void> {
    if (former === applicationId) return;
    const held = { type: name.type, id: applicationId };
    if ((await this.holderOf(held, name.id)) !== undefined) {
      throw new UniquenessError("The directory returned an id of its own that another resource has already");
    }
    const before = await this.scimIdOf(held);
    if (before !== undefined && before !== name.id) await this.remove({ type: name.type, id: before }, applicationId);
    if (former !== undefined) await this.records.delete(joinKey("application", name.type, former));
    await this.records.put(keyOf(name), { id: applicationId, isAdopted }, { expected: undefined });
    await this.records.put(joinKey("application", name.type, applicationId), { id: name.id }, { expected: undefined });
  }

  /** Forgets an object that was removed. */
  async remove(name: ObjectName, applicationId: string): Promise<void> {
    await this.records.delete(keyOf(name));
    await this.records.delete(joinKey("application", name.type, applicationId));
  }
}

function keyOf({ type, id }: ObjectName): string {
  return joinKey("scim", type, id);
}
