import { toBase64url } from "./base64url.ts";
import { hexOf } from "./sha256.ts";

/** `bytes` random bytes as text that is safe in a header. */
export function randomText(bytes: number, encoding: "hex" | "base64url"): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  if (encoding === "hex") return hexOf(random);
  return toBase64url(random);
}

/** Compares two texts in a time that depends on their lengths only. */
export function sameText(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index += 1) {
    difference |= left.charCodeAt(index) ^ (right.charCodeAt(index % Math.max(1, right.length)) || 0);
  }
  return difference === 0;
}
