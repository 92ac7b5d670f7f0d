import { crc32 } from "../../../crypto/crc32.ts";
import { randomAlphanumeric, randomText } from "../../../crypto/secret.ts";

/** What a secret is for: a static token, an access token, or the secret of an OAuth client. */
export type SecretKind = "token" | "access" | "client";

/** How secrets begin, so that secret scanners find them. */
const PREFIXES: Readonly<Record<SecretKind, string>> = {
  token: "scimkit_",
  access: "scimkit_at_",
  client: "scimkit_cs_",
};
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 7;
/** Prefix and ids, the secret, the checksum of all before it. An access token has two ids: its client's and its own. */
const FORM = /^(scimkit_(?:at_|cs_)?)((?:[0-9a-f]{24}){1,2})_[0-9A-Za-z]{43}[0-9a-z]{7}$/;

/** A random id of 24 hexadecimal digits. */
export function newSecretId(): string {
  return randomText(12, "hex");
}

/** A new secret: the text for the client, of which a hash is stored. */
export function makeSecret(kind: SecretKind, id: string): string {
  const checked = `${shownPrefix(kind, id)}_${randomAlphanumeric(SECRET_LENGTH)}`;
  return checked + checksum(checked);
}

/** The beginning of a secret's text, which is not secret. */
export function shownPrefix(kind: SecretKind, id: string): string {
  return PREFIXES[kind] + id;
}

/** The id in a text; undefined if it does not have the form of this kind. The checksum is not checked. */
export function secretIdOf(kind: SecretKind, text: string): string | undefined {
  const [, prefix, id] = FORM.exec(text) ?? [];
  return prefix === PREFIXES[kind] ? id : undefined;
}

/** Whether the checksum of a text that has the form of a secret is right. */
export function hasChecksum(text: string): boolean {
  return checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

function checksum(text: string): string {
  return crc32(text).toString(36).padStart(CHECKSUM_LENGTH, "0");
}
