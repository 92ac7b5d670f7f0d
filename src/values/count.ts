/** A count in a JSON message, as a number or as text; undefined if it is not a non-negative safe integer. */
export function countOf(value: unknown): number | undefined {
  const count = typeof value === "string" && /^[0-9]{1,15}$/.test(value.trim()) ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}
