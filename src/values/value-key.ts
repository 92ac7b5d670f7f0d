/**
 * A text that is equal for two canonical values exactly if they are equal in SCIM: neither the order of an object's
 * members nor that of a list's elements matters (RFC 7643 section 2.4).
 */
export function valueKey(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueKey).sort().join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${valueKey(member)}`);
  return `{${members.sort().join(",")}}`;
}
