import * as z from "zod/mini";
import { UniquenessError } from "../../errors/request-errors.ts";
import { jsonCodec } from "../../storage/state/codec.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import { type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/storage.ts";

const IDS: RecordKind<{ readonly id: string }> = {
  collection: "application-ids",
  codec: jsonCodec(z.strictObject({ id: z.string() })),
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
  private readonly records: Repository<{ readonly id: string }>;

  constructor(state: StateStorage, sourceId: string) {
    this.records = repository(state, IDS, sourceId);
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

  /** The SCIM id of an object of the application. */
  async scimIdOf({ type, id }: ObjectName): Promise<string | undefined> {
    return (await this.records.get(joinKey("application", type, id)))?.value.id;
  }

  /**
   * Stores the application's id of an object; a former one is forgotten.
   *
   * @throws {UniquenessError} when another object has it
   */
  async set(name: ObjectName, applicationId: string, former: string | undefined): Promise<void> {
    if (former === applicationId) return;
    const holder = await this.scimIdOf({ type: name.type, id: applicationId });
    if (holder !== undefined && holder !== name.id) {
      throw new UniquenessError("The directory returned an id of its own that another resource has already");
    }
    if (former !== undefined) await this.records.delete(joinKey("application", name.type, former));
    await this.records.put(keyOf(name), { id: applicationId }, { expected: undefined });
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
