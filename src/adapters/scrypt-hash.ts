import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Options of `scryptHash`. */
export interface ScryptOptions {
  /** The logarithm of the cost: 17 needs 128 MiB of memory and about a third of a second. @default 17 */
  readonly logCost?: number;
}

/**
 * Makes a function that hashes passwords with scrypt (RFC 7914), for `passwords: { hash }`. The result has the PHC format
 * `$scrypt$ln=17,r=8,p=1$salt$hash`, in base64 without padding; every call uses another salt.
 *
 * @throws {TypeError} for a cost that is not a whole number from 14 to 22
 */
export function scryptHash(options: ScryptOptions = {}): (password: string) => Promise<string> {
  const { logCost = 17 } = options;
  if (!Number.isInteger(logCost) || logCost < 14 || logCost > 22) {
    throw new TypeError("scryptHash: logCost: must be a whole number from 14 to 22");
  }
  return async (password) => {
    const salt = randomBytes(SALT_BYTES);
    const hash = await derive(password, salt, { logCost, blockSize: 8, parallel: 1, bytes: HASH_BYTES });
    return `$scrypt$ln=${logCost},r=8,p=1$${textOf(salt)}$${textOf(hash)}`;
  };
}

const FORMAT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{1,86})\$([A-Za-z0-9+/]{22,86})$/;

/** Whether a password has this hash, which `scryptHash` made. False for any other text. Takes the same time for both results. */
export async function verifyScrypt(password: string, hash: string): Promise<boolean> {
  const [, ln, r, p, salt, expected] = FORMAT.exec(hash) ?? [];
  if (salt === undefined || expected === undefined) return false;
  const wanted = Buffer.from(expected, "base64");
  const parameters = { logCost: Number(ln), blockSize: Number(r), parallel: Number(p), bytes: wanted.length };
  if (parameters.logCost < 1 || parameters.logCost > 22) return false;
  const found = await derive(password, Buffer.from(salt, "base64"), parameters);
  return timingSafeEqual(found, wanted);
}

interface Parameters {
  readonly logCost: number;
  readonly blockSize: number;
  readonly parallel: number;
  readonly bytes: number;
}

function derive(password: string, salt: Buffer, { logCost, blockSize, parallel, bytes }: Parameters): Promise<Buffer> {
  const cost = 2 ** logCost;
  const options = { N: cost, r: blockSize, p: parallel, maxmem: 2 * 128 * cost * blockSize };
  return new Promise((resolve, reject) => {
    // The same password can be written in several ways in Unicode (RFC 8265 section 4.2.2).
    scrypt(password.normalize("NFC"), salt, bytes, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function textOf(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
