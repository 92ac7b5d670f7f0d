import { hexOf } from "../directory/sha256.ts";

/** `bytes` random bytes as text that is safe in a header. */
export function randomText(bytes: number, encoding: "hex" | "base64url"): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  if (encoding === "hex") return hexOf(random);
  const base64 = btoa(String.fromCharCode(...random));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Compares two texts in a time that depends on their lengths only. */
export function sameText(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index += 1) {
    difference |= left.charCodeAt(index) ^ (right.charCodeAt(index % Math.max(1, right.length)) || 0);
  }
  return difference === 0;
}
