const CHUNK = 0x8000;

/** Bytes as base64url without padding (RFC 4648 section 5): letters, digits, `-` and `_` only. */
export function toBase64url(bytes: Uint8Array): string {
  let binary = "";
  // In pieces, since a call takes only so many arguments.
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes, or `undefined` where the text is not exactly what `toBase64url` writes. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  // Bits behind the last byte would be a second way to write the same: whoever compares texts must not meet one.
  return toBase64url(bytes) === text ? bytes : undefined;
}
