import * as z from "zod/mini";
import { UniquenessError } from "../../errors/request-errors.ts";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import { anyObject, jsonCodec } from "../../storage/state/codec.ts";
import { joinKey } from "../../storage/state/owner-key.ts";
import { type RecordKind, type Repository, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";

/** Attributes of an adopted account that keep the account's values. */
export type KeptAttributes = Readonly<Record<string, unknown>>;

/** What is stored under the SCIM id: the application's id, and what an adopted account keeps. */
export interface OwnId {
  readonly id: string;
  /** Undefined for an account that was not adopted. */
  readonly kept?: KeptAttributes | undefined;
}

/** Who holds an id of the application. Read under the id of the application, over all sources. */
interface Holder {
  /** The SCIM id. */
  readonly id: string;
  readonly source: string;
  /** The application's name of the customer, if the source has the option `adopt`. */
  readonly tenant?: string | undefined;
}

const collection = "application-ids";

const IDS: RecordKind<OwnId> = {
  collection,
  codec: jsonCodec(z.strictObject({ id: z.string(), kept: z.optional(anyObject()) })),
};

const HOLDERS: RecordKind<Holder> = {
  collection,
  codec: jsonCodec(z.strictObject({ id: z.string(), source: z.string(), tenant: z.optional(z.string()) })),
};

/** A user or group of a source. */
export interface ObjectName {
  /** The name of its resource type. */
  readonly type: string;
  /** The SCIM id. */
  readonly id: string;
}

/** The accounts that several sources of one customer share. */
export interface SharedAccounts {
  /** The application's name of the customer. */
  readonly tenant: string;
  /** Whether a source was removed. What it held can be taken over. */
  readonly isRemoved: (state: StateStorage, sourceId: string) => Promise<boolean>;
}

/** The application's own ids of users and groups, and back. Made over `tx.state`, it works inside a transaction. */
export class ApplicationIds {
  private readonly state: StateStorage;
  private readonly sourceId: string;
  private readonly shared: SharedAccounts | undefined;
  private readonly records: Repository<OwnId>;
  private readonly holders: Repository<Holder>;

  /** With `shared`, an id belongs to one resource of all sources of the customer, and not only of this source. */
  constructor(state: StateStorage, sourceId: string, shared?: SharedAccounts) {
    this.state = state;
    this.sourceId = sourceId;
    this.shared = shared;
    this.records = repository(state, IDS, sourceId);
    this.holders = repository(state, HOLDERS, "");
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

  /** What is stored of the account of an object. `kept` is undefined if it was not adopted. */
  async accountOf(name: ObjectName): Promise<OwnId | undefined> {
    return (await this.records.get(keyOf(name)))?.value;
  }

  /** The SCIM id of an object of the application. */
  async scimIdOf({ type, id }: ObjectName): Promise<string | undefined> {
    return (await this.holders.get(this.holderKey(type, id)))?.value.id;
  }

  /**
   * Stores the application's id of an object; a former one is forgotten.
   *
   * @throws {UniquenessError} when another object has it
   */
  async set(name: ObjectName, applicationId: string, former: string | undefined): Promise<void> {
    if (former === applicationId) return;
    const holder = await this.scimIdOf({ type: name.type, id: applicationId });
    if (holder !== undefined && holder !== name.id) throw held("The directory returned an id of its own");
    await this.claim(name, applicationId, "The directory returned an id of its own");
    if (former !== undefined) await this.remove(name, former);
    await this.put(name, { id: applicationId });
  }

  /**
   * Gives an account that the application has already to a new object.
   *
   * @throws {UniquenessError} when another object of this or of another source has it
   */
  async adopt(name: ObjectName, { id, kept }: { readonly id: string; readonly kept: KeptAttributes }): Promise<void> {
    const matched = "The user matches an account";
    const prefix = joinKey("application", name.type, id, "");
    for await (const { value } of this.holders.each({ prefix })) {
      if (await this.isHeldBy(value, name)) throw held(matched);
    }
    await this.claim(name, id, matched);
    await this.put(name, { id, kept });
  }

  /** Stores what an adopted account still keeps. */
  async keep(name: ObjectName, kept: KeptAttributes): Promise<void> {
    const found = await this.records.get(keyOf(name));
    if (found !== undefined) {
      await this.records.put(found.key, { ...found.value, kept }, { expected: found.version });
    }
  }

  /** Forgets an object that was removed. */
  async remove(name: ObjectName, applicationId: string): Promise<void> {
    await this.records.delete(keyOf(name));
    await this.holders.delete(this.holderKey(name.type, applicationId));
    if (this.shared !== undefined) await this.holders.delete(claimKey(this.shared, name.type, applicationId));
  }

  private async put(name: ObjectName, own: OwnId): Promise<void> {
    await this.records.put(keyOf(name), own, { expected: undefined });
    await this.holders.put(this.holderKey(name.type, own.id), this.holder(name), { expected: undefined });
  }

  /** Reserves an account among the sources of the customer. Two sources that do so at once have the same key. */
  private async claim(name: ObjectName, applicationId: string, what: string): Promise<void> {
    if (this.shared === undefined) return;
    const key = claimKey(this.shared, name.type, applicationId);
    const present = await this.holders.get(key);
    if (present !== undefined && (await this.isHeldBy(present.value, name))) throw held(what);
    try {
      await this.holders.put(key, this.holder(name), { expected: present?.version ?? null });
    } catch (error) {
      throw isPreconditionFailed(error) ? held(what) : error;
    }
  }

  /** Whether what a record says is the hold of another object. The ids of different customers may be equal. */
  private async isHeldBy({ id, source, tenant }: Holder, name: ObjectName): Promise<boolean> {
    if (source === this.sourceId) return id !== name.id;
    const { shared } = this;
    if (shared !== undefined && tenant !== undefined && tenant !== shared.tenant) return false;
    return !(await shared?.isRemoved(this.state, source));
  }

  private holder({ id }: ObjectName): Holder {
    return { id, source: this.sourceId, tenant: this.shared?.tenant };
  }

  private holderKey(type: string, applicationId: string): string {
    return joinKey("application", type, applicationId, this.sourceId);
  }
}

function held(what: string): UniquenessError {
  return new UniquenessError(`${what} that another resource has already`);
}

function keyOf({ type, id }: ObjectName): string {
  return joinKey("scim", type, id);
}

function claimKey({ tenant }: SharedAccounts, type: string, applicationId: string): string {
  return joinKey("claim", tenant, type, applicationId);
}
