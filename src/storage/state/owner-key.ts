/**
 * The prefix of the keys of one owner's records: `3:abc/`. The length comes first, so that no owner's prefix is the
 * beginning of another's, whatever characters their ids have.
 */
export function ownerPrefix(owner: string): string {
  return `${owner.length}:${owner}/`;
}

/** The owner and the rest of a key; undefined for a key without an owner. */
export function splitOwnerKey(key: string): { readonly owner: string; readonly key: string } | undefined {
  const colon = key.indexOf(":");
  const digits = key.slice(0, colon);
  if (colon < 1 || !/^(0|[1-9][0-9]{0,8})$/.test(digits)) return undefined;
  const end = colon + 1 + Number(digits);
  if (key[end] !== "/") return undefined;
  return { owner: key.slice(colon + 1, end), key: key.slice(end + 1) };
}

/** A key of several parts. A slash ends each part but the last, and is escaped inside of a part. */
export function joinKey(...parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return (
    parts
      .slice(0, -1)
      .map((part) => `${encodeURIComponent(part.toWellFormed())}/`)
      .join("") + last
  );
}
