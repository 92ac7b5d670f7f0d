/**
 * Whether a value that is not null counts as present (`pr`, RFC 7644 section 3.4.2.2): an empty string does not, and an
 * object or a list does if one of its values does.
 */
export function isPresent(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== "" && value !== undefined && value !== null;
  for (const key in value) {
    if (Object.hasOwn(value, key) && isPresent((value as Record<string, unknown>)[key])) return true;
  }
  return false;
}
