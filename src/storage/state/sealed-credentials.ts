import { createSealer, type Sealer } from "../../crypto/create-sealer.ts";
import type { SealingKey } from "../../crypto/key-ring.ts";
import { SealError } from "../../crypto/seal-error.ts";
import { isPreconditionFailed } from "../../errors/scim-error.ts";
import type { StateStorage } from "../state-storage.ts";
import type { Codec } from "./codec.ts";
import { type Entry, type Repository, repository } from "./repository.ts";

/**
 * A record without an encrypted text is read as an empty one, which no key opens: then only that record is unreadable.
 */
const SEALED: Codec<string> = Object.freeze<Codec<string>>({
  encode: (sealed) => ({ sealed }),
  decode: ({ sealed }) => (typeof sealed === "string" ? sealed : ""),
});

/** The value of credentials: plain JSON data, such as the tokens of an OAuth client. */
export type CredentialsValue = Readonly<Record<string, unknown>>;

/** Stored credentials, decrypted. */
export interface StoredCredentials {
  readonly name: string;
  readonly value: CredentialsValue;
  /** For `expected`: changes with every `put`, and with `rotate`. */
  readonly version: string;
}

/** Options of `sealedCredentials`. */
export interface SealedCredentialsOptions {
  /** The first key encrypts, all decrypt. Do not store them in the database: a key beside its data protects nothing. */
  readonly keys: readonly SealingKey[];
  /** Their collection in the state storage. @default "credentials" */
  readonly collection?: string;
}

/** The result of `SealedCredentials.rotate`. */
export interface RotationOutcome {
  /** How many were encrypted again. */
  readonly resealed: number;
  /** Names of credentials that no key decrypts. They are unchanged. */
  readonly unreadable: readonly string[];
}

/** Secrets that must be read again, such as OAuth tokens, in encrypted form. Names are not encrypted. */
export interface SealedCredentials {
  /** @throws {SealError} when no key decrypts the record, or somebody changed or moved it */
  get(name: string): Promise<StoredCredentials | undefined>;
  /**
   * Encrypts and stores. `expected` as in `StateStorage.put`: a version, null if none must exist yet, or undefined to
   * overwrite any. With it, if two processes refresh the same tokens, the second one fails.
   *
   * @throws {PreconditionFailedError} when `expected` does not hold
   * @throws {TypeError} when the value is not an object of JSON data
   */
  put(
    name: string,
    value: CredentialsValue,
    options?: { readonly expected?: string | null },
  ): Promise<StoredCredentials>;
  /** True if they existed and, with `expected`, had that version. Needs no key. */
  delete(name: string, expected?: string): Promise<boolean>;
  /** Names in binary order (UTF-8), beginning after `after`. Needs no key. */
  names(query: { readonly after?: string; readonly take: number }): Promise<string[]>;
  /**
   * Encrypts all records of other keys again with the first key. Skips records that cannot be decrypted. Once every
   * process has the new key as the first and this has returned no `unreadable`, the old key can be removed.
   */
  rotate(): Promise<RotationOutcome>;
}

/**
 * Credentials in a state storage, encrypted with AES-256-GCM and keys of the application. An encrypted text is bound to
 * its collection and name, so it cannot be used in another place. A person who can write to the database can restore an
 * older value of the same name. Create it over `tx.state` to work inside a transaction.
 *
 * @example
 * ```ts
 * import { memoryStorage } from "scimkit";
 * import { sealedCredentials } from "scimkit/storage";
 *
 * const key = crypto.getRandomValues(new Uint8Array(32)); // use a key from your secret store
 * const credentials = sealedCredentials(memoryStorage().state, { keys: [{ id: "2026-01", key }] });
 * await credentials.put("slack", { refreshToken: "…" });
 * ```
 * @throws {TypeError} for invalid keys, and if the first argument is not a state storage
 */
export function sealedCredentials(state: StateStorage, options: SealedCredentialsOptions): SealedCredentials {
  if (typeof (state as Partial<StateStorage> | undefined)?.get !== "function") {
    throw new TypeError("sealedCredentials: the first argument must be the state of a storage: storage.state");
  }
  const { keys = [], collection = "credentials" } = (options ?? {}) as Partial<SealedCredentialsOptions>;
  try {
    return new CredentialsRepository(state, { collection, sealer: createSealer({ keys }) });
  } catch (cause) {
    throw new TypeError(`sealedCredentials: ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
}

class CredentialsRepository implements SealedCredentials {
  private readonly collection: string;
  private readonly sealer: Sealer;
  private readonly records: Repository<string>;

  constructor(state: StateStorage, { collection, sealer }: { readonly collection: string; readonly sealer: Sealer }) {
    this.collection = collection;
    this.sealer = sealer;
    this.records = repository(state, { collection, codec: SEALED }, "");
  }

  async get(name: string): Promise<StoredCredentials | undefined> {
    const entry = await this.records.get(name);
    return entry && { name, value: await this.open(entry), version: entry.version };
  }

  async put(
    name: string,
    value: CredentialsValue,
    options: { readonly expected?: string | null } = {},
  ): Promise<StoredCredentials> {
    const text = jsonOf(value);
    const { version } = await this.seal(name, text, options.expected);
    return { name, value: JSON.parse(text), version };
  }

  delete(name: string, expected?: string): Promise<boolean> {
    return this.records.delete(name, expected);
  }

  async names(query: { readonly after?: string; readonly take: number }): Promise<string[]> {
    return (await this.records.scan(query)).map((entry) => entry.key);
  }

  async rotate(): Promise<RotationOutcome> {
    let resealed = 0;
    const unreadable: string[] = [];
    for await (const entry of this.records.each()) {
      const outcome = await this.reseal(entry);
      if (outcome === "resealed") resealed += 1;
      if (outcome === "unreadable") unreadable.push(entry.key);
    }
    return { resealed, unreadable };
  }

  /** Encrypts one record again. If another writer was faster, its record is encrypted again instead. */
  private async reseal(first: Entry<string>): Promise<"resealed" | "current" | "unreadable"> {
    for (let entry: Entry<string> | undefined = first; entry !== undefined; entry = await this.records.get(first.key)) {
      if (this.sealer.isCurrent(entry.value)) return "current";
      try {
        await this.seal(entry.key, JSON.stringify(await this.open(entry)), entry.version);
        return "resealed";
      } catch (error) {
        if (error instanceof SealError) return "unreadable";
        if (!isPreconditionFailed(error)) throw error;
      }
    }
    return "current";
  }

  private async seal(name: string, text: string, expected: string | null | undefined): Promise<Entry<string>> {
    const sealed = await this.sealer.seal(new TextEncoder().encode(text), this.contextOf(name));
    return this.records.put(name, sealed, { expected });
  }

  private async open({ key, value }: Entry<string>): Promise<CredentialsValue> {
    const opened = await this.sealer.open(value, this.contextOf(key));
    return JSON.parse(new TextDecoder().decode(opened));
  }

  private contextOf(name: string): string {
    return JSON.stringify(["credentials", this.collection, name]);
  }
}

/** The message of the error contains no part of the value, which may be secret. */
function jsonOf(value: CredentialsValue): string {
  const text = typeof value === "object" && value !== null ? stringified(value) : undefined;
  // A list is not an object, and neither is a value whose toJSON returns a text, such as a Date.
  if (text?.startsWith("{") === true) return text;
  throw new TypeError("SealedCredentials: the value must be an object of JSON data");
}

function stringified(value: CredentialsValue): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
