import { fromBase64 } from "./base64url.ts";

/** A key that encrypts. */
export interface SealingKey {
  /**
   * Stored in plain text with the encrypted data, to find the key again: 1 to 64 letters, digits, `.`, `_` or `-`.
   * Unique.
   */
  readonly id: string;
  /** 32 random bytes, as they are or in base64 or base64url (`openssl rand -base64 32`). A passphrase is not a key. */
  readonly key: Uint8Array | string;
}

/** Keys by id, ready to use; `first` is the id of the key that encrypts. */
export interface KeyRing {
  readonly first: string;
  readonly keys: ReadonlyMap<string, Promise<CryptoKey>>;
}

const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * @throws {TypeError} when there is no key, an id is invalid or duplicate, or a key is not 32 bytes; it contains no key
 */
export function keyRing(keys: readonly SealingKey[]): KeyRing {
  const first = Array.isArray(keys) ? keys[0]?.id : undefined;
  if (first === undefined) throw new TypeError("keys: must contain a key, as { id, key }; the first one encrypts");
  const byId = new Map<string, Promise<CryptoKey>>();
  for (const { id, key } of keys) {
    if (typeof id !== "string" || !KEY_ID.test(id)) {
      throw new TypeError("keys: an id must be 1 to 64 letters, digits, '.', '_' or '-'");
    }
    if (byId.has(id)) throw new TypeError(`keys: the id ${id} is given twice`);
    const bytes = keyBytes(key);
    if (bytes?.length !== KEY_BYTES) {
      throw new TypeError(`keys: the key ${id} must be 32 random bytes, or these in base64 (openssl rand -base64 32)`);
    }
    const imported = crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    imported.catch(() => undefined); // `seal` and `open` reject with this error
    byId.set(id, imported);
  }
  return { first, keys: byId };
}

function keyBytes(key: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (key instanceof Uint8Array) return new Uint8Array(key);
  if (typeof key !== "string") return undefined;
  return fromBase64(key.trim());
}
