/** `bytes` random bytes as text that is safe in a header. */
export function randomText(bytes: number, encoding: "hex" | "base64url"): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  if (encoding === "hex") return hex(random);
  const base64 = btoa(String.fromCharCode(...random));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** SHA-256 of a text in UTF-8, as hex. Fit for random secrets of 256 bits, not for passwords. */
export async function sha256Hex(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

/** Compares two texts in a time that depends on their lengths only. */
export function sameText(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index += 1) {
    difference |= left.charCodeAt(index) ^ (right.charCodeAt(index % Math.max(1, right.length)) || 0);
  }
  return difference === 0;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
