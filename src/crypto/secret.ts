import { toBase64url } from "./base64url.ts";
import { hexOf } from "./sha256.ts";

/** `bytes` random bytes as text that is safe in a header. */
export function randomText(bytes: number, encoding: "hex" | "base64url"): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  if (encoding === "hex") return hexOf(random);
  return toBase64url(random);
}

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Bytes from this one on are skipped, so that all characters are equally likely. */
const SKIPPED_FROM = 256 - (256 % ALPHANUMERIC.length);

/** Random letters and digits of ASCII. 43 of them have 256 bits. */
export function randomAlphanumeric(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(2 * length))) {
      if (byte < SKIPPED_FROM && text.length < length) text += ALPHANUMERIC[byte % ALPHANUMERIC.length];
    }
  }
  return text;
}

/** Compares two texts in a time that depends on their lengths only. */
export function sameText(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index += 1) {
    difference |= left.charCodeAt(index) ^ (right.charCodeAt(index % Math.max(1, right.length)) || 0);
  }
  return difference === 0;
}
