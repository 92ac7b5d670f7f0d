import { fromBase64url, toBase64url } from "./base64url.ts";
import { keyRing, type SealingKey } from "./key-ring.ts";
import { sealError } from "./seal-error.ts";

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts bytes so that nobody without a key can read them, change them, or use them in another place. */
export interface Sealer {
  /**
   * The bytes, encrypted with the first key. The text consists of letters, digits, `-` and `_`, and shows the id of the
   * key and the number of bytes. Sealing the same bytes twice returns two texts.
   *
   * `context` says what the text is for, such as its collection and key. The text does not contain it; `open` needs it
   * again.
   */
  seal(plaintext: Uint8Array, context: string): Promise<string>;
  /**
   * Decrypts a text that was sealed with any of the keys.
   *
   * @throws {SealError} when its key is missing, or the text or the context differs from the sealed one
   */
  open(text: string, context: string): Promise<Uint8Array>;
  /** Whether the text names the first key; `false` for a text that is not sealed. Only `open` proves it. */
  isCurrent(text: string): boolean;
}

/** Options of `createSealer`. */
export interface SealerOptions {
  /**
   * The first key encrypts, all decrypt. To rotate, add a new first key, and remove the old one once no record uses it.
   */
  readonly keys: readonly SealingKey[];
}

/**
 * Makes a sealer: AES-256-GCM with a random nonce of 96 bits (NIST SP 800-38D), by Web Crypto. A key should seal no
 * more than 2^32 times.
 *
 * @throws {TypeError} for invalid keys
 */
export function createSealer(options: SealerOptions): Sealer {
  const { first, keys } = keyRing(options.keys);
  return {
    seal: async (plaintext, context) => {
      const key = await keys.get(first);
      if (key === undefined) throw sealError("unknown-key");
      const header = headerOf(first);
      const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const additionalData = join(header, utf8(context));
      const sealed = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv, additionalData },
        key,
        new Uint8Array(plaintext),
      );
      return toBase64url(join(header, iv, new Uint8Array(sealed)));
    },
    open: async (text, context) => {
      const parts = read(text);
      if (parts === undefined) throw sealError("not-authentic");
      const key = await keys.get(parts.keyId);
      if (key === undefined) throw sealError("unknown-key");
      const additionalData = join(parts.header, utf8(context));
      try {
        const opened = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: parts.iv, additionalData },
          key,
          parts.ciphertext,
        );
        return new Uint8Array(opened);
      } catch {
        // The error of Web Crypto contains no further information.
        throw sealError("not-authentic");
      }
    },
    isCurrent: (text) => read(text)?.keyId === first,
  };
}

interface Parts {
  readonly header: Uint8Array<ArrayBuffer>;
  readonly keyId: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

/** Version, length of the key's id, key's id: unambiguous, so the context after it cannot be read as a part of it. */
function headerOf(keyId: string): Uint8Array<ArrayBuffer> {
  const id = utf8(keyId);
  return join(Uint8Array.of(VERSION, id.length), id);
}

function read(text: string): Parts | undefined {
  const bytes = fromBase64url(text);
  if (bytes === undefined || bytes[0] !== VERSION) return undefined;
  const headerEnd = 2 + (bytes[1] ?? 0);
  const nonceEnd = headerEnd + NONCE_BYTES;
  if (bytes.length < nonceEnd + TAG_BYTES) return undefined;
  return {
    header: bytes.slice(0, headerEnd),
    keyId: new TextDecoder().decode(bytes.subarray(2, headerEnd)),
    iv: bytes.slice(headerEnd, nonceEnd),
    ciphertext: bytes.slice(nonceEnd),
  };
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
