const CHUNK = 0x8000;

/** Bytes as base64url without padding (RFC 4648 section 5): letters, digits, `-` and `_` only. */
export function toBase64url(bytes: Uint8Array): string {
  let binary = "";
  // In chunks, since the number of arguments of a call is limited.
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
  // With other bits after the last byte, the same bytes would have two forms, and a comparison of texts would fail.
  return toBase64url(bytes) === text ? bytes : undefined;
}

/** The bytes of a text in base64 or base64url, with or without padding; `undefined` where it is neither. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  return fromBase64url(text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""));
}
